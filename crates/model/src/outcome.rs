//! What happened to a request, and where it stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Cause;

/// The known end of a request. There is no third: what is not known is not an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Outcome {
    /// The directory accepted this request.
    Changed {
        /// What is true besides, and the person should hear.
        #[serde(default)]
        remarks: Vec<Remark>,
    },
    /// The directory did not take this request and never will.
    NotChanged {
        /// Why.
        cause: Cause,
    },
}

impl Outcome {
    /// Whether the directory has what was asked for.
    pub const fn is_changed(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }
}

impl From<Cause> for Outcome {
    fn from(cause: Cause) -> Self {
        Self::NotChanged { cause }
    }
}

/// Something true about a success that the person or the administrator should hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The account was locked, and no longer is.
    Unlocked,
    /// The password is set, but the account is still locked: the unlock failed.
    StillLocked,
    /// The domain controller cannot hold a reset to history and minimum age.
    HistoryNotEnforced,
    /// The password must be changed at the next sign-in.
    MustChangeAtSignIn,
    /// Learnt afterwards from the directory's replication metadata.
    LearntFromReceipt,
    /// Forcing a change at next sign-in was asked for and could not be set.
    ForceChangeNotSet,
}

/// Where a request stands. Moves only forward:
/// `pending -> claimed -> done`, `pending -> expired`, `claimed -> unknown -> done`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// No agent has it. It may be offered to any.
    Pending,
    /// One agent may execute it; no other ever will.
    Claimed,
    /// That agent was lost before it answered. The directory knows; it is being asked.
    Unknown,
    /// It ended, and how is known.
    Done,
    /// No agent took it in time: it never ran and never will.
    Expired,
}

impl RequestState {
    /// The name under which the state is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::Expired => "expired",
        }
    }

    /// The state of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Pending,
            Self::Claimed,
            Self::Unknown,
            Self::Done,
            Self::Expired,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }
}
