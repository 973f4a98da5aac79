//! The session cookie.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::config::PublicUrl;

/// The name on a secure origin: browsers take a cookie of that name only with `Secure`, for
/// this host alone and for all its paths, so that no other host can plant one.
const SECURE_NAME: &str = "__Host-writeback";
/// The name on plain-HTTP localhost, where browsers would not take the other.
const LOCAL_NAME: &str = "writeback";

/// The session cookie's value, where the browser sent one.
pub fn read(jar: &CookieJar, url: &PublicUrl) -> Option<String> {
    jar.get(name(url)).map(|cookie| cookie.value().to_owned())
}

/// A session cookie. It ends with the browser, and with the session at the latest.
pub fn session(value: String, url: &PublicUrl) -> Cookie<'static> {
    Cookie::build((name(url), value))
        .path("/")
        .http_only(true)
        .secure(url.is_secure())
        // Lax and not strict: the link in a mail must find the session it belongs to. Forms
        // are guarded by origin and form token besides.
        .same_site(SameSite::Lax)
        .build()
}

/// A cookie that removes the session's.
pub fn removal(url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = session(String::new(), url);
    cookie.make_removal();
    cookie
}

const fn name(url: &PublicUrl) -> &'static str {
    if url.is_secure() {
        SECURE_NAME
    } else {
        LOCAL_NAME
    }
}
