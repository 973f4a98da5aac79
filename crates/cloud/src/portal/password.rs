//! The new password: checked for what can be known here, sealed, and written by an agent while
//! the person waits.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::State, response::Response};
use jiff::SignedDuration;
use writeback_model::{Cause, Operation, RequestId, Secret, Target, UserId};
use writeback_policy::access::{PortalCode, Wish};
use writeback_relay::{Dispatch, Liveness};
use writeback_seal::{Binding, Contents, SealError, seal};
use writeback_store::{NewRequest, ResetSession, StoreError, ThrottleAnswer, User};
use writeback_wire::{SealedSecret, SealingKey};

use super::{
    browser::Browser,
    code::opened,
    form::{FormError, SecretForm},
    pages::PasswordError,
    respond::{self, Failed},
    session::{self, Open},
    views,
};
use crate::state::Cloud;

/// How long a request may wait for an agent to begin.
const REQUEST_HOLDS: SignedDuration = SignedDuration::from_secs(20);

/// How long the browser is kept waiting before it gets a page that says "not known yet" and
/// asks again by itself. Shorter than any proxy's patience.
const ANSWER_WITHIN: Duration = Duration::from_secs(12);

/// How many gates a session has passed that got here: the mailed code.
const GATES_PASSED: u8 = 1;

/// Active Directory takes no more than so many UTF-16 units.
const PASSWORD_UNITS_MAX: usize = 256;

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

pub(super) async fn take(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    body: Body,
) -> Result<Response, Failed> {
    let failed = |error| Failed::store(&browser, error);
    let form = match SecretForm::read(body).await {
        Ok(form) => form,
        Err(FormError::TooLarge) => return Ok(respond::too_large(&browser)),
        Err(FormError::Broken) => return Ok(respond::broken(&browser)),
    };
    let (tenant_name, open) = match opened(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    if form.text("token") != open.form_token {
        return Ok(respond::foreign_form(&browser));
    }
    // The form was made when that request was the last one: sent twice, it makes one request.
    let last: Option<RequestId> = form.text("last").parse().ok();
    if last != open.session.request {
        return Ok(respond::see_other(&browser, "/reset/outcome"));
    }
    let (user, target, liveness) = match ready(&cloud, &browser, &tenant_name, &open).await? {
        Ok(ready) => ready,
        Err(response) => return Ok(response),
    };
    let again = |problem| {
        Ok(views::password(
            &browser,
            &tenant_name,
            &open,
            &liveness,
            Some(problem),
        ))
    };
    let new = form.secret("new");
    if let Some(problem) = problem_of(&new, &form.secret("again")) {
        return again(problem);
    }
    let session = &open.session;
    let key = user.id.to_string();
    if let ThrottleAnswer::Blocked { until } = cloud
        .count(session.tenant, &cloud.limits.passwords_per_user, &key)
        .await
        .map_err(failed)?
    {
        return again(PasswordError::TooMany {
            minutes: views::minutes_until(&cloud, until),
        });
    }

    let request = new_request(&cloud, session, user.id, target);
    let keys = cloud
        .hub
        .sealing_keys(session.tenant, &request.target.forest);
    let sealed = match seal_for_all(&request, new, &keys) {
        Ok(sealed) => sealed,
        Err(SealError::PasswordTooLong) => {
            return again(PasswordError::Refused(&TOO_LONG));
        }
        Err(error) => {
            tracing::error!(request = %request.id, %error, "a password could not be sealed");
            return Ok(views::unavailable(
                &browser,
                &tenant_name,
                &Liveness::NoAgent,
                "/reset/password",
            ));
        }
    };
    let audit = session::record(&cloud, &browser, session, "new password given", "success");
    let is_first = cloud
        .store
        .add_session_request(session.id, last, &request, &audit)
        .await
        .map_err(failed)?;
    if is_first {
        tracing::debug!(request = %request.id, user = %user.id, "a request was accepted");
        let waiting = cloud.hub.execute(Dispatch {
            asked: request,
            sealed,
        });
        // However it ended, or did not, the row knows; the next page tells it.
        waiting.outcome(ANSWER_WITHIN).await;
    }
    Ok(respond::see_other(&browser, "/reset/outcome"))
}

/// The person, the account to write to and whether its forest could be written to now; or the
/// page to show instead.
async fn ready(
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

/// What is wrong with the two fields, whatever the directory would say.
fn problem_of(new: &Secret, again: &Secret) -> Option<PasswordError<'static>> {
    if new.expose().is_empty() {
        return Some(PasswordError::Empty);
    }
    if new.expose() != again.expose() {
        return Some(PasswordError::Mismatch);
    }
    (new.utf16_len() > PASSWORD_UNITS_MAX).then_some(PasswordError::Refused(&TOO_LONG))
}

static TOO_LONG: Cause = Cause::PasswordTooLong { maximum: 256 };

fn new_request(cloud: &Cloud, session: &ResetSession, user: UserId, target: Target) -> NewRequest {
    let now = cloud.clock.now();
    NewRequest {
        id: RequestId::new(&cloud.clock, &cloud.entropy),
        tenant: session.tenant,
        user,
        operation: Operation::Reset {
            force_change: false,
        },
        target,
        created_at: now,
        expires_at: now + REQUEST_HOLDS,
    }
}

/// Seals the password once for each agent key. It comes in clear by this form and is wiped when
/// this returns.
fn seal_for_all(
    request: &NewRequest,
    new: Secret,
    keys: &[SealingKey],
) -> Result<Vec<SealedSecret>, SealError> {
    let contents = Contents { new, current: None };
    let binding = Binding {
        tenant: request.tenant,
        request: request.id,
        operation: request.operation,
        target: request.target.clone(),
        expires_at: request.expires_at,
    };
    keys.iter()
        .map(|key| seal(&contents, key, &binding))
        .collect()
}
