//! The way without a new password: who knows it and only tried it wrongly too often has the
//! account unlocked. Nothing secret is sent, so that it needs no script.

use std::sync::Arc;

use axum::{Form, extract::State, response::Response};
use serde::Deserialize;
use writeback_model::{Operation, RequestId};
use writeback_policy::access::Wish;
use writeback_relay::Dispatch;
use writeback_store::{NewRequest, ThrottleAnswer};

use super::{
    browser::Browser,
    code::opened,
    pages::PasswordError,
    password::{form as password_form, ready},
    respond::{self, Failed},
    session, views,
};
use crate::{
    state::Cloud,
    ticket::{ANSWER_WITHIN, expiry},
};

#[derive(Deserialize)]
pub(super) struct UnlockForm {
    #[serde(default)]
    token: String,
    /// The session's last request when the form was made; empty when there was none.
    #[serde(default)]
    last: String,
}

/// The button stands on the page of the new password.
pub(super) async fn ask(browser: Browser) -> Response {
    respond::see_other(&browser, "/reset/password")
}

/// Has an agent unlock the account while the person waits.
pub(super) async fn take(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    Form(form): Form<UnlockForm>,
) -> Result<Response, Failed> {
    let failed = |error| Failed::store(&browser, error);
    let (tenant_name, open) = match opened(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    if form.token != open.form_token {
        return Ok(respond::foreign_form(&browser));
    }
    // Sent twice, it makes one request.
    let last: Option<RequestId> = form.last.parse().ok();
    if last != open.session.request {
        return Ok(respond::see_other(&browser, "/reset/outcome"));
    }
    let ready = ready(&cloud, &browser, &tenant_name, &open, Wish::Unlock);
    let (user, target, liveness) = match ready.await? {
        Ok(ready) => ready,
        Err(response) => return Ok(response),
    };

    let session = &open.session;
    let limit = &cloud.limits.passwords_per_user;
    let key = user.id.to_string();
    let counted = cloud.count(session.tenant, limit, &key);
    if let ThrottleAnswer::Blocked { until } = counted.await.map_err(failed)? {
        let minutes = views::minutes_until(&cloud, until);
        let problem = Some(PasswordError::TooManyUnlocks { minutes });
        return password_form(&cloud, &browser, &tenant_name, &open, &liveness, problem).await;
    }
    let now = cloud.clock.now();
    let request = NewRequest {
        id: RequestId::new(&cloud.clock, &cloud.entropy),
        tenant: session.tenant,
        user: user.id,
        operation: Operation::Unlock,
        target,
        created_at: now,
        expires_at: expiry(now),
    };
    let audit = session::record(&cloud, &browser, session, "unlock asked for", "success");
    let added = cloud
        .store
        .add_session_request(session.id, last, &request, &audit);
    if added.await.map_err(failed)? {
        tracing::debug!(request = %request.id, user = %user.id, "a request was accepted");
        let waiting = cloud.hub.execute(Dispatch {
            asked: request,
            sealed: Vec::new(),
        });
        // However it ended, or did not, the row knows; the next page tells it.
        waiting.outcome(ANSWER_WITHIN).await;
    }
    Ok(respond::see_other(&browser, "/reset/outcome"))
}
