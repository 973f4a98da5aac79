//! The gate: the code that was mailed.

use std::sync::Arc;

use axum::{Form, extract::State, response::Response};
use serde::Deserialize;
use tokio::time::Instant;
use uuid::Uuid;
use writeback_model::UserId;
use writeback_store::{CodeAnswer, ThrottleAnswer};

use super::{
    browser::Browser,
    code_mail,
    pages::CodeError,
    respond::{self, Failed},
    session::{self, CODE_HOLDS, Open},
    site::Site,
    views,
};
use crate::{
    state::Cloud,
    tokens::{hash_code, new_code, throttle_key},
};

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    token: String,
}

pub(super) async fn ask(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
) -> Result<Response, Failed> {
    let (tenant_name, open) = match opened(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    if open.session.verified_at.is_some() {
        return Ok(respond::see_other(&browser, "/reset/password"));
    }
    Ok(views::code(&browser, &tenant_name, &open, false, None))
}

pub(super) async fn take(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    Form(form): Form<CodeForm>,
) -> Result<Response, Failed> {
    let failed = |error| Failed::store(&browser, error);
    let (tenant_name, open) = match opened(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    if form.token != open.form_token {
        return Ok(respond::foreign_form(&browser));
    }
    if open.session.verified_at.is_some() {
        return Ok(respond::see_other(&browser, "/reset/password"));
    }
    let again = |problem| {
        Ok(views::code(
            &browser,
            &tenant_name,
            &open,
            false,
            Some(problem),
        ))
    };

    // Codes are pasted with spaces and typed with dashes.
    let code: String = form.code.chars().filter(char::is_ascii_digit).collect();
    if code.is_empty() {
        return again(CodeError::Empty);
    }
    let session = &open.session;
    let key = throttle_key(&session.typed_name.trim().to_lowercase());
    let limit = &cloud.limits.wrong_codes_per_name;
    // Counted as wrong before it is tried, and forgiven when it was right: so that tries at the
    // same moment count as well.
    if let ThrottleAnswer::Blocked { until } = cloud
        .count(session.tenant, limit, &key)
        .await
        .map_err(failed)?
    {
        return again(CodeError::TooMany {
            minutes: views::minutes_until(&cloud, until),
        });
    }
    let audit = session::record(&cloud, &browser, session, "code given", "");
    let answer = cloud
        .store
        .try_code(
            session.tenant,
            session.id,
            hash_code(session.id, &code),
            cloud.clock.now(),
            &audit,
        )
        .await
        .map_err(failed)?;
    match answer {
        CodeAnswer::Right => {
            cloud
                .forgive(session.tenant, limit, &key)
                .await
                .map_err(failed)?;
            Ok(respond::see_other(&browser, "/reset/password"))
        }
        CodeAnswer::Wrong { tries_left } => again(CodeError::Wrong { tries_left }),
        CodeAnswer::Expired => again(CodeError::Expired),
        CodeAnswer::Exhausted => again(CodeError::Exhausted),
    }
}

pub(super) async fn resend(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    Form(form): Form<CodeForm>,
) -> Result<Response, Failed> {
    let began = Instant::now();
    let failed = |error| Failed::store(&browser, error);
    let (tenant_name, open) = match opened(&cloud, &browser).await? {
        Ok(opened) => opened,
        Err(response) => return Ok(response),
    };
    if form.token != open.form_token {
        return Ok(respond::foreign_form(&browser));
    }
    let session = &open.session;
    let key = throttle_key(&session.typed_name.trim().to_lowercase());
    if let ThrottleAnswer::Blocked { until } = cloud
        .count(session.tenant, &cloud.limits.codes_per_name, &key)
        .await
        .map_err(failed)?
    {
        let problem = CodeError::TooMany {
            minutes: views::minutes_until(&cloud, until),
        };
        return Ok(views::code(
            &browser,
            &tenant_name,
            &open,
            false,
            Some(problem),
        ));
    }
    let (store, tenant) = (&cloud.store, session.tenant);
    // Nobody is asked for like anybody.
    let user = session.user.unwrap_or(UserId::from_uuid(Uuid::nil()));
    let user = store.user(tenant, user).await.map_err(failed)?;
    let tenant = store.tenant(tenant).await.map_err(failed)?;
    let code = new_code(&cloud.entropy);
    let hash = user.is_some().then(|| hash_code(session.id, &code));
    let expires_at = cloud.clock.now() + CODE_HOLDS;
    let audit = session::record(&cloud, &browser, session, "another code", "success");
    cloud
        .store
        .replace_code(session.tenant, session.id, hash, expires_at, &audit)
        .await
        .map_err(failed)?;
    code_mail::send(&cloud, tenant.as_ref(), session, user.as_ref(), &code);
    code_mail::takes_its_time(began).await;
    Ok(views::code(&browser, &tenant_name, &open, true, None))
}

/// The name that pages show and the caller's session; the page that says it ended, where it did.
/// That of a disabled tenant ends here.
pub(super) async fn opened(
    cloud: &Cloud,
    browser: &Browser,
) -> Result<Result<(String, Open), Response>, Failed> {
    let failed = |error| Failed::store(browser, error);
    let (site, open) = match looked_up(cloud, browser).await? {
        Ok(found) => found,
        Err(response) => return Ok(Err(response)),
    };
    let name = site.name_for(&open.session).to_owned();
    let tenant = site.tenant(open.session.tenant);
    if tenant.is_none_or(|tenant| tenant.disabled_at.is_none()) {
        return Ok(Ok((name, open)));
    }
    // What was asked for before goes on, and its outcome can still be read.
    if open.session.request.is_none() {
        let (tenant, id) = (open.session.tenant, open.session.id);
        cloud.store.end_session(tenant, id).await.map_err(failed)?;
    }
    Ok(Err(respond::tenant_disabled(browser, &name)))
}

/// The same for the page of the outcome: what was asked for before its tenant was disabled is
/// told.
pub(super) async fn opened_after(
    cloud: &Cloud,
    browser: &Browser,
) -> Result<Result<(String, Open), Response>, Failed> {
    match looked_up(cloud, browser).await? {
        Ok((site, open)) if open.session.request.is_some() => {
            let name = site.name_for(&open.session).to_owned();
            Ok(Ok((name, open)))
        }
        _ => opened(cloud, browser).await,
    }
}

async fn looked_up(
    cloud: &Cloud,
    browser: &Browser,
) -> Result<Result<(Site, Open), Response>, Failed> {
    let site = Site::of(cloud, browser).await?;
    let open = session::open(cloud, browser)
        .await
        .map_err(|error| Failed::store(browser, error))?;
    Ok(match open {
        Some(open) => Ok((site, open)),
        None => Err(views::session_ended(browser, site.name(), cloud)),
    })
}
