//! Answers that are no page of the way: redirects, refusals, failures.

use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::cookie::Cookie;
use http::{HeaderValue, StatusCode, header};
use writeback_model::event;
use writeback_store::StoreError;

use super::{
    assets,
    browser::Browser,
    pages::{ErrorKind, ErrorPage, Frame, Template},
};
use crate::words::Words;

/// The words of the browser's language.
pub(super) fn words_of(browser: &Browser) -> Words {
    Words::new(browser.language)
}

/// What stands around every page.
pub(super) fn frame_of<'a>(words: &'a Words, tenant_name: &'a str) -> Frame<'a> {
    Frame {
        words,
        tenant_name,
        css_path: assets::css_path(),
        icon_path: assets::icon_path(),
        help_contact: None,
    }
}

/// A page.
pub(super) fn html(browser: &Browser, status: StatusCode, page: &impl Template) -> Response {
    let mut response = match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            // Rendering writes into memory only; it fails when there is none.
            tracing::error!(event_id = event::PAGE_FAILED, %error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    };
    set_remembered(&mut response, browser);
    response
}

/// "See there": what was posted is done, and a reload does it no second time.
pub(super) fn see_other(browser: &Browser, path: &'static str) -> Response {
    let location = (header::LOCATION, HeaderValue::from_static(path));
    let mut response = (StatusCode::SEE_OTHER, [location]).into_response();
    set_remembered(&mut response, browser);
    response
}

/// The same, with a new session.
pub(super) fn see_other_with(
    browser: &Browser,
    path: &'static str,
    cookie: &Cookie<'_>,
) -> Response {
    let mut response = see_other(browser, path);
    set_cookie(&mut response, cookie);
    response
}

/// What was chosen with this call, and holds for those to come.
fn set_remembered(response: &mut Response, browser: &Browser) {
    for cookie in [&browser.language_cookie, &browser.tenant_cookie]
        .into_iter()
        .flatten()
    {
        set_cookie(response, cookie);
    }
}

pub(super) fn set_cookie(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.encoded().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The form of another site, or of an older session.
pub(super) fn foreign_form(browser: &Browser) -> Response {
    error(browser, StatusCode::FORBIDDEN, ErrorKind::ForeignForm)
}

/// A form that is larger than any of ours.
pub(super) fn too_large(browser: &Browser) -> Response {
    error(browser, StatusCode::PAYLOAD_TOO_LARGE, ErrorKind::TooLarge)
}

/// A form that did not arrive whole.
pub(super) fn broken(browser: &Browser) -> Response {
    error(browser, StatusCode::BAD_REQUEST, ErrorKind::Broken)
}

/// The tenant is disabled: so for everybody, whoever they are. `name` is what the page may show.
pub(super) fn tenant_disabled(browser: &Browser, name: &str) -> Response {
    let words = words_of(browser);
    let page = ErrorPage {
        frame: frame_of(&words, name),
        kind: ErrorKind::TenantDisabled,
    };
    html(browser, StatusCode::SERVICE_UNAVAILABLE, &page)
}

pub(super) async fn not_found(browser: Browser) -> Response {
    error(&browser, StatusCode::NOT_FOUND, ErrorKind::NotFound)
}

fn error(browser: &Browser, status: StatusCode, kind: ErrorKind<'_>) -> Response {
    let words = words_of(browser);
    html(
        browser,
        status,
        &ErrorPage {
            frame: frame_of(&words, ""),
            kind,
        },
    )
}

/// A call that could not be answered. The person gets a reference; the log has it, too.
pub(super) struct Failed(Box<Response>);

impl Failed {
    /// The store failed.
    pub(super) fn store(browser: &Browser, failure: StoreError) -> Self {
        let reference = browser.call.to_string();
        tracing::error!(event_id = event::STORE_FAILED, %reference, error = &failure as &dyn std::error::Error, "the store failed");
        let (status, kind) = match failure {
            StoreError::Unwritable { .. } => (
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorKind::Unwritable {
                    reference: &reference,
                },
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                ErrorKind::Internal {
                    reference: Some(&reference),
                },
            ),
        };
        Self(Box::new(error(browser, status, kind)))
    }

    /// Something else failed.
    pub(super) fn internal(browser: &Browser, failure: &dyn std::error::Error) -> Self {
        let reference = browser.call.to_string();
        tracing::error!(event_id = event::PAGE_FAILED, %reference, error = failure.to_string(), "a page could not be made");
        let kind = ErrorKind::Internal {
            reference: Some(&reference),
        };
        Self(Box::new(error(
            browser,
            StatusCode::INTERNAL_SERVER_ERROR,
            kind,
        )))
    }

    /// No tenant was made yet.
    pub(super) fn not_set_up(browser: &Browser) -> Self {
        let page = error(
            browser,
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::NotSetUp,
        );
        Self(Box::new(page))
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        *self.0
    }
}
