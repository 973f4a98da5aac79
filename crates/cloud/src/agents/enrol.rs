//! `POST /agent/v1/enrol`: a one-time token makes an agent a member of a tenant.

use std::sync::Arc;

use axum::{Json, extract::State, extract::rejection::JsonRejection};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::request::Parts;
use jiff::SignedDuration;
use writeback_model::{AgentId, TenantId, event};
use writeback_policy::Limit;
use writeback_store::{Actor, AuditRecord, NewAgent, StoreError, ThrottleAnswer, activity};
use writeback_wire::http::{EnrolRequest, EnrolResponse};

use super::error::AgentApiError;
use crate::{
    address::address_of,
    state::Cloud,
    tokens::{parse_enrolment_token, throttle_key},
};

/// Names of hosts are at most so long (RFC 1035); whatever is longer is cut.
const HOST_CHARS_MAX: usize = 253;

/// Nobody fills the trail with refused tokens: beyond this, that it was too many is recorded once.
const REFUSALS: Limit = Limit {
    name: "recorded enrolment refusals per address",
    times: 30,
    window: SignedDuration::from_mins(10),
    block: SignedDuration::from_hours(1),
};

pub(super) async fn enrol(
    State(cloud): State<Arc<Cloud>>,
    parts: Parts,
    body: Result<Json<EnrolRequest>, JsonRejection>,
) -> Result<Json<EnrolResponse>, AgentApiError> {
    let Json(body) = body?;
    let enrolled = take_token(&cloud, body).await;
    if let Err(refused) = &enrolled
        && let Err(error) = record(&cloud, &parts, refused).await
    {
        tracing::error!(
            event_id = event::STORE_FAILED,
            error = &error as &dyn std::error::Error,
            "a refused enrolment could not be recorded"
        );
    }
    enrolled
}

/// Keeps a record of a token that was refused. What is no token at all says nothing.
async fn record(cloud: &Cloud, parts: &Parts, refused: &AgentApiError) -> Result<(), StoreError> {
    let result = match refused {
        AgentApiError::EnrolmentUnknown => "unknown",
        AgentApiError::EnrolmentUsed => "used",
        AgentApiError::EnrolmentExpired => "expired",
        AgentApiError::TenantDisabled => "tenant-disabled",
        _ => return Ok(()),
    };
    let address = address_of(parts, cloud);
    let key = throttle_key(&address.to_string());
    match cloud.count(TenantId::NOBODY, &REFUSALS, &key).await? {
        ThrottleAnswer::Blocked { .. } => Ok(()),
        ThrottleAnswer::Allowed => {
            let audit = AuditRecord {
                tenant: None,
                at: cloud.clock.now(),
                actor: Actor::Cloud,
                activity: activity::AGENT_ENROLMENT_REFUSED,
                user: None,
                correlation: None,
                address: Some(address.to_string()),
                result: result.to_owned(),
                detail: String::new(),
            };
            cloud.store.audit(&audit).await
        }
    }
}

async fn take_token(
    cloud: &Cloud,
    body: EnrolRequest,
) -> Result<Json<EnrolResponse>, AgentApiError> {
    let (id, hash) = parse_enrolment_token(&body.token).ok_or(AgentApiError::EnrolmentUnknown)?;
    let public_key = BASE64_STANDARD
        .decode(&body.public_key)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(AgentApiError::PublicKey)?;
    let agent = NewAgent {
        id: AgentId::new(&cloud.clock, &cloud.entropy),
        public_key,
        host: body.host.chars().take(HOST_CHARS_MAX).collect(),
        version: body.version.chars().take(HOST_CHARS_MAX).collect(),
    };
    let now = cloud.clock.now();
    let audit = AuditRecord {
        tenant: None,
        at: now,
        actor: Actor::Agent(agent.id),
        activity: writeback_store::activity::AGENT_ENROLLED,
        user: None,
        correlation: Some(id.uuid()),
        address: None,
        result: "success".to_owned(),
        detail: format!("host {}", agent.host),
    };
    let agent = cloud.store.enrol(id, hash, &agent, now, &audit).await??;
    tracing::info!(agent = %agent.id, tenant = %agent.tenant, event_id = event::AGENT_ENROLLED, "an agent enrolled");
    let tenant_name = cloud
        .store
        .tenant(agent.tenant)
        .await?
        .map(|tenant| tenant.name)
        .unwrap_or_default();
    Ok(Json(EnrolResponse {
        agent: agent.id,
        tenant: agent.tenant,
        tenant_name,
    }))
}
