//! Signing in to read, and out.
//!
//! Only people of the cloud alone: their password is the cloud's to judge. One of a directory would
//! pass it in clear, and is never taken further from here, also not to the directory.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use axum_extra::extract::cookie::CookieJar;
use http::{StatusCode, header::USER_AGENT, request::Parts};
use writeback_model::{Secret, TenantId, UserName};
use writeback_policy::TenantOfName;
use writeback_store::{StoreError, ThrottleAnswer, activity};
use writeback_sync::Origin;

use super::{cookie, removal, token};
use crate::{
    api,
    portal::{
        browser::Browser,
        form::{FormError, SecretForm},
        pages::{ConsoleSignInError, ConsoleSignInPage},
        respond::{self, Failed, frame_of, html, words_of},
        site::Site,
    },
    sign_in::{From, SignInError, sign_in},
    state::Cloud,
    tokens::throttle_key,
};

const DOCTOR_PAGE: &str = "/admin/doctor";
const SIGN_IN_PAGE: &str = "/admin/sign-in";

/// Asks for name and password.
pub(in crate::portal) async fn ask(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
) -> Result<Response, Failed> {
    let site = Site::of(&cloud, &browser).await?;
    Ok(form(&browser, site.name(), "", None))
}

/// Takes them.
pub(in crate::portal) async fn take(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    parts: Parts,
    body: Body,
) -> Result<Response, Failed> {
    let failed = |error: StoreError| Failed::store(&browser, error);
    let site = Site::of(&cloud, &browser).await?;
    let typed = match SecretForm::read(body).await {
        Ok(typed) => typed,
        Err(FormError::TooLarge) => return Ok(respond::too_large(&browser)),
        Err(FormError::Broken) => return Ok(respond::broken(&browser)),
    };
    let shown = typed.text("name");
    let again = |error| Ok(form(&browser, site.name(), shown.trim(), Some(error)));
    let password = Secret::new(typed.text("password"));
    let name: UserName = match shown.parse() {
        Ok(name) if !password.expose().is_empty() => name,
        _ => return again(ConsoleSignInError::Empty),
    };
    let tenant = cloud.tenant_of(&name, site.by_address).await;
    let tenant = match tenant.map_err(failed)? {
        TenantOfName::Tenant(tenant) => tenant,
        TenantOfName::Nobody | TenantOfName::NeedsFullName => TenantId::NOBODY,
    };
    let limit = &cloud.limits.sign_ins_per_address;
    let key = throttle_key(&browser.address.to_string());
    let counted = cloud.count(tenant, limit, &key).await;
    if let ThrottleAnswer::Blocked { .. } = counted.map_err(failed)? {
        return again(ConsoleSignInError::TooMany);
    }
    let tenant = of_the_cloud(&cloud, tenant, &name).await.map_err(failed)?;
    let agent = parts.headers.get(USER_AGENT);
    let from = From {
        address: browser.address,
        user_agent: agent
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
    };
    let judging = {
        let cloud = Arc::clone(&cloud);
        // Finished also when the browser has gone: a try without an end keeps others waiting.
        tokio::spawn(async move { sign_in(&cloud, tenant, &name, password, &from).await })
    };
    let (token, session) = match judging.await.unwrap_or(Err(SignInError::Busy)) {
        Ok(signed_in) => signed_in,
        Err(SignInError::Store(error)) => return Err(failed(error)),
        Err(error) => return again(problem(&error)),
    };
    if session.must_change {
        end(&cloud, &parts, &token).await.map_err(failed)?;
        return again(ConsoleSignInError::FirstPassword);
    }
    let cookie = cookie(token, &cloud.public_url);
    Ok(respond::see_other_with(&browser, DOCTOR_PAGE, &cookie))
}

/// Ends the sign-in.
pub(in crate::portal) async fn out(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    jar: CookieJar,
    parts: Parts,
) -> Result<Response, Failed> {
    if let Some(token) = token(&jar, &cloud.public_url) {
        end(&cloud, &parts, &token)
            .await
            .map_err(|error| Failed::store(&browser, error))?;
    }
    let cookie = removal(&cloud.public_url);
    Ok(respond::see_other_with(&browser, SIGN_IN_PAGE, &cookie))
}

async fn end(cloud: &Cloud, parts: &Parts, token: &str) -> Result<(), StoreError> {
    let Some((caller, _)) = api::signed_in_by(token, parts, cloud).await? else {
        return Ok(());
    };
    let audit = caller.record(activity::SIGN_OUT, "");
    let user = Some(caller.user.id);
    let ended = cloud
        .store
        .revoke_sign_in_session(caller.tenant, user, caller.session, &audit);
    ended.await.map(drop)
}

/// The tenant of a name, or nobody's where it is somebody's of a directory: then the password is
/// judged as one of nobody, alike and as slowly.
async fn of_the_cloud(
    cloud: &Cloud,
    tenant: TenantId,
    name: &UserName,
) -> Result<TenantId, StoreError> {
    let users = cloud.store.users_by_name(tenant, name).await?;
    let of_directory = users.iter().any(|it| it.origin == Origin::Synchronised);
    Ok(if of_directory {
        TenantId::NOBODY
    } else {
        tenant
    })
}

const fn problem(error: &SignInError) -> ConsoleSignInError {
    match error {
        SignInError::Locked | SignInError::LockedInDirectory | SignInError::Spared => {
            ConsoleSignInError::TooMany
        }
        SignInError::UnderWay | SignInError::NoAnswer | SignInError::Busy => {
            ConsoleSignInError::Busy
        }
        SignInError::Disabled | SignInError::AccountExpired => ConsoleSignInError::Disabled,
        _ => ConsoleSignInError::Wrong,
    }
}

fn form(
    browser: &Browser,
    tenant_name: &str,
    typed_name: &str,
    error: Option<ConsoleSignInError>,
) -> Response {
    let words = words_of(browser);
    let status = match error {
        None => StatusCode::OK,
        Some(ConsoleSignInError::Empty) => StatusCode::BAD_REQUEST,
        Some(ConsoleSignInError::TooMany) => StatusCode::TOO_MANY_REQUESTS,
        Some(ConsoleSignInError::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::FORBIDDEN,
    };
    let page = ConsoleSignInPage {
        frame: frame_of(&words, tenant_name),
        typed_name,
        error,
    };
    html(browser, status, &page)
}
