//! Files that pages refer to: named by what is in them, so that they can be kept for ever.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::pages::{PORTAL_CSS, PORTAL_ICON};

static CSS_PATH: LazyLock<String> = LazyLock::new(|| path("portal", PORTAL_CSS, "css"));
static ICON_PATH: LazyLock<String> = LazyLock::new(|| path("icon", PORTAL_ICON, "svg"));

/// Where the style sheet stands.
pub(super) fn css_path() -> &'static str {
    &CSS_PATH
}

/// Where the icon stands.
pub(super) fn icon_path() -> &'static str {
    &ICON_PATH
}

pub(super) async fn css() -> Response {
    forever("text/css; charset=utf-8", PORTAL_CSS)
}

pub(super) async fn icon() -> Response {
    forever("image/svg+xml", PORTAL_ICON)
}

fn path(name: &str, contents: &str, extension: &str) -> String {
    let hash = digest::digest(&digest::SHA256, contents.as_bytes());
    let hash: String = hash
        .as_ref()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/assets/{name}.{hash}.{extension}")
}

fn forever(kind: &'static str, contents: &'static str) -> Response {
    let cache = "public, max-age=31536000, immutable";
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], contents).into_response()
}
