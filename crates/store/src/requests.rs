//! Requests: the truth about what is to be done, by whom, and how it ended.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{
    AgentId, DomainName, Operation, Outcome, RequestId, RequestState, Target, TenantId, UserId,
};
use writeback_wire::{Begun, Evidence};

use crate::{AuditRecord, StoreError};

/// A request before it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Its identifier.
    pub id: RequestId,
    /// Whose.
    pub tenant: TenantId,
    /// For whom.
    pub user: UserId,
    /// What is to be done.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends unless it was claimed.
    pub expires_at: Timestamp,
}

/// A request and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What was asked.
    pub asked: NewRequest,
    /// Where it stands.
    pub state: RequestState,
    /// Who claimed it.
    pub claimed_by: Option<AgentId>,
    /// When.
    pub claimed_at: Option<Timestamp>,
    /// What its claimant said before it wrote.
    pub begun: Option<Begun>,
    /// How it ended; there exactly when the state is `Done`.
    pub outcome: Option<Outcome>,
    /// How that is known.
    pub evidence: Option<Evidence>,
    /// When it ended, as `Done` or `Expired`.
    pub ended_at: Option<Timestamp>,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimAnswer {
    /// The request is this agent's and no other's, from now on.
    Granted,
    /// It has been this agent's since an earlier claim. It is not granted a second time.
    AlreadyYours,
    /// Another agent has it.
    Taken,
    /// It is done or expired.
    Ended,
    /// The tenant has no such request.
    Unknown,
}

/// Keeps requests. States only move forward, as [`RequestState`] says.
#[async_trait]
pub trait RequestStore {
    /// Keeps a new request as `Pending`. It exists before anything is sent.
    async fn add_request(
        &self,
        request: &NewRequest,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// One request.
    async fn request(&self, tenant: TenantId, id: RequestId)
    -> Result<Option<Request>, StoreError>;

    /// `pending -> claimed`, by one compare-and-set: of all agents and replicas one is granted.
    /// A pending request whose time is over at `now` is granted to nobody: `Ended`. It stays
    /// pending until [`expire_request`](Self::expire_request), which keeps the record of its
    /// end and lets its caller tell the person.
    async fn claim_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        agent: AgentId,
        now: Timestamp,
    ) -> Result<ClaimAnswer, StoreError>;

    /// Keeps what its claimant said before it wrote. `false`, and nothing is changed, when the
    /// request is not claimed by that agent, or over.
    async fn begin_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        agent: AgentId,
        begun: &Begun,
    ) -> Result<bool, StoreError>;

    /// `claimed | unknown -> done`. `false`, and nothing is changed, when the request is not in
    /// one of these states: a repeated outcome is recorded once. Where it is *changed*, or was
    /// in doubt, its news is owed ([`NewsStore`](crate::NewsStore)).
    async fn finish_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        outcome: &Outcome,
        evidence: &Evidence,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// `pending -> expired`, for one request. `false` when it is not pending any more.
    async fn expire_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// `claimed -> unknown`. `false` when it is not claimed any more.
    async fn doubt_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Requests of any tenant that are `Pending` and whose time is over at `now`.
    async fn overdue_requests(&self, now: Timestamp) -> Result<Vec<Request>, StoreError>;

    /// Requests of any tenant that were claimed before `before` and are still `Claimed`.
    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Request>, StoreError>;

    /// Requests of a forest that are `Unknown`, oldest first.
    async fn unknown_requests(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<Vec<Request>, StoreError>;
}
