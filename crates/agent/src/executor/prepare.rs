//! What is found out while the claim is under way: the password, the account, and whether it
//! may be written.

use std::sync::PoisonError;

use writeback_ad::{AccountSnapshot, AdError, Controller, Directory};
use writeback_model::{BannedRule, Cause, Target};
use writeback_seal::{Binding, Contents, SealError};
use writeback_wire::Execute;

use super::{
    guard::{Rules, check_password, guard},
    locks::ObjectGuard,
};
use crate::{
    core::Core,
    forest::{self, Forest},
    scope::{Scope, ScopeError},
};

/// Everything that a write needs.
pub(super) struct Prepared {
    /// The passwords; absent for an operation that needs none.
    pub(super) contents: Option<Contents>,
    pub(super) controller: Controller,
    pub(super) account: AccountSnapshot,
    pub(super) allow_without_policy_hints: bool,
    /// The rule that would have refused the password, where the tenant only watches.
    pub(super) would_be_banned: Option<BannedRule>,
    /// Nobody else of this agent writes the object meanwhile.
    pub(super) object: ObjectGuard,
}

/// Unseals, reads, and judges.
pub(super) async fn prepare(core: &Core, execute: &Execute) -> Result<Prepared, Cause> {
    let target = &execute.target;
    let (forest, directory) = forest::directory(&core.forests, &target.forest, &target.domain)?;
    let contents = unseal(core, execute)?;
    let object = core.locks.take(target.anchor).await;
    let looked = look(forest, directory, target)
        .await
        .map_err(|error| unreadable(execute, &error, forest))?;
    let Looked {
        controller,
        account,
        scope,
    } = looked;
    let account = account.ok_or(Cause::ObjectNotFound)?;
    let rules = Rules {
        agent: &forest.user,
        scope: scope.as_ref(),
        allow_without_policy_hints: forest.allow_without_policy_hints,
    };
    guard(&account, execute.operation, rules)?;
    let would_be_banned = match &contents {
        Some(contents) => {
            check_password(&contents.new, &account, execute.operation, rules)?;
            core.banned.check(&contents.new, &names(&account))?
        }
        None => None,
    };
    Ok(Prepared {
        contents,
        controller,
        account,
        allow_without_policy_hints: forest.allow_without_policy_hints,
        would_be_banned,
        object,
    })
}

/// The first and the last name, as far as the directory has them.
fn names(account: &AccountSnapshot) -> Vec<&str> {
    [&account.given_name, &account.surname]
        .into_iter()
        .filter_map(|name| name.as_deref())
        .collect()
}

/// An account, and the scope at the very time when it was read.
pub(crate) struct Looked {
    pub(crate) controller: Controller,
    pub(crate) account: Option<AccountSnapshot>,
    /// `None` where a unit of the configuration is missing.
    pub(crate) scope: Option<Scope>,
}

/// Reads an account from the PDC emulator, and where the units of the configuration are. Where
/// one of them was renamed since they were looked up last, the account is read again: its name
/// and theirs must be of the same moment.
pub(crate) async fn look(
    forest: &Forest,
    directory: &Directory,
    target: &Target,
) -> Result<Looked, AdError> {
    let mut before = forest.units.last_at_pdc(&target.domain);
    loop {
        let (controller, account) = directory.read_for_write(&target.anchor).await?;
        let scope = match forest.units.at_pdc(&target.domain, &controller).await {
            Ok(scope) => Some(scope),
            Err(ScopeError::Missing { .. }) => None,
            Err(ScopeError::Directory(error)) => return Err(error),
        };
        if scope.is_none() || scope == before {
            return Ok(Looked {
                controller,
                account,
                scope,
            });
        }
        before = scope;
    }
}

fn unseal(core: &Core, execute: &Execute) -> Result<Option<Contents>, Cause> {
    if !execute.operation.writes_password() {
        return Ok(None);
    }
    let sealed = execute.sealed.as_ref().ok_or(Cause::SealBroken)?;
    let binding = Binding {
        tenant: core.tenant,
        request: execute.request,
        operation: execute.operation,
        target: execute.target.clone(),
        expires_at: execute.expires_at,
    };
    let keys = core.keys.read().unwrap_or_else(PoisonError::into_inner);
    let key = keys.find(sealed.key).ok_or(Cause::SealKeyUnknown)?;
    key.open(sealed, &binding)
        .map(Some)
        .map_err(|error| match error {
            SealError::OtherKey => Cause::SealKeyUnknown,
            _ => Cause::SealBroken,
        })
}

fn unreadable(execute: &Execute, error: &AdError, forest: &Forest) -> Cause {
    let cause = error.cause();
    tracing::warn!(request = %execute.request, event_id = cause.info().event_id,
        error = error as &dyn std::error::Error, "the account could not be read");
    forest.look_now.notify_one();
    cause
}
