//! The session of a way through the portal.

use jiff::SignedDuration;
use uuid::Uuid;
use writeback_model::{Outcome, RequestState, TenantId};
use writeback_store::{Actor, AuditRecord, Request, ResetSession, StoreError};

use super::browser::Browser;
use crate::{
    state::Cloud,
    tokens::{form_token, hash_token},
};

/// How long a person has from the user name to the answer. The reference product's 15 minutes.
pub(super) const SESSION_HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// How long a mailed code is good. Twice the reference product's: mail can be slow.
pub(super) const CODE_HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// How many codes may be tried in one session.
pub(super) const CODE_TRIES: u8 = 5;

/// A session that the browser proved to have.
pub(super) struct Open {
    pub(super) session: ResetSession,
    /// The value that forms bring back.
    pub(super) form_token: String,
}

/// The session of the caller's cookie, while it holds.
pub(super) async fn open(cloud: &Cloud, browser: &Browser) -> Result<Option<Open>, StoreError> {
    let Some(cookie) = &browser.session else {
        return Ok(None);
    };
    let session = cloud
        .store
        .session_by_cookie(hash_token(cookie), cloud.clock.now())
        .await?;
    Ok(session.map(|session| Open {
        session,
        form_token: form_token(cookie),
    }))
}

/// The session's last request.
pub(super) async fn last_request(
    cloud: &Cloud,
    session: &ResetSession,
) -> Result<Option<Request>, StoreError> {
    match session.request {
        Some(id) => cloud.store.request(session.tenant, id).await,
        None => Ok(None),
    }
}

/// Whether a password, or another one, may be set after that request: not while it could still
/// write, and not once a password was written. Who learnt that unlocking was not enough goes on.
pub(super) fn may_set_password(last: Option<&Request>) -> bool {
    let wrote_password = |request: &Request| {
        let changed = request.outcome.as_ref().is_some_and(Outcome::is_changed);
        changed && request.asked.operation.writes_password()
    };
    last.is_none_or(|request| has_ended(request) && !wrote_password(request))
}

/// Whether the account may be unlocked after that request: not while it could still write, and
/// not once one did.
pub(super) fn may_unlock(last: Option<&Request>) -> bool {
    let wrote = |request: &Request| request.outcome.as_ref().is_some_and(Outcome::is_changed);
    last.is_none_or(|request| has_ended(request) && !wrote(request))
}

const fn has_ended(request: &Request) -> bool {
    match request.state {
        RequestState::Expired => true,
        RequestState::Done => request.outcome.is_some(),
        RequestState::Pending | RequestState::Claimed | RequestState::Unknown => false,
    }
}

/// The audit record of a step of a session.
pub(super) fn record(
    cloud: &Cloud,
    browser: &Browser,
    session: &ResetSession,
    step: &str,
    result: &str,
) -> AuditRecord {
    AuditRecord {
        tenant: Some(session.tenant).filter(|it| *it != TenantId::NOBODY),
        at: cloud.clock.now(),
        actor: Actor::Person(session.user),
        activity: writeback_store::activity::FLOW_PROGRESS,
        user: session.user,
        correlation: Some(session.id),
        address: Some(browser.address.to_string()),
        result: result.to_owned(),
        detail: step.to_owned(),
    }
}

/// A new session's identifier.
pub(super) fn new_id(cloud: &Cloud) -> Uuid {
    writeback_model::RequestId::new(&cloud.clock, &cloud.entropy).uuid()
}
