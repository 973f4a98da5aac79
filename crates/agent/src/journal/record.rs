//! What is written down. Never a password, sealed or not.

use serde::{Deserialize, Serialize};
use writeback_model::{Operation, Outcome, RequestId, Target};
use writeback_wire::{Begun, Evidence};

/// The agent is about to write: what was true before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// For which request.
    pub request: RequestId,
    /// What is to be done.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// What is told the cloud too, so that another agent can find out what came of it.
    #[serde(flatten)]
    pub begun: Begun,
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
