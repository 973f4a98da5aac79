//! A sign-in of a person whose password lies in a directory.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use writeback_model::{Cause, SignInId, Target};

use crate::SealedSecret;

/// A password that the agent is to show to the directory: once, on the PDC emulator, as the
/// person themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignIn {
    /// Which try.
    pub sign_in: SignInId,
    /// Whose password it is said to be.
    pub target: Target,
    /// Bound into the seal, by the cloud's clock.
    pub expires_at: Timestamp,
    /// It may be shown within so many milliseconds of the frame's arrival, on the agent's own
    /// monotonic clock; after that it never may.
    pub begin_within_ms: u32,
    /// The password, sealed to this agent's key for this try.
    pub sealed: SealedSecret,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignedIn {
    /// Which try.
    pub sign_in: SignInId,
    /// What the directory said.
    pub answer: SignInAnswer,
    /// The lockout policy that holds for the person, where it could be read.
    #[serde(default)]
    pub lockout: Option<LockoutPolicy>,
}

/// What a directory said to a password. In brackets the number after `data` in its answer to the
/// bind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum SignInAnswer {
    /// It is the person's password.
    Valid,
    /// It is not (52e), or the account is no more (525).
    WrongPassword,
    /// It is, and another must be chosen first (773).
    MustChange,
    /// It is, and its time is over (532).
    PasswordExpired,
    /// The account is locked (775), whatever the password.
    Locked,
    /// It is, and the account is disabled (533).
    Disabled,
    /// It is, and the account's own time is over (701).
    AccountExpired,
    /// It is, but not at this hour (530) or not from here (531).
    NotAllowed,
    /// One more wrong password would lock the account: it was not shown to the directory.
    Spared,
    /// It was not shown to the directory for another reason.
    NotTried {
        /// Why.
        cause: Cause,
    },
    /// It was shown, and what the directory made of it is not known.
    Unknown {
        /// What came in between.
        cause: Cause,
    },
}

/// When a directory locks an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockoutPolicy {
    /// So many wrong passwords lock it; 0 where none do.
    pub threshold: u32,
    /// After so many seconds without a wrong one it counts from 0.
    pub window_seconds: u64,
    /// Whether it is the domain's own, which holds for whoever has no settings object.
    #[serde(default)]
    pub of_domain: bool,
}
