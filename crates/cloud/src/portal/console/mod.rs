//! What administrators read in a browser: how writeback is doing.
//!
//! | page | does |
//! | --- | --- |
//! | `GET`/`POST /admin/sign-in` | signs in an administrator of the cloud alone |
//! | `GET /admin/doctor` | looks now, and shows what was found |
//! | `POST /admin/sign-out` | ends the sign-in |
//!
//! The sign-in is one of the API's (`/api/v1`), its token in a cookie. Nothing but reading is open
//! to it here: the API, where things are changed, takes no cookie.

pub(super) mod doctor;
pub(super) mod sign_in;
mod view;

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::config::PublicUrl;

/// As the portal's own cookie is named: with `__Host-` on a secure origin, for this host alone.
const SECURE_NAME: &str = "__Host-writeback-admin";
const LOCAL_NAME: &str = "writeback-admin";

const fn name(url: &PublicUrl) -> &'static str {
    if url.is_secure() {
        SECURE_NAME
    } else {
        LOCAL_NAME
    }
}

/// The token of the sign-in, where the browser sent one.
fn token(jar: &CookieJar, url: &PublicUrl) -> Option<String> {
    jar.get(name(url)).map(|cookie| cookie.value().to_owned())
}

/// A cookie with the token of a sign-in. No other site's link brings it along.
fn cookie(token: String, url: &PublicUrl) -> Cookie<'static> {
    Cookie::build((name(url), token))
        .path("/")
        .http_only(true)
        .secure(url.is_secure())
        .same_site(SameSite::Strict)
        .build()
}

/// A cookie that removes it.
fn removal(url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = cookie(String::new(), url);
    cookie.make_removal();
    cookie
}
