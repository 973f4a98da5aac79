//! The new password as the page sends it: sealed, for a request that was prepared a moment
//! before. Both calls are the page's script's and answer with JSON; what a person is to see is
//! the page that an answer leads to.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde::Serialize;
use writeback_model::{Operation, RequestId, Target};
use writeback_policy::access::Wish;
use writeback_relay::Dispatch;
use writeback_seal::Binding;
use writeback_store::{NewRequest, ThrottleAnswer, User};
use writeback_wire::{SealedSecret, SealingKey};

use super::{
    browser::Browser,
    code::opened,
    form::{FormError, SecretForm},
    pages::PasswordError,
    password::{form as form_again, ready},
    respond::{self, Failed},
    session::{self, Open},
    views,
};
use crate::{
    state::Cloud,
    ticket::{ANSWER_WITHIN, Holder, expiry, is_sealed_to},
};

/// Fields in which a password would come in clear. The page's fields have no names: whoever
/// fills these in is an older page or another program.
const CLEAR_FIELDS: [&str; 3] = ["new", "again", "current"];

const PASSWORD_PAGE: &str = "/reset/password";
const OUTCOME_PAGE: &str = "/reset/outcome";

/// What the script is told.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// What to seal to and for.
    Prepared(Prepared),
    /// The page that tells the rest.
    Go(String),
    /// The ticket or the keys do not hold any more.
    PrepareAgain {},
    /// What is wrong, in the person's language.
    Problem(String),
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Prepared(_) | Self::Go(_) => StatusCode::OK,
            Self::PrepareAgain {} => StatusCode::CONFLICT,
            Self::Problem(_) => StatusCode::BAD_REQUEST,
        };
        (status, Json(self)).into_response()
    }
}

#[derive(Serialize)]
struct Prepared {
    /// To be brought back with the envelopes.
    ticket: String,
    /// What an envelope is bound to, each as the binding's line has it.
    bound: Bound,
    /// One envelope is wanted for each.
    keys: Vec<SealingKey>,
}

#[derive(Serialize)]
struct Bound {
    tenant: String,
    request: String,
    operation: &'static str,
    forest: String,
    domain: String,
    anchor: String,
    expires_at_ms: i64,
}

impl From<&Binding> for Bound {
    fn from(binding: &Binding) -> Self {
        Self {
            tenant: binding.tenant.to_string(),
            request: binding.request.to_string(),
            operation: binding.operation.name(),
            forest: binding.target.forest.to_string(),
            domain: binding.target.domain.to_string(),
            anchor: binding.target.anchor.to_string(),
            expires_at_ms: binding.expires_at.as_millisecond(),
        }
    }
}

/// Says what to seal to and for. Keeps nothing: a person who goes away leaves nothing behind.
pub(super) async fn prepare(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    body: Body,
) -> Result<Response, Failed> {
    let form = match read(&browser, body).await {
        Ok(form) => form,
        Err(response) => return Ok(response),
    };
    let (open, user, target) = match standing(&cloud, &browser, &form).await? {
        Ok(standing) => standing,
        Err(response) => return Ok(response),
    };
    let (binding, holder) = would_be(&cloud, &open, &user, target);
    let keys = live_keys(&cloud, &binding);
    let prepared = Prepared {
        ticket: cloud.tickets.issue(&holder, &binding),
        bound: Bound::from(&binding),
        keys,
    };
    Ok(Answer::Prepared(prepared).into_response())
}

