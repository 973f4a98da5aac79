//! What administrators asked for and may not: each refusal is in the audit trail.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use jiff::SignedDuration;
use writeback_model::event;
use writeback_policy::Limit;
use writeback_store::{Actor, AuditRecord, StoreError, ThrottleAnswer, activity};

use super::{ApiError, error::RefusedAct};
use crate::state::Cloud;

/// Nobody fills the trail with refusals: beyond this, that it was too many is recorded once.
const LIMIT: Limit = Limit {
    name: "recorded refusals per user",
    times: 60,
    window: SignedDuration::from_mins(10),
    block: SignedDuration::from_hours(1),
};

/// Keeps a record of a call that was refused for the caller's roles.
pub(super) async fn record(
    State(cloud): State<Arc<Cloud>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    if let Some(refused) = response.extensions().get::<RefusedAct>()
        && let Err(error) = keep(&cloud, refused).await
    {
        not_recorded(&error);
    }
    response
}

/// The same for whoever tells the refusal otherwise than the API does.
pub(crate) async fn note(cloud: &Cloud, error: &ApiError) {
    if let Some(refused) = error.refused()
        && let Err(error) = keep(cloud, refused).await
    {
        not_recorded(&error);
    }
}

fn not_recorded(error: &StoreError) {
    tracing::error!(
        event_id = event::STORE_FAILED,
        error = error as &dyn std::error::Error,
        "the refusal of a call could not be recorded"
    );
}

async fn keep(cloud: &Cloud, refused: &RefusedAct) -> Result<(), StoreError> {
    let key = refused.by.to_string();
    match cloud.count(refused.tenant, &LIMIT, &key).await? {
        ThrottleAnswer::Blocked { .. } => Ok(()),
        ThrottleAnswer::Allowed => {
            let audit = AuditRecord {
                tenant: Some(refused.tenant),
                at: cloud.clock.now(),
                actor: Actor::User(refused.by),
                activity: activity::ACT_REFUSED,
                user: None,
                correlation: None,
                address: None,
                result: refused.why.to_owned(),
                detail: refused.act.id().to_owned(),
            };
            cloud.store.audit(&audit).await
        }
    }
}
