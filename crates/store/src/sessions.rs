//! A person's way through the portal, from the user name to the answer.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{RequestId, TenantId, UserId};

use crate::{AuditRecord, NewRequest, StoreError, TokenHash};

/// One way through the portal. It exists for names that nobody has, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetSession {
    /// Names the session in the audit trail; not the cookie.
    pub id: Uuid,
    /// Whose; [`TenantId::NOBODY`] where the name is no tenant's.
    pub tenant: TenantId,
    /// The cookie.
    pub cookie: TokenHash,
    /// The person, where the name belongs to exactly one who may reset.
    pub user: Option<UserId>,
    /// The name as it was typed, so that the page can show it; never logged.
    pub typed_name: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
    /// The code that was mailed, together with the session's id; absent where none was.
    pub code: Option<TokenHash>,
    /// When the code ends.
    pub code_expires_at: Timestamp,
    /// How many codes may still be tried.
    pub tries_left: u8,
    /// When the code was given; nothing is written before.
    pub verified_at: Option<Timestamp>,
    /// The last request that was made.
    pub request: Option<RequestId>,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeAnswer {
    /// It was right and is spent. The gate is open.
    Right,
    /// It was wrong; so many tries are left.
    Wrong {
        /// How many.
        tries_left: u8,
    },
    /// Its time is over.
    Expired,
    /// No tries are left; it would not help to type the right one now.
    Exhausted,
}

/// Keeps ways through the portal.
#[async_trait]
pub trait SessionStore {
    /// Keeps a new session. What expired a day before `session.created_at` is forgotten.
    async fn add_session(
        &self,
        session: &ResetSession,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// The unexpired session of a cookie.
    async fn session_by_cookie(
        &self,
        cookie: TokenHash,
        now: Timestamp,
    ) -> Result<Option<ResetSession>, StoreError>;

    /// Replaces the code, for "send me another one". The number of tries is not raised, and a
    /// gate that is open stays open. Nothing is recorded where there is no such session.
    async fn replace_code(
        &self,
        tenant: TenantId,
        session: Uuid,
        code: Option<TokenHash>,
        code_expires_at: Timestamp,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// Tries a code: takes one try away, and opens the gate when it is right. One transaction,
    /// so that tries at the same moment count as well. A session without a code answers as one
    /// with another code would; one that expired or was never there as `Expired`.
    ///
    /// A try of a session that is there keeps the audit record, its result replaced by `success` or
    /// `failure`.
    async fn try_code(
        &self,
        tenant: TenantId,
        session: Uuid,
        code: TokenHash,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CodeAnswer, StoreError>;

    /// Keeps a new request and makes it the session's, in one transaction: but only while the
    /// session is verified, unexpired when the request was made, of the request's tenant and
    /// user, and its last request, if any, is `last`. So a form that was sent twice makes one
    /// request. `false` when it does not hold.
    async fn add_session_request(
        &self,
        session: Uuid,
        last: Option<RequestId>,
        request: &NewRequest,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Ends a session.
    async fn end_session(&self, tenant: TenantId, session: Uuid) -> Result<(), StoreError>;
}
