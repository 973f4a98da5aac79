//! The first page: who are you?
//!
//! Whatever name is typed, the same work is done, and the same page comes after the same time
//! (`code_mail`).

use std::sync::Arc;

use axum::{Form, extract::State, response::Response};
use serde::Deserialize;
use tokio::time::Instant;
use writeback_model::{NameError, TenantId, UserName};
use writeback_policy::{
    ForestOfName, KnownDomain, TenantOfName,
    access::{Method, Wish},
    forest_of_name,
};
use writeback_relay::Liveness;
use writeback_store::{ResetSession, StoreError, Tenant, ThrottleAnswer, User};

use super::{
    browser::Browser,
    code_mail, cookie,
    pages::StartError,
    respond::{self, Failed},
    session::{self, CODE_HOLDS, CODE_TRIES, SESSION_HOLDS},
    site::Site,
    views,
};
use crate::{
    access::blanket,
    state::Cloud,
    tokens::{hash_code, hash_token, new_code, new_token, throttle_key},
};

#[derive(Deserialize)]
pub(super) struct NameForm {
    #[serde(default)]
    name: String,
}

pub(super) async fn ask(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
) -> Result<Response, Failed> {
    let site = Site::of(&cloud, &browser).await?;
    Ok(views::start(&browser, site.name(), "", None))
}

pub(super) async fn take(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    Form(form): Form<NameForm>,
) -> Result<Response, Failed> {
    let began = Instant::now();
    let failed = |error| Failed::store(&browser, error);
    let site = Site::of(&cloud, &browser).await?;
    let again = |problem| {
        Ok(views::start(
            &browser,
            site.name(),
            &form.name,
            Some(problem),
        ))
    };

    let name: UserName = match form.name.parse() {
        Ok(name) => name,
        Err(NameError::TooLong(_)) => return again(StartError::TooLong),
        Err(NameError::Empty | NameError::Character) => return again(StartError::Empty),
    };
    let tenant = match cloud
        .tenant_of(&name, site.by_address)
        .await
        .map_err(failed)?
    {
        TenantOfName::Tenant(tenant) => tenant,
        TenantOfName::Nobody => TenantId::NOBODY,
        TenantOfName::NeedsFullName => return again(StartError::NeedsFullName),
    };
    let limits = &cloud.limits;
    let address = throttle_key(&browser.address.to_string());
    if let ThrottleAnswer::Blocked { until } = cloud
        .count(tenant, &limits.names_per_address, &address)
        .await
        .map_err(failed)?
    {
        return again(StartError::TooMany {
            minutes: views::minutes_until(&cloud, until),
        });
    }
    let is_disabled = |tenant: &Tenant| tenant.disabled_at.is_some();
    if site.tenant(tenant).is_some_and(is_disabled) {
        return Ok(respond::tenant_disabled(&browser, site.name()));
    }

    let known = cloud.known_domains(tenant).await.map_err(failed)?;
    let forest = forest_of_name(&name, &known);
    if forest == ForestOfName::Ambiguous {
        return again(StartError::NeedsFullName);
    }
    // Said before anything is spent: no code, no try.
    if let Some(response) = refused_to_all(&cloud, &browser, &site, tenant, &forest, &known)
        .await
        .map_err(failed)?
    {
        return Ok(response);
    }
    if let Some(liveness) = not_live(&cloud, tenant, &forest, &known) {
        return Ok(views::unavailable(&browser, site.name(), &liveness, "/"));
    }
    let key = throttle_key(&name.canonical());
    if let ThrottleAnswer::Blocked { until } = cloud
        .count(tenant, &limits.codes_per_name, &key)
        .await
        .map_err(failed)?
    {
        return again(StartError::TooMany {
            minutes: views::minutes_until(&cloud, until),
        });
    }

    let found = find(&cloud, tenant, &name).await.map_err(failed)?;
    let typed = form.name.trim();
    let response = begin(&cloud, &browser, &site, tenant, typed, found).await;
    code_mail::takes_its_time(began).await;
    response.map_err(failed)
}

