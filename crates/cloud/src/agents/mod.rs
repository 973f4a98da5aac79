//! What agents see of the cloud.

mod auth;
mod copies;
mod enrol;
mod error;
mod link;
mod runs;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use writeback_wire::http::{ENROL_PATH, IMPORT_BODY_BYTES_MAX, LINK_PATH, RUNS_PATH, TOKEN_PATH};

use crate::state::Cloud;

pub use copies::keep_revoked_out;
pub(crate) use link::SEEN_EVERY;

/// The largest body of an enrolment or a token call: a key, a token and two names.
const SMALL_BODY_BYTES_MAX: usize = 8 * 1024;

/// The agents' routes.
pub fn routes() -> Router<Arc<Cloud>> {
    let runs = Router::new()
        .route(&format!("{RUNS_PATH}/{{run}}/objects"), post(runs::objects))
        .route(
            &format!("{RUNS_PATH}/{{run}}/complete"),
            post(runs::complete),
        )
        .layer(DefaultBodyLimit::max(IMPORT_BODY_BYTES_MAX));
    Router::new()
        .route(ENROL_PATH, post(enrol::enrol))
        .route(TOKEN_PATH, post(token::token))
        .route(LINK_PATH, get(link::link))
        .layer(DefaultBodyLimit::max(SMALL_BODY_BYTES_MAX))
        .merge(runs)
}
