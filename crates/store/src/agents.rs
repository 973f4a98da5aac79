//! Agents: how they come to belong, and how they prove it.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{AgentId, EnrolmentId, TenantId};

use crate::{AuditRecord, StoreError, TokenHash};

/// A one-time token by which one agent may enrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Its public half.
    pub id: EnrolmentId,
    /// Into which tenant.
    pub tenant: TenantId,
    /// Its secret half.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a token enrols nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolRefused {
    /// There is no such token.
    Unknown,
    /// An agent enrolled with it before.
    Used,
    /// Its time is over.
    Expired,
    /// Its tenant is disabled; the token stays good.
    TenantDisabled,
}

/// An agent that is about to enrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgent {
    /// Its identifier.
    pub id: AgentId,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The name of its host.
    pub host: String,
    /// The version of its software.
    pub version: String,
}

/// An enrolled agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its identifier.
    pub id: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The name of its host.
    pub host: String,
    /// The version of its software, as last heard.
    pub version: String,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// When it was last connected.
    pub seen_at: Option<Timestamp>,
    /// When it was revoked; a revoked agent gets no token and no link.
    pub revoked_at: Option<Timestamp>,
}

/// Keeps agents.
#[async_trait]
pub trait AgentStore {
    /// Keeps a new enrolment token.
    async fn add_enrolment(
        &self,
        enrolment: &Enrolment,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// Spends a token, of which both halves must fit, and keeps the agent in its tenant; of two
    /// that come at once, one enrols. The audit record's tenant is replaced by the token's.
    async fn enrol(
        &self,
        id: EnrolmentId,
        hash: TokenHash,
        agent: &NewAgent,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Result<Agent, EnrolRefused>, StoreError>;

    /// One agent, whatever its tenant: it is how a caller's tenant is found.
    async fn agent(&self, id: AgentId) -> Result<Option<Agent>, StoreError>;

    /// The agents of a tenant, oldest first.
    async fn agents(&self, tenant: TenantId) -> Result<Vec<Agent>, StoreError>;

    /// Notes that an agent is connected, and with which version.
    async fn agent_seen(
        &self,
        id: AgentId,
        version: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Revokes an agent and its access tokens. `false` when the tenant has no such agent.
    async fn revoke_agent(
        &self,
        tenant: TenantId,
        id: AgentId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Spends the identifier of a client assertion (`jti`), so that a copied one is refused.
    /// `false` when it was spent before. What expired before `now` is forgotten.
    async fn spend_assertion(
        &self,
        agent: AgentId,
        assertion: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Keeps an access token. What expired before `now` is forgotten.
    async fn add_access_token(
        &self,
        agent: AgentId,
        hash: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The agent, not revoked, that an unexpired access token belongs to.
    async fn agent_by_access_token(
        &self,
        hash: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Agent>, StoreError>;
}
