//! The page that asks for the new password, and whether it may be asked for.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use writeback_model::{Cause, Target};
use writeback_policy::access::{PortalCode, Wish};
use writeback_relay::Liveness;
use writeback_store::{ResetSession, StoreError, User};

use super::{
    browser::Browser,
    code::opened,
    respond::{self, Failed},
    session::{self, Open},
    views,
};
use crate::state::Cloud;

/// How many gates a session has passed that got here: the mailed code.
const GATES_PASSED: u8 = 1;

pub(super) async fn ask(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
) -> Result<Response, Failed> {
    let (tenant_name, open) = match opened(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    match ready(&cloud, &browser, &tenant_name, &open).await? {
        Ok((_, _, liveness)) => Ok(views::password(
            &browser,
            &tenant_name,
            &open,
            &liveness,
            None,
        )),
        Err(response) => Ok(response),
    }
}

/// The person, the account to write to and whether its forest could be written to now; or the
/// page to show instead.
pub(super) async fn ready(
    cloud: &Cloud,
    browser: &Browser,
    tenant_name: &str,
    open: &Open,
) -> Result<Result<(User, Target, Liveness), Response>, Failed> {
    let failed = |error: StoreError| Failed::store(browser, error);
    let session = &open.session;
    let (Some(_), Some(user)) = (session.verified_at, session.user) else {
        return Ok(Err(respond::see_other(browser, "/reset/code")));
    };
    let last = session::last_request(cloud, session)
        .await
        .map_err(failed)?;
    if !session::may_try_again(last.as_ref()) {
        return Ok(Err(respond::see_other(browser, "/reset/outcome")));
    }
    let user = cloud
        .store
        .user(session.tenant, user)
        .await
        .map_err(failed)?;
    if let Some(user) = &user
        && let Some(response) = refused(cloud, browser, tenant_name, session, user)
            .await
            .map_err(failed)?
    {
        return Ok(Err(response));
    }
    let target = user.as_ref().and_then(|user| user.target.clone());
    let (Some(user), Some(target)) = (user, target) else {
        // Removed, or enabled in a second forest, since the name was typed.
        return Ok(Err(views::not_changed(
            browser,
            tenant_name,
            cloud,
            &Cause::ObjectNotFound,
            None,
        )));
    };
    let liveness = cloud.hub.liveness(session.tenant, &target.forest);
    if !matches!(liveness, Liveness::Ready { .. }) {
        return Ok(Err(views::unavailable(
            browser,
            tenant_name,
            &liveness,
            "/reset/password",
        )));
    }
    Ok(Ok((user, target, liveness)))
}

/// The page that says which rule is against it; `None` where none is. Asked again at every step,
/// and last before anything is sealed: what held at the gate may hold no longer. Whether an agent
/// is there is told afterwards, with its exact cause.
async fn refused(
    cloud: &Cloud,
    browser: &Browser,
    tenant_name: &str,
    session: &ResetSession,
    user: &User,
) -> Result<Option<Response>, StoreError> {
    let access = cloud
        .access(session.tenant, Some(user), Wish::Reset)
        .await?;
    let (code, reason) = match access.refusal_but_for(&["agent-ready"]) {
        Some(finding) => (finding.code, finding.reason),
        None if access.gates > GATES_PASSED => (
            Some(PortalCode::NotRegistered),
            Some("too-few-gates-passed"),
        ),
        None => return Ok(None),
    };
    let (code, reason) = (
        code.unwrap_or(PortalCode::NotInPolicy),
        reason.unwrap_or("refused"),
    );
    let audit = session::record(cloud, browser, session, "new password asked for", reason);
    cloud.store.audit(&audit).await?;
    Ok(Some(views::refused(
        browser,
        tenant_name,
        code,
        reason,
        &access.settings,
        "/reset/password",
    )))
}
