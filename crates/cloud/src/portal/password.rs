//! The page that asks for the new password, and whether it may be asked for.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use writeback_model::{Cause, Operation, Target};
use writeback_policy::access::{Access, PortalCode, Wish};
use writeback_relay::Liveness;
use writeback_store::{ResetSession, StoreError, User};

use super::{
    browser::Browser,
    code::opened,
    pages::PasswordError,
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
    match ready(&cloud, &browser, &tenant_name, &open, Wish::Reset).await? {
        Ok((_, _, liveness)) => form(&cloud, &browser, &tenant_name, &open, &liveness, None).await,
        Err(response) => Ok(response),
    }
}

/// The page with the form, and beside it the way without a new password, where that is open.
pub(super) async fn form(
    cloud: &Cloud,
    browser: &Browser,
    tenant_name: &str,
    open: &Open,
    liveness: &Liveness,
    error: Option<PasswordError<'_>>,
) -> Result<Response, Failed> {
    let offers_unlock = offers_unlock(cloud, &open.session)
        .await
        .map_err(|error| Failed::store(browser, error))?;
    Ok(views::password(
        browser,
        tenant_name,
        open,
        liveness,
        offers_unlock,
        error,
    ))
}

async fn offers_unlock(cloud: &Cloud, session: &ResetSession) -> Result<bool, StoreError> {
    let (tenant, Some(user)) = (session.tenant, session.user) else {
        return Ok(false);
    };
    let last = session::last_request(cloud, session).await?;
    let user = cloud.store.user(tenant, user).await?;
    let (true, Some(user)) = (session::may_unlock(last.as_ref()), user) else {
        return Ok(false);
    };
    let access = cloud.access(tenant, Some(&user), Wish::Unlock).await?;
    Ok(against(&access).is_none())
}

/// The person, the account to write to and whether its forest could be written to now; or the
/// page to show instead.
pub(super) async fn ready(
    cloud: &Cloud,
    browser: &Browser,
    tenant_name: &str,
    open: &Open,
    wish: Wish,
) -> Result<Result<(User, Target, Liveness), Response>, Failed> {
    let failed = |error: StoreError| Failed::store(browser, error);
    let session = &open.session;
    let (Some(_), Some(user)) = (session.verified_at, session.user) else {
        return Ok(Err(respond::see_other(browser, "/reset/code")));
    };
    let last = session::last_request(cloud, session)
        .await
        .map_err(failed)?;
    let may_go_on = match wish {
        Wish::Unlock => session::may_unlock(last.as_ref()),
        _ => session::may_set_password(last.as_ref()),
    };
    if !may_go_on {
        return Ok(Err(respond::see_other(browser, "/reset/outcome")));
    }
    let user = cloud
        .store
        .user(session.tenant, user)
        .await
        .map_err(failed)?;
    if let Some(user) = &user
        && let Some(response) = refused(cloud, browser, tenant_name, session, user, wish)
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
            wish_operation(wish),
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
    wish: Wish,
) -> Result<Option<Response>, StoreError> {
    let access = cloud.access(session.tenant, Some(user), wish).await?;
    let Some((code, reason)) = against(&access) else {
        return Ok(None);
    };
    let step = match wish {
        Wish::Unlock => "unlock asked for",
        _ => "new password asked for",
    };
    let audit = session::record(cloud, browser, session, step, reason);
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

/// Which rule is against it.
fn against(access: &Access) -> Option<(PortalCode, &'static str)> {
    let (code, reason) = match access.refusal_but_for(&["agent-ready"]) {
        Some(finding) => (finding.code, finding.reason),
        None if access.gates > GATES_PASSED => (
            Some(PortalCode::NotRegistered),
            Some("too-few-gates-passed"),
        ),
        None => return None,
    };
    Some((
        code.unwrap_or(PortalCode::NotInPolicy),
        reason.unwrap_or("refused"),
    ))
}

/// What would be asked of an agent.
const fn wish_operation(wish: Wish) -> Operation {
    match wish {
        Wish::Unlock => Operation::Unlock,
        _ => Operation::Reset {
            force_change: false,
        },
    }
}
