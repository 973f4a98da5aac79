//! `/api/v1`: what signed-in people and administrators do by a program or a page.
//!
//! JSON both ways. Whoever calls shows the token of a sign-in: `Authorization: Bearer TOKEN`. No
//! cookie opens anything here, so that no other site's page can call in somebody's name.

mod administrator;
mod audit;
mod doctor;
mod error;
mod explain;
mod licences;
mod me;
mod refusals;
mod refused;
mod roles;
mod sessions;
mod sign_in;
mod signed_in;
mod users;
mod writeback;

pub use error::ApiError;
pub(crate) use refused::note as note_refusal;
pub(crate) use signed_in::by_token as signed_in_by;
pub use signed_in::{SignedIn, SignedInToChange};

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn_with_state, map_response},
    response::Response,
    routing::{delete, get, post, put},
};
use http::{HeaderValue, header};

use crate::state::Cloud;

/// The largest body of a call: names and passwords.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The API's routes.
pub fn routes(cloud: Arc<Cloud>) -> Router<Arc<Cloud>> {
    let v1 = Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/me", get(me::me))
        .route("/me/password", post(me::password))
        .route(
            "/me/sessions",
            get(sessions::list).delete(sessions::end_all),
        )
        .route("/me/sessions/{id}", delete(sessions::end_one))
        .route("/me/second-factor", post(me::send_code))
        .route("/me/second-factor/verify", post(me::verify_code))
        .route("/users/{id}/explain", get(explain::explain))
        .route(
            "/users/{id}/sessions",
            get(users::sessions).delete(users::end_sessions),
        )
        .route("/users/{id}", delete(users::remove))
        .route("/users/{id}/enable", post(users::enable))
        .route("/users/{id}/disable", post(users::disable))
        .route("/users/{id}/password", post(users::password))
        .route(
            "/users/{id}/roles/{role}",
            put(roles::grant).delete(roles::revoke),
        )
        .route(
            "/users/{id}/licences/{sku}",
            put(licences::assign).delete(licences::unassign),
        )
        .route("/roles", get(roles::list))
        .route("/licences", get(licences::list))
        .route("/writeback", get(writeback::show))
        .route("/writeback/enable", post(writeback::enable))
        .route("/writeback/disable", post(writeback::disable))
        .route("/writeback/test", post(writeback::test))
        .route("/audit", get(audit::list))
        .route("/doctor", get(doctor::show))
        .fallback(async || ApiError::not_found("there is no such call"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(cloud, refused::record))
        .layer(map_response(private));
    Router::new().nest("/api/v1", v1)
}

/// Nothing of it is kept by anybody on the way.
async fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
