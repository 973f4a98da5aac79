//! What is written down. Never a password, sealed or not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use writeback_model::{Operation, Outcome, Remark, RequestId, Target};
use writeback_wire::Evidence;

/// The agent is about to write: what was true before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// For which request.
    pub request: RequestId,
    /// What is to be done.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// The domain controller that is written to, by name.
    pub controller: String,
    /// The same by its invocation id, under which it signs replication metadata.
    pub invocation: Option<Uuid>,
    /// The attribute's version in the replication metadata; 0 where it was never written, and
    /// absent where it cannot be read.
    pub version_before: Option<u32>,
    /// The domain controller's clock.
    pub directory_time: Timestamp,
    /// What is true besides if the write takes place.
    #[serde(default)]
    pub remarks: Vec<Remark>,
}

/// How a request ended, and how the agent knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What happened.
    pub outcome: Outcome,
    /// How the agent knows.
    pub evidence: Evidence,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Record {
    /// Before the write.
    Intent { intent: Intent },
    /// After it, or instead of it.
    Outcome { request: RequestId, told: Told },
    /// The cloud has the outcome: nothing is left to say.
    Recorded { request: RequestId },
}

impl Record {
    /// The record as a line with its end.
    pub(super) fn line(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}
