//! Whether an account may be written at all. Decided before any write, from what the directory
//! said of it a moment ago.

use writeback_ad::{AccountSnapshot, Writing, precheck, protected};
use writeback_model::{Cause, Operation, Secret};

use crate::scope::Scope;

/// What of a forest's settings decides.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    /// The account that the agent signs in with.
    pub(crate) agent: &'a str,
    /// Unknown where it could not be found out: then nothing is in scope.
    pub(crate) scope: Option<&'a Scope>,
    pub(crate) allow_without_policy_hints: bool,
}

/// Refuses what must not be done. Protected accounts come first: what else is wrong with an
/// administrator's account is nobody's business.
pub(crate) fn guard(
    account: &AccountSnapshot,
    operation: Operation,
    rules: Rules<'_>,
) -> Result<(), Cause> {
    if let Some(by) = protected(account, rules.agent) {
        return Err(Cause::ProtectedAccount { by });
    }
    if !rules.scope.is_some_and(|scope| scope.holds(&account.dn)) {
        return Err(Cause::OutOfScope);
    }
    if account.control.disabled() {
        return Err(Cause::AccountDisabled);
    }
    if account.has_expired() {
        return Err(Cause::AccountExpired);
    }
    // A reset unlocks; a change does not, and each try with a wrong password counts against it.
    if operation == Operation::Change && account.locked {
        return Err(Cause::AccountLocked);
    }
    Ok(())
}

/// Refuses a password that the directory would refuse, and a reset that it could not hold to
/// history and minimum age where that must be.
pub(crate) fn check_password(
    new: &Secret,
    account: &AccountSnapshot,
    operation: Operation,
    rules: Rules<'_>,
) -> Result<(), Cause> {
    let hints = account.policy_hints.is_some();
    let writing = match operation {
        Operation::Unlock => return Ok(()),
        Operation::Change => Writing::Change,
        Operation::Reset { .. } if !hints && !rules.allow_without_policy_hints => {
            return Err(Cause::PolicyHintsUnsupported);
        }
        Operation::Reset { .. } => Writing::Reset {
            policy_hints: hints,
        },
    };
    precheck(new, account, writing)
}
