//! `GET /agent/v1/self`: what the cloud knows of the agent that asks, for the doctor there.

use std::sync::Arc;

use axum::{Json, extract::State};
use writeback_wire::round_trip::{KnownAgent, KnownLink};

use super::auth::Caller;
use crate::state::Cloud;

pub(super) async fn known(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
) -> Json<KnownAgent> {
    let connected = cloud.hub.agents().into_iter().find(|it| it.id == agent.id);
    Json(KnownAgent {
        cloud_version: env!("CARGO_PKG_VERSION").to_owned(),
        link: connected.map(|it| KnownLink {
            since: it.since,
            version: it.version,
            sealing_key: it.sealing_key.id,
        }),
    })
}
