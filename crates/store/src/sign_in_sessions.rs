//! Who is signed in.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use writeback_model::{SignInSessionId, TenantId, UserId};

use crate::{AuditRecord, CodeAnswer, StoreError, TokenHash};

/// One sign-in, until it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSession {
    /// Names the session; not the token.
    pub id: SignInSessionId,
    /// Whose.
    pub tenant: TenantId,
    /// Who signed in.
    pub user: UserId,
    /// What opens it.
    pub token: TokenHash,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends unless it is used before.
    pub idle_ends_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// The network address that it was begun from.
    pub address: String,
    /// What the browser or program called itself.
    pub user_agent: String,
    /// Nothing but another password may be asked for.
    pub must_change: bool,
    /// When a second factor was last shown.
    pub second_factor_at: Option<Timestamp>,
}

/// Keeps sign-in sessions. Whoever is disabled or removed, or becomes a synchronised person, is
/// signed out in the same transaction, whatever did it; none is open while its tenant is disabled.
#[async_trait]
pub trait SignInSessionStore {
    /// Keeps a new session. `false`, and nothing is kept, unless the person is there and enabled.
    /// What ended before `session.created_at` is forgotten.
    async fn add_sign_in_session(
        &self,
        session: &SignInSession,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// The open session of a token, and moves its idle end to `idle` from now: no further than
    /// its last end, and at most once a minute.
    async fn use_sign_in_session(
        &self,
        token: TokenHash,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<SignInSession>, StoreError>;

    /// The open sessions of a person, or of everybody in the tenant, newest first.
    async fn sign_in_sessions(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<Vec<SignInSession>, StoreError>;

    /// Ends one session, of that person where one is named. `false` when there is none such.
    async fn revoke_sign_in_session(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        session: SignInSessionId,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Ends all sessions of a person but `keep`, and tells how many. Where there were none
    /// nothing is recorded.
    async fn revoke_sign_in_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        keep: Option<SignInSessionId>,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError>;

    /// Replaces the code of a second factor, which may be tried so many times. `false` when there
    /// is no such session.
    async fn set_second_factor_code(
        &self,
        tenant: TenantId,
        session: SignInSessionId,
        code: TokenHash,
        expires_at: Timestamp,
        tries: u8,
    ) -> Result<bool, StoreError>;

    /// Tries a code: takes one try away, and notes the second factor when it is right, which
    /// spends the code. A session without a code answers `Expired`.
    ///
    /// A try of a session that is there keeps the audit record, its result replaced by `success`,
    /// `wrong-code`, `code-expired` or `code-exhausted`.
    async fn try_second_factor_code(
        &self,
        tenant: TenantId,
        session: SignInSessionId,
        code: TokenHash,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CodeAnswer, StoreError>;
}
