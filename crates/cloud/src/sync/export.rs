//! An export: staged removals, under the guard, and anchors to be written back.

use std::time::Duration;

use tokio::time;
use writeback_model::event;
use writeback_store::{Run, StoreError};
use writeback_sync::{GUARD_WINDOW, GuardAnswer, Profile, RunResult};
use writeback_wire::{ANCHORS_MAX, ObjectName, ToAgent};

use super::{
    Key,
    cycle::{Cycle, Step, end, record},
    watch,
};
use crate::state::Cloud;

/// How long an agent may take to write one lot of anchors.
const ANCHORS_PATIENCE: Duration = Duration::from_secs(60);

/// Runs an export.
pub(super) async fn run(cloud: &Cloud, key: &Key, cycle: &Cycle) -> Result<Step, StoreError> {
    let lock = cloud.sync.people_of(key.0);
    let _people = lock.lock().await;
    let (tenant, forest) = key;
    let rules = cloud.store.sync_rules(*tenant).await?;
    let now = cloud.clock.now();
    let facts = cloud
        .store
        .removal_facts(*tenant, forest, GUARD_WINDOW, now)
        .await?;
    let staged = cloud.store.staged_removals(*tenant, forest, 1).await?;
    if cycle.quiet && staged.is_empty() && !rules.write_consistency_guid {
        // Nearly always: not worth a line of history.
        cloud.store.guard_waits(*tenant, forest, None).await?;
        return Ok(Step::Done);
    }
    let mut run = cycle.new_run(cloud, key, Profile::Export);
    if !cloud.store.begin_run(*tenant, &run, false).await? {
        tracing::warn!(event_id = event::RUN_WAITS, forest = %forest, "another run of this forest is under way");
        return Ok(Step::Failed);
    }
    let answer = rules.guard.ask(facts);
    let only_approved = matches!(answer, GuardAnswer::Stopped { .. });
    let audit = writeback_store::AuditRecord {
        activity: writeback_store::activity::USER_REMOVED,
        ..record(key, &run, now, RunResult::Success, "")
    };
    run.counts.removed = cloud
        .store
        .remove_staged(*tenant, forest, only_approved, now, &audit)
        .await?;
    run.counts.read = run.counts.removed;
    let (mut result, mut detail) = (RunResult::Success, String::new());
    let waits = match answer {
        GuardAnswer::Allowed => None,
        GuardAnswer::Stopped { would_be, limit } => {
            result = RunResult::StoppedDeletionThresholdExceeded;
            let were = match run.counts.removed {
                0 => "Nobody was".to_owned(),
                approved => format!("Only the {approved} that were approved were"),
            };
            detail = format!(
                "{} people would be removed, {would_be} within a day; {limit} may be. {were}. \
                 `writeback admin sync removals {forest}` shows them; correct the directory, or \
                 `writeback admin sync approve {forest}`",
                facts.staged
            );
            tracing::error!(%forest, event_id = event::EXPORT_STOPPED, staged = facts.staged, would_be, limit,
                "the deletion guard stopped an export before the first removal");
            Some(now)
        }
    };
    cloud.store.guard_waits(*tenant, forest, waits).await?;
    if rules.write_consistency_guid {
        match anchors(cloud, key, &mut run).await? {
            None => {}
            Some(why) if result == RunResult::Success => {
                result = RunResult::CompletedWithProblems;
                detail = why;
            }
            Some(why) => detail = format!("{detail}; {why}"),
        }
    }
    let now = cloud.clock.now();
    cloud
        .store
        .note_progress(*tenant, run.id, run.counts, None, now)
        .await?;
    end(cloud, key, &run, result, detail).await?;
    Ok(Step::Done)
}

/// Has empty anchors written, lot by lot. Why not all were, where they were not.
async fn anchors(cloud: &Cloud, key: &Key, run: &mut Run) -> Result<Option<String>, StoreError> {
    let (tenant, forest) = key;
    let limit = u32::try_from(ANCHORS_MAX).unwrap_or(u32::MAX);
    let mut waiting = cloud.sync.wait_for_anchors(run.id);
    let mut after = None;
    loop {
        let lot = cloud
            .store
            .without_consistency_guid(*tenant, forest, after, limit)
            .await?;
        let Some((_, last)) = lot.last() else {
            return Ok(None);
        };
        after = Some(*last);
        let agents = cloud.hub.agents();
        let Some((agent, _)) = watch::ready(&agents, *tenant, forest) else {
            return Ok(Some("no agent is there to write anchors".to_owned()));
        };
        let objects = lot
            .into_iter()
            .map(|(domain, anchor)| ObjectName { domain, anchor })
            .collect();
        let frame = ToAgent::WriteAnchors {
            run: run.id,
            forest: forest.clone(),
            objects,
        };
        cloud.hub.send(agent.id, frame);
        let Ok(Some(answer)) = time::timeout(ANCHORS_PATIENCE, waiting.next()).await else {
            return Ok(Some("the agent did not answer about anchors".to_owned()));
        };
        run.counts.updated += u64::from(answer.written);
        run.counts.problems += u64::from(answer.refused);
        if let Some(why) = answer.why {
            return Ok(Some(format!("anchors were not written: {why}")));
        }
    }
}
