//! The password rules that hold for one account, as far as they can be read beforehand.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The effective policy of one account: a password settings object where one applies,
/// the domain's policy otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub min_length: u16,
    /// Three of the character classes, and no part of the person's names.
    pub complexity: bool,
    /// How many earlier passwords are refused; 0 is none.
    pub history: u16,
    /// How long a password must have been in use before it may be replaced, in seconds.
    pub min_age_seconds: u64,
    /// Failed sign-ins that lock the account; 0 is never.
    pub lockout_threshold: u16,
    /// The name of the password settings object, where one applies.
    pub settings_object: Option<String>,
}

impl PasswordPolicy {
    /// The minimum age as a duration.
    pub fn min_age(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.min_age_seconds).unwrap_or(i64::MAX))
    }
}

/// Whether the directory holds a reset to history and minimum age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryEnforcement {
    /// The domain controller offers the policy-hints control, and it is used.
    Enforced,
    /// It does not, and the forest's setting allows resets all the same.
    NotEnforced,
}
