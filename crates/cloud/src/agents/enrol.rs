//! `POST /agent/v1/enrol`: a one-time token makes an agent a member of a tenant.

use std::sync::Arc;

use axum::{Json, extract::State, extract::rejection::JsonRejection};
use base64::{Engine, prelude::BASE64_STANDARD};
use writeback_model::AgentId;
use writeback_store::{Actor, AuditRecord, NewAgent};
use writeback_wire::http::{EnrolRequest, EnrolResponse};

use super::error::AgentApiError;
use crate::{state::Cloud, tokens::parse_enrolment_token};

/// Names of hosts are at most so long (RFC 1035); whatever is longer is cut.
const HOST_CHARS_MAX: usize = 253;

pub(super) async fn enrol(
    State(cloud): State<Arc<Cloud>>,
    body: Result<Json<EnrolRequest>, JsonRejection>,
) -> Result<Json<EnrolResponse>, AgentApiError> {
    let Json(body) = body?;
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
    tracing::info!(agent = %agent.id, tenant = %agent.tenant, event_id = 31005, "an agent enrolled");
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
