//! Having a forest imported by one of its agents, and noticing when that one is lost.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::time;
use writeback_model::event;
use writeback_store::{Run, RunEnd, StoreError};
use writeback_sync::{Profile, RunResult};
use writeback_wire::{ImportKind, ImportOrder, ServedDomain, ToAgent};

use super::{
    ImportEnd, Key,
    cycle::{Cycle, Step},
    watch,
};
use crate::state::Cloud;

/// How often it is looked whether the agent is still there.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long an agent may be without its link before its import is given to another: a short
/// break costs nothing, since uploads go their own way. Also how long one that is back may
/// upload nothing: it may have been started anew, and knows nothing of the import then.
const GONE_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// How long an agent may upload nothing: a domain controller that takes longer for a page is
/// not one to import from.
const SILENT_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// How often another agent takes over within one cycle.
const TAKE_OVERS_MAX: u32 = 10;

/// Runs an import, by as many agents as it takes.
pub(super) async fn run(
    cloud: &Cloud,
    key: &Key,
    cycle: &Cycle,
    profile: Profile,
) -> Result<Step, StoreError> {
    // Of the agent that was lost.
    let mut scope_before = None;
    for _ in 0..TAKE_OVERS_MAX {
        match once(cloud, key, cycle, profile, scope_before.take()).await? {
            Ended::Step(step) => return Ok(step),
            Ended::AgentLost { scope } => scope_before = scope,
        }
    }
    Ok(Step::Failed)
}

enum Ended {
    Step(Step),
    AgentLost {
        /// The digest of the scope that it read.
        scope: Option<String>,
    },
}

async fn once(
    cloud: &Cloud,
    key: &Key,
    cycle: &Cycle,
    profile: Profile,
    scope_before: Option<String>,
) -> Result<Ended, StoreError> {
    let (tenant, name) = key;
    let failed = Ok(Ended::Step(Step::Failed));
    let forests = cloud.store.forests(*tenant).await?;
    let Some(forest) = forests.into_iter().find(|it| it.name == *name) else {
        return failed;
    };
    let agents = cloud.hub.agents();
    let Some((agent, status)) = watch::ready(&agents, *tenant, name) else {
        return note_failure(
            cloud,
            key,
            cycle,
            profile,
            "no agent of the forest is connected and ready",
        )
        .await;
    };
    let is_full = profile == Profile::FullImport;
    if !is_full && forest.positions.is_empty() {
        return note_failure(
            cloud,
            key,
            cycle,
            profile,
            "there is no position to go on from: run a full import",
        )
        .await;
    }
    let expected = if is_full {
        // Counting takes a moment that a delta import does not have.
        let counts = cloud.store.count_objects(*tenant, name).await?;
        (counts.users > 0).then_some(counts.users + counts.groups)
    } else {
        None
    };
    let run = Run {
        agent: Some(agent.id),
        expected,
        ..cycle.new_run(cloud, key, profile)
    };
    let mut waiting = cloud.sync.wait_for_import(run.id);
    // Whoever takes over goes on with a full import, after the domains that were read whole: if
    // it reads by the same scope, and if there is anything left to read.
    let is_read = |domain: &ServedDomain| {
        let mut positions = forest.full_import_positions.iter();
        positions.any(|position| position.domain == domain.name)
    };
    let continues = is_full
        && scope_before.is_some()
        && scope_before == status.scope
        && !forest.domains.iter().all(is_read);
    if !cloud.store.begin_run(*tenant, &run, continues).await? {
        tracing::warn!(event_id = event::RUN_WAITS, forest = %name, "another run of this forest is under way");
        return failed;
    }
    let order = ImportOrder {
        run: run.id,
        forest: name.clone(),
        kind: if is_full {
            ImportKind::Full
        } else {
            ImportKind::Delta
        },
        attributes: cloud.store.sync_rules(*tenant).await?.attributes(),
        positions: match (is_full, continues) {
            (true, true) => forest.full_import_positions,
            (true, false) => Vec::new(),
            (false, _) => forest.positions,
        },
    };
    tracing::debug!(run = %run.id, forest = %name, agent = %agent.id, profile = profile.name(),
        "an import begins");
    cloud.hub.send(agent.id, ToAgent::Import(order));

    let mut last_seen = cloud.clock.now();
    let mut is_back = false;
    loop {
        tokio::select! {
            Some(end) = waiting.next() => {
                return ended(cloud, key, cycle, &run, end).await.map(Ended::Step);
            }
            () = time::sleep(LOOK_EVERY) => {}
        }
        let now = cloud.clock.now();
        let link = cloud.hub.agents().into_iter().find(|it| it.id == agent.id);
        if link.is_some() {
            last_seen = now;
        }
        is_back |= link.is_some_and(|link| link.since != agent.since);
        let Some(current) = cloud.store.run(*tenant, run.id).await? else {
            return failed;
        };
        if current.result != RunResult::Running {
            // Completed, and the word about it was lost.
            return Ok(Ended::Step(Step::Done));
        }
        let why = if now.duration_since(last_seen) > GONE_AFTER {
            "its agent was lost"
        } else if is_back && now.duration_since(current.progress_at) > GONE_AFTER {
            "its agent came back without it"
        } else if now.duration_since(current.progress_at) > SILENT_AFTER {
            "its agent brought nothing for a minute"
        } else {
            continue;
        };
        let end = RunEnd {
            at: now,
            result: RunResult::Interrupted,
            detail: why.to_owned(),
        };
        if cloud.store.end_run(*tenant, run.id, &end, None).await? {
            tracing::warn!(event_id = event::IMPORT_TROUBLE, run = %run.id, forest = %name, agent = %agent.id, why,
                "an import is given to another agent");
            let scope = status.scope.clone();
            return Ok(Ended::AgentLost { scope });
        }
    }
}

async fn ended(
    cloud: &Cloud,
    key: &Key,
    cycle: &Cycle,
    run: &Run,
    end: ImportEnd,
) -> Result<Step, StoreError> {
    match end {
        ImportEnd::Complete { changed: false } if cycle.quiet => {
            cloud.store.forget_run(key.0, run.id).await?;
            Ok(Step::NothingNew)
        }
        ImportEnd::Complete { .. } => Ok(Step::Done),
        ImportEnd::Failed {
            why,
            cookie_refused,
        } => {
            if cookie_refused {
                cloud.store.forget_positions(key.0, &key.1).await?;
            }
            super::cycle::end(cloud, key, run, RunResult::Failed, why).await?;
            Ok(Step::Failed)
        }
    }
}

/// Keeps a run that could not even begin, where somebody asked for it.
async fn note_failure(
    cloud: &Cloud,
    key: &Key,
    cycle: &Cycle,
    profile: Profile,
    why: &str,
) -> Result<Ended, StoreError> {
    if !cycle.quiet {
        let run = cycle.new_run(cloud, key, profile);
        if cloud.store.begin_run(key.0, &run, true).await? {
            super::cycle::end(cloud, key, &run, RunResult::Failed, why.to_owned()).await?;
        }
    }
    Ok(Ended::Step(Step::Failed))
}
