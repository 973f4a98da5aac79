//! Who is calling: address, language, and the session the browser carries.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::header::ACCEPT_LANGUAGE;
use uuid::Uuid;
use writeback_model::TenantId;

use super::{cookie, session, site};
use crate::{address::address_of, state::Cloud, words::Language};

/// The cookie that remembers a language chosen on a page.
const LANGUAGE_COOKIE: &str = "lang";

/// The caller's browser.
#[derive(Clone)]
pub(super) struct Browser {
    /// The network address it comes from.
    pub(super) address: IpAddr,
    /// The language its pages are in.
    pub(super) language: Language,
    /// The language was chosen with this very call, and is to be remembered.
    pub(super) language_cookie: Option<Cookie<'static>>,
    /// The tenant whose own address was called, with this call or before.
    pub(super) tenant: Option<TenantId>,
    /// It was called with this very call, and is to be remembered.
    pub(super) tenant_cookie: Option<Cookie<'static>>,
    /// The session cookie's value.
    pub(super) session: Option<String>,
    /// Names this call, so that a page and the log can be brought together.
    pub(super) call: Uuid,
}

impl FromRequestParts<Arc<Cloud>> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        cloud: &Arc<Cloud>,
    ) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let query = parts.uri.query().unwrap_or_default();
        let chosen = chosen_language(query);
        let called = site::tenant_in(query);
        let kept_tenant = jar
            .get(site::TENANT)
            .and_then(|cookie| cookie.value().parse().ok());
        let remembered = jar
            .get(LANGUAGE_COOKIE)
            .and_then(|cookie| Language::from_tag(cookie.value()));
        let asked_for = || {
            let header = parts.headers.get(ACCEPT_LANGUAGE);
            Language::from_accept_language(
                header
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default(),
            )
        };
        Ok(Self {
            address: address_of(parts, cloud),
            language: chosen.or(remembered).unwrap_or_else(asked_for),
            language_cookie: chosen
                .map(|language| language_cookie(language, cloud.public_url.is_secure())),
            tenant: called.or(kept_tenant),
            tenant_cookie: called.map(|id| site::cookie(id, cloud.public_url.is_secure())),
            session: cookie::read(&jar, &cloud.public_url),
            call: session::new_id(cloud),
        })
    }
}

fn chosen_language(query: &str) -> Option<Language> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "lang")
        .and_then(|(_, tag)| Language::from_tag(&tag))
}

fn language_cookie(language: Language, secure: bool) -> Cookie<'static> {
    Cookie::build((LANGUAGE_COOKIE, language.tag()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .permanent()
        .build()
}
