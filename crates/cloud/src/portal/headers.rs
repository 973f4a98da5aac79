//! What every answer of the portal says to the browser, and what every form must come with.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Method, header};

use super::{browser::Browser, origin, respond};
use crate::state::Cloud;

/// Nothing but our own style sheet, script and forms: nothing inline, no frame, nobody else's
/// anything.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// Two years, as browsers' own lists ask for.
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Refuses forms of other sites, and puts the headers on every answer.
pub(super) async fn guard(
    State(cloud): State<Arc<Cloud>>,
    browser: Browser,
    request: Request,
    next: Next,
) -> Response {
    let is_form = request.method() == Method::POST;
    let mut response = if is_form && !origin::is_ours(request.headers(), &cloud.public_url) {
        respond::foreign_form(&browser)
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // Not `no-referrer`: browsers then post our own forms with `Origin: null`.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if cloud.public_url.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
    response
}
