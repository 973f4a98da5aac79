//! What agents see of the cloud, and what a doctor on their machines asks it.

mod auth;
mod copies;
mod enrol;
mod error;
mod known;
mod link;
mod round_trip;
mod runs;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use writeback_wire::http::{
    ENROL_PATH, IMPORT_BODY_BYTES_MAX, LINK_PATH, ROUND_TRIPS_PATH, RUNS_PATH, SELF_PATH,
    TOKEN_PATH,
};

use crate::state::Cloud;

pub use copies::keep_revoked_out;
pub(crate) use link::SEEN_EVERY;

/// The largest body of an enrolment or a token call: a key, a token and two names.
const SMALL_BODY_BYTES_MAX: usize = 8 * 1024;

/// The largest body of a round trip: an envelope of less than 3 KiB for each of some agents.
const SEALED_BODY_BYTES_MAX: usize = 256 * 1024;

/// The agents' routes.
pub fn routes() -> Router<Arc<Cloud>> {
    let runs = Router::new()
        .route(&format!("{RUNS_PATH}/{{run}}/objects"), post(runs::objects))
        .route(
            &format!("{RUNS_PATH}/{{run}}/complete"),
            post(runs::complete),
        )
        .layer(DefaultBodyLimit::max(IMPORT_BODY_BYTES_MAX));
    let round_trips = Router::new()
        .route(
            &format!("{ROUND_TRIPS_PATH}/prepare"),
            post(round_trip::prepare),
        )
        .route(ROUND_TRIPS_PATH, post(round_trip::take))
        .route(
            &format!("{ROUND_TRIPS_PATH}/{{request}}"),
            get(round_trip::tell),
        )
        .layer(DefaultBodyLimit::max(SEALED_BODY_BYTES_MAX));
    Router::new()
        .route(ENROL_PATH, post(enrol::enrol))
        .route(TOKEN_PATH, post(token::token))
        .route(LINK_PATH, get(link::link))
        .route(SELF_PATH, get(known::known))
        .layer(DefaultBodyLimit::max(SMALL_BODY_BYTES_MAX))
        .merge(runs)
        .merge(round_trips)
}
