//! Files that pages refer to: named by what is in them, so that they can be kept for ever.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;

use super::pages::{PORTAL_CSS, PORTAL_ICON, PORTAL_SCRIPT};

static CSS_PATH: LazyLock<String> = LazyLock::new(|| path("portal", PORTAL_CSS, "css"));
static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("portal", PORTAL_SCRIPT, "js"));
static SCRIPT_INTEGRITY: LazyLock<String> = LazyLock::new(|| integrity_of(PORTAL_SCRIPT));
static ICON_PATH: LazyLock<String> = LazyLock::new(|| path("icon", PORTAL_ICON, "svg"));

/// Where the style sheet stands.
pub(super) fn css_path() -> &'static str {
    &CSS_PATH
}

/// Where the icon stands.
pub(super) fn icon_path() -> &'static str {
    &ICON_PATH
}

/// Where the script stands.
pub(super) fn script_path() -> &'static str {
    &SCRIPT_PATH
}

/// What the script's tag says of it, so that browsers run nothing else in its place.
pub(super) fn script_integrity() -> &'static str {
    &SCRIPT_INTEGRITY
}

pub(super) async fn css() -> Response {
    forever("text/css; charset=utf-8", PORTAL_CSS)
}

pub(super) async fn icon() -> Response {
    forever("image/svg+xml", PORTAL_ICON)
}

pub(super) async fn script() -> Response {
    forever("text/javascript; charset=utf-8", PORTAL_SCRIPT)
}

/// The hashes of what the pages load, to be compared with those of the release.
pub(super) async fn integrity() -> Response {
    let files = [
        (script_path(), PORTAL_SCRIPT),
        (css_path(), PORTAL_CSS),
        (icon_path(), PORTAL_ICON),
    ];
    let files = files.map(|(path, contents)| {
        json!({
            "path": path,
            "bytes": contents.len(),
            "sha256": hex(digest::digest(&digest::SHA256, contents.as_bytes()).as_ref()),
            "integrity": integrity_of(contents),
        })
    });
    let version = env!("CARGO_PKG_VERSION");
    Json(json!({ "version": version, "files": files })).into_response()
}

/// As the `integrity` attribute has it.
fn integrity_of(contents: &str) -> String {
    let hash = digest::digest(&digest::SHA384, contents.as_bytes());
    format!("sha384-{}", BASE64_STANDARD.encode(hash))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn path(name: &str, contents: &str, extension: &str) -> String {
    let hash = digest::digest(&digest::SHA256, contents.as_bytes());
    let hash = hex(hash.as_ref().get(..8).unwrap_or_default());
    format!("/assets/{name}.{hash}.{extension}")
}

fn forever(kind: &'static str, contents: &'static str) -> Response {
    let cache = "public, max-age=31536000, immutable";
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], contents).into_response()
}
