//! The bodies of the doctor's calls: what the cloud knows of an agent, and the reset of a test
//! account through the whole way.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use writeback_model::{AgentId, KeyId, Operation, Outcome, RequestId, RequestState, Target};

use crate::{Evidence, SealedSecret, SealingKey};

/// What the cloud knows of the agent that asks.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct KnownAgent {
    /// The version of the cloud's software.
    pub cloud_version: String,
    /// The agent's link; absent while the cloud has none of it.
    pub link: Option<KnownLink>,
}

/// A link as the cloud sees it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct KnownLink {
    /// Since when it stands, by the cloud's clock.
    pub since: Timestamp,
    /// The version of the agent's software, as it said itself.
    pub version: String,
    /// The key that passwords for this agent are sealed to.
    pub sealing_key: KeyId,
}

/// Somebody wants to see that writeback works, on an account that was given for it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RoundTripWanted {
    /// The test account's person, by any name that the portal takes.
    pub name: String,
}

/// What to seal a new password to and for. Nothing is kept of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RoundTripPrepared {
    /// To be brought back with the envelopes.
    pub ticket: String,
    /// The request that it would be.
    pub request: RequestId,
    /// What it would do.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// When it would expire, in milliseconds since 1970.
    pub expires_at_ms: i64,
    /// One envelope is wanted for each.
    pub keys: Vec<SealingKey>,
}

/// The sealed password.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RoundTripSealed {
    /// As in [`RoundTripWanted`].
    pub name: String,
    /// As in [`RoundTripPrepared`].
    pub ticket: String,
    /// One envelope for each key.
    pub sealed: Vec<SealedSecret>,
}

/// Where the reset stands, by the cloud's clock.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RoundTripTold {
    /// Which request.
    pub request: RequestId,
    /// Where it stands.
    pub state: RequestState,
    /// How it ended; there exactly when the state is `done`.
    pub outcome: Option<Outcome>,
    /// How that is known.
    pub evidence: Option<Evidence>,
    /// When it was taken.
    pub created_at: Timestamp,
    /// Which agent claimed it.
    pub claimed_by: Option<AgentId>,
    /// When.
    pub claimed_at: Option<Timestamp>,
    /// The domain controller that its claimant named before it wrote.
    pub controller: Option<String>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}