/// The page that says that nobody whose name looks like this can reset now.
async fn refused_to_all(
    cloud: &Cloud,
    browser: &Browser,
    site: &Site,
    tenant: TenantId,
    forest: &ForestOfName,
    known: &[KnownDomain],
) -> Result<Option<Response>, StoreError> {
    let policy = cloud.store.reset_policy(tenant).await?;
    let writeback = cloud.store.writeback(tenant).await?;
    let Some(why) = blanket(&policy, &writeback, forest, known) else {
        return Ok(None);
    };
    Ok(Some(views::refused(
        browser,
        site.name(),
        why.code(),
        why.reason(),
        &policy.default_entry,
        "/",
    )))
}

/// Why no password of that forest could be written now; `None` when one could.
fn not_live(
    cloud: &Cloud,
    tenant: TenantId,
    forest: &ForestOfName,
    known: &[KnownDomain],
) -> Option<Liveness> {
    // A name that is no tenant's goes on as one of a tenant whose agents are well.
    if tenant == TenantId::NOBODY {
        return None;
    }
    let liveness = |forest| cloud.hub.liveness(tenant, forest);
    let is_ready = |liveness: &Liveness| matches!(liveness, Liveness::Ready { .. });
    match forest {
        ForestOfName::Forest(forest) => Some(liveness(forest)).filter(|it| !is_ready(it)),
        // It could be any: only when none could be written to is that sure for this one.
        _ => {
            let mut all = known.iter().map(|it| liveness(&it.forest));
            let first = all.next().unwrap_or(Liveness::NoAgent);
            (!is_ready(&first) && !all.any(|it| is_ready(&it))).then_some(first)
        }
    }
}

/// Who goes by a name, and what they may.
struct Found {
    /// The person, where they can pass a gate. Whoever is refused something is told why once they
    /// have shown who they are.
    user: Option<User>,
    /// How it stands with the name, for the audit trail.
    result: &'static str,
}

async fn find(cloud: &Cloud, tenant: TenantId, name: &UserName) -> Result<Found, StoreError> {
    let mut users = cloud.store.users_by_name(tenant, name).await?;
    let matches = users.len();
    let user = users.pop().filter(|_| matches == 1);
    let access = cloud.access(tenant, user.as_ref(), Wish::Reset).await?;
    let result = match matches {
        0 => "no-such-user",
        1 => access.result(),
        _ => "ambiguous-name",
    };
    Ok(Found {
        user: user.filter(|_| access.methods.contains(&Method::Email)),
        result,
    })
}

async fn begin(
    cloud: &Arc<Cloud>,
    browser: &Browser,
    site: &Site,
    tenant: TenantId,
    typed_name: &str,
    Found { user, result }: Found,
) -> Result<Response, StoreError> {
    let now = cloud.clock.now();
    let cookie = new_token(&cloud.entropy);
    let code = new_code(&cloud.entropy);
    let id = session::new_id(cloud);
    let code_hash = hash_code(id, &code);
    let session = ResetSession {
        id,
        tenant,
        cookie: hash_token(&cookie),
        user: user.as_ref().map(|user| user.id),
        typed_name: typed_name.to_owned(),
        created_at: now,
        expires_at: now + SESSION_HOLDS,
        // Without a person there is no code that could be guessed.
        code: user.is_some().then_some(code_hash),
        code_expires_at: now + CODE_HOLDS,
        tries_left: CODE_TRIES,
        verified_at: None,
        request: None,
    };
    let audit = session::record(cloud, browser, &session, "user name given", result);
    cloud.store.add_session(&session, &audit).await?;
    code_mail::send(cloud, site.tenant(tenant), &session, user.as_ref(), &code);
    let cookie = cookie::session(cookie, &cloud.public_url);
    Ok(respond::see_other_with(browser, "/reset/code", &cookie))
}
