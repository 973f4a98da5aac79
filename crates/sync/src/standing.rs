//! Which of several accounts a password is written to.

use crate::{Account, Standing};

/// What the accounts alone say: the only account, whatever its state; of several the only
/// enabled one; where two are enabled, none. Where none of several is enabled it is the one whose
/// forest comes first by name: not the one that was the target before, so that the answer can be
/// told from what is there now, and does not depend on what came first.
pub(crate) fn standing(accounts: &[Account]) -> Standing {
    if let [only] = accounts {
        return Standing::Target(only.clone());
    }
    let mut enabled = accounts.iter().filter(|account| account.enabled);
    match (enabled.next(), enabled.next()) {
        (Some(only), None) => Standing::Target(only.clone()),
        (Some(_), Some(_)) => Standing::EnabledTwice,
        (None, _) => accounts
            .iter()
            .min_by_key(|account| (&account.forest, account.anchor))
            .cloned()
            .map_or(Standing::None, Standing::Target),
    }
}
