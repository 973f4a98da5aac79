//! `POST /agent/v1/imports/...`: the users of a forest, in batches.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use http::StatusCode;
use writeback_model::{ImportId, UserId};
use writeback_store::{Actor, AuditRecord};
use writeback_wire::http::{IMPORT_BATCH_MAX, ImportBatch, ImportComplete};

use super::{auth::Caller, error::AgentApiError};
use crate::state::Cloud;

pub(super) async fn users(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    Path(import): Path<String>,
    body: Result<Json<ImportBatch>, JsonRejection>,
) -> Result<StatusCode, AgentApiError> {
    let Json(batch) = body?;
    let import = running(&cloud, &agent, &import).await?;
    if batch.users.len() > IMPORT_BATCH_MAX {
        return Err(AgentApiError::BatchTooLarge);
    }
    let ids: Vec<UserId> = batch
        .users
        .iter()
        .map(|_| UserId::new(&cloud.clock, &cloud.entropy))
        .collect();
    let now = cloud.clock.now();
    let kept = cloud
        .store
        .import_users(
            agent.tenant,
            import,
            batch.sequence,
            &batch.users,
            &ids,
            now,
        )
        .await?;
    kept.then_some(StatusCode::NO_CONTENT)
        .ok_or(AgentApiError::ImportNotRunning)
}

pub(super) async fn complete(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    Path(import): Path<String>,
    body: Result<Json<ImportComplete>, JsonRejection>,
) -> Result<StatusCode, AgentApiError> {
    let Json(body) = body?;
    let import = running(&cloud, &agent, &import).await?;
    // An account that lost its right to read sees an empty directory.
    if body.users == 0 && cloud.store.count_users(agent.tenant).await? > 0 {
        return Err(AgentApiError::ImportEmpty);
    }
    let now = cloud.clock.now();
    let audit = AuditRecord {
        tenant: Some(agent.tenant),
        at: now,
        actor: Actor::Agent(agent.id),
        activity: "Full import",
        user: None,
        correlation: Some(import.uuid()),
        address: None,
        result: "success".to_owned(),
        detail: format!("{} users", body.users),
    };
    let removed = cloud
        .store
        .complete_import(agent.tenant, import, body.batches, body.users, now, &audit)
        .await?
        .ok_or(AgentApiError::ImportIncomplete)?;
    tracing::info!(%import, agent = %agent.id, users = body.users, removed, "a full import is complete");
    Ok(StatusCode::NO_CONTENT)
}

/// The import, where it is this agent's and still running.
async fn running(
    cloud: &Cloud,
    agent: &writeback_store::Agent,
    text: &str,
) -> Result<ImportId, AgentApiError> {
    let id: ImportId = text.parse().map_err(|_| AgentApiError::ImportNotRunning)?;
    let run = cloud.store.running_import(agent.tenant, id).await?;
    run.filter(|run| run.agent == agent.id)
        .map(|run| run.id)
        .ok_or(AgentApiError::ImportNotRunning)
}