/// Takes the envelopes, and has an agent write what is in them while the person waits.
pub(super) async fn take(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    body: Body,
) -> Result<Response, Failed> {
    let failed = |error| Failed::store(&browser, error);
    let form = match read(&browser, body).await {
        Ok(form) => form,
        Err(response) => return Ok(response),
    };
    let is_clear = CLEAR_FIELDS.into_iter().any(|name| form.has(name));
    if is_clear || form.text("ticket").is_empty() {
        return unsealed(&cloud, &browser, &form).await;
    }
    let (open, user, target) = match standing(&cloud, &browser, &form).await? {
        Ok(standing) => standing,
        Err(response) => return Ok(response),
    };
    let (like, holder) = would_be(&cloud, &open, &user, target);
    let now = cloud.clock.now();
    let Some(binding) = cloud
        .tickets
        .check(&form.text("ticket"), &holder, like, now)
    else {
        return Ok(Answer::PrepareAgain {}.into_response());
    };
    let Ok(sealed) = serde_json::from_str::<Vec<SealedSecret>>(&form.text("sealed")) else {
        return Ok(respond::broken(&browser));
    };
    let live = live_keys(&cloud, &binding);
    if sealed.is_empty() || !is_sealed_to(&sealed, &live) {
        return Ok(Answer::PrepareAgain {}.into_response());
    }

    let session = &open.session;
    let key = user.id.to_string();
    if let ThrottleAnswer::Blocked { until } = cloud
        .count(session.tenant, &cloud.limits.passwords_per_user, &key)
        .await
        .map_err(failed)?
    {
        let words = respond::words_of(&browser);
        let wait = words.wait(views::minutes_until(&cloud, until));
        let problem = words.with("password-error-too-many", &[("wait", wait.into())]);
        return Ok(Answer::Problem(problem).into_response());
    }
    let request = NewRequest {
        id: binding.request,
        tenant: binding.tenant,
        user: user.id,
        operation: binding.operation,
        target: binding.target,
        created_at: now,
        expires_at: binding.expires_at,
    };
    let audit = session::record(&cloud, &browser, session, "new password given", "success");
    let is_first = cloud
        .store
        .add_session_request(session.id, holder.last, &request, &audit)
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
    Ok(Answer::Go(OUTCOME_PAGE.to_owned()).into_response())
}

async fn read(browser: &Browser, body: Body) -> Result<SecretForm, Response> {
    SecretForm::read(body).await.map_err(|error| match error {
        FormError::TooLarge => respond::too_large(browser),
        FormError::Broken => respond::broken(browser),
    })
}

/// The session, the person and the account, as they stand at this call; or what the script is
/// told instead.
async fn standing(
    cloud: &Cloud,
    browser: &Browser,
    form: &SecretForm,
) -> Result<Result<(Open, User, Target), Response>, Failed> {
    let (tenant_name, open) = match opened(cloud, browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(Err(instead(response))),
    };
    if form.text("token") != open.form_token {
        // Of another tab's session: loaded again, the page has the one that holds.
        return Ok(Err(Answer::Go(PASSWORD_PAGE.to_owned()).into_response()));
    }
    // The form was made when that request was the last one: sent twice, it makes one request.
    let last: Option<RequestId> = form.text("last").parse().ok();
    if last != open.session.request {
        return Ok(Err(Answer::Go(OUTCOME_PAGE.to_owned()).into_response()));
    }
    let ready = ready(cloud, browser, &tenant_name, &open, Wish::Reset);
    Ok(match ready.await? {
        Ok((user, target, _)) => Ok((open, user, target)),
        Err(response) => Err(instead(response)),
    })
}

/// What is told instead to a person who cannot go on: where the page itself would lead, or the
/// page that says why, which the script puts in the place of its own.
fn instead(response: Response) -> Response {
    let location = response.headers().get(header::LOCATION);
    match location.and_then(|value| value.to_str().ok()) {
        Some(path) => Answer::Go(path.to_owned()).into_response(),
        None => response,
    }
}

/// What a request made now would be bound to, and whose it would be.
fn would_be(cloud: &Cloud, open: &Open, user: &User, target: Target) -> (Binding, Holder) {
    let binding = Binding {
        tenant: open.session.tenant,
        request: RequestId::new(&cloud.clock, &cloud.entropy),
        operation: Operation::Reset {
            force_change: false,
        },
        target,
        expires_at: expiry(cloud.clock.now()),
    };
    let holder = Holder {
        session: open.session.id,
        user: user.id,
        last: open.session.request,
    };
    (binding, holder)
}

fn live_keys(cloud: &Cloud, binding: &Binding) -> Vec<SealingKey> {
    cloud
        .hub
        .sealing_keys(binding.tenant, &binding.target.forest)
}

/// Says that a password came in clear, or no sealed one, and was not taken.
async fn unsealed(cloud: &Cloud, browser: &Browser, form: &SecretForm) -> Result<Response, Failed> {
    let (tenant_name, open) = match opened(cloud, browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    if form.text("token") != open.form_token {
        return Ok(respond::foreign_form(browser));
    }
    let ready = ready(cloud, browser, &tenant_name, &open, Wish::Reset);
    match ready.await? {
        Ok((_, _, liveness)) => {
            let problem = Some(PasswordError::NotSealed);
            form_again(cloud, browser, &tenant_name, &open, &liveness, problem).await
        }
        Err(response) => Ok(response),
    }
}
