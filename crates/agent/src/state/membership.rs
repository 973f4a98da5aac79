//! To whom the agent belongs, since its enrolment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use writeback_model::{AgentId, TenantId};

use super::{StateDir, StateError};
use crate::transport::CloudUrl;

const FILE: &str = "agent.json";

/// The agent's place in a tenant of a cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The agent's identifier.
    pub agent: AgentId,
    /// The tenant's identifier.
    pub tenant: TenantId,
    /// The tenant's name, for people.
    pub tenant_name: String,
    /// The cloud it enrolled at.
    pub cloud: CloudUrl,
    /// When, by this host's clock.
    pub enrolled_at: Timestamp,
}

impl Membership {
    /// What was kept; `None` when the agent never enrolled.
    pub fn load(dir: &StateDir) -> Result<Option<Self>, StateError> {
        dir.read(FILE)?
            .map(|text| {
                serde_json::from_str(&text).map_err(|_| StateError::Damaged(dir.file(FILE)))
            })
            .transpose()
    }

    /// Keeps it.
    pub(crate) fn save(&self, dir: &StateDir) -> Result<(), StateError> {
        let text =
            serde_json::to_vec_pretty(self).map_err(|_| StateError::Damaged(dir.file(FILE)))?;
        dir.write(FILE, &text)
    }
}
