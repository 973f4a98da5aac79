//! The audit trail: what happened, in the order in which it was kept.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use writeback_model::{AgentId, TenantId, UserId};

use crate::StoreError;

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// Whoever sat at the portal: the user they said they were, where that is one.
    Person(Option<UserId>),
    /// An agent.
    Agent(AgentId),
    /// Whoever has a shell on the cloud's machine.
    Operator,
    /// The cloud itself.
    Cloud,
}

/// One line of the trail. No secret, and no more of a person than their identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Whose; absent for what concerns the installation.
    pub tenant: Option<TenantId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, in words of the reference product where it has them.
    pub activity: &'static str,
    /// About which user.
    pub user: Option<UserId>,
    /// Ties together what belongs to one wish: a session, a request, an import.
    pub correlation: Option<Uuid>,
    /// The network address it came from.
    pub address: Option<String>,
    /// How it went: `success`, `failure` or the id of a cause.
    pub result: String,
    /// What else is to be known, in a few words.
    pub detail: String,
}

/// Reads the trail. It is written by the methods that change something.
#[async_trait]
pub trait AuditStore {
    /// Keeps a record of something that changed nothing else.
    async fn audit(&self, record: &AuditRecord) -> Result<(), StoreError>;

    /// The last `limit` records of a tenant, newest first, each as one line of JSON with the
    /// fields `seq`, `at` (RFC 3339), `tenant`, `actor`, `activity`, `user`, `correlation`,
    /// `address`, `result` and `detail`. `seq` rises by the order in which they were kept.
    async fn last_audit_lines(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<String>, StoreError>;
}
