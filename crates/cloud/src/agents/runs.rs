//! `POST /agent/v1/runs/...`: the objects of a forest, in batches.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use http::StatusCode;
use writeback_model::RunId;
use writeback_store::{Actor, Agent, AuditRecord, BatchAnswer, CompleteAnswer, Run};
use writeback_sync::Profile;
use writeback_wire::http::{IMPORT_BATCH_MAX, ImportBatch, ImportComplete};

use super::{auth::Caller, error::AgentApiError};
use crate::{
    state::Cloud,
    sync::{ImportEnd, activity},
};

pub(super) async fn objects(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    Path(run): Path<String>,
    body: Result<Json<ImportBatch>, JsonRejection>,
) -> Result<StatusCode, AgentApiError> {
    let Json(batch) = body?;
    let run: RunId = run.parse().map_err(|_| AgentApiError::ImportNotRunning)?;
    if batch.objects.len() + batch.removed.len() > IMPORT_BATCH_MAX {
        return Err(AgentApiError::BatchTooLarge);
    }
    let now = cloud.clock.now();
    let answer = cloud
        .store
        .put_batch(agent.tenant, run, agent.id, &batch, now)
        .await?;
    match answer {
        BatchAnswer::Kept | BatchAnswer::Repeated => Ok(StatusCode::NO_CONTENT),
        BatchAnswer::OutOfOrder { due } => Err(AgentApiError::BatchOutOfOrder { due }),
        BatchAnswer::NotRunning => Err(AgentApiError::ImportNotRunning),
    }
}

pub(super) async fn complete(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    Path(run): Path<String>,
    body: Result<Json<ImportComplete>, JsonRejection>,
) -> Result<StatusCode, AgentApiError> {
    let Json(body) = body?;
    let run = running(&cloud, &agent, &run).await?;
    // An account that lost its right to read sees an empty directory.
    if body.objects == 0 && run.profile == Profile::FullImport {
        let known = cloud.store.count_objects(agent.tenant, &run.forest).await?;
        if known.users > 0 {
            return Err(AgentApiError::ImportEmpty);
        }
    }
    let now = cloud.clock.now();
    let audit = AuditRecord {
        tenant: Some(agent.tenant),
        at: now,
        actor: Actor::Agent(agent.id),
        activity: activity(run.profile),
        user: None,
        correlation: Some(run.id.uuid()),
        address: None,
        result: "success".to_owned(),
        detail: format!(
            "{}: {} objects, started by {}",
            run.forest, body.objects, run.started_by
        ),
    };
    let answer = cloud
        .store
        .complete_import(agent.tenant, run.id, agent.id, &body, now, &audit)
        .await?;
    match answer {
        CompleteAnswer::Complete { gone, changed } => {
            tracing::info!(run = %run.id, forest = %run.forest, agent = %agent.id,
                profile = run.profile.name(), objects = body.objects, gone, changed,
                "an import is complete");
            let end = ImportEnd::Complete { changed };
            cloud.sync.import_ended(run.id, end);
            Ok(StatusCode::NO_CONTENT)
        }
        CompleteAnswer::Incomplete => Err(AgentApiError::ImportIncomplete),
        CompleteAnswer::NotRunning => Err(AgentApiError::ImportNotRunning),
    }
}

/// The import, where it is this agent's and still running.
async fn running(cloud: &Cloud, agent: &Agent, text: &str) -> Result<Run, AgentApiError> {
    let id: RunId = text.parse().map_err(|_| AgentApiError::ImportNotRunning)?;
    let run = cloud.store.run(agent.tenant, id).await?;
    run.filter(|run| run.agent == Some(agent.id) && run.ended_at.is_none())
        .ok_or(AgentApiError::ImportNotRunning)
}
