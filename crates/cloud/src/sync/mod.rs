//! Directory synchronisation, as the cloud drives it.
//!
//! One loop looks at every forest of every tenant ([`keep_synchronised`]): what a person asked
//! for, what an agent says has changed and what is due by the clock ([`due`]) becomes a *cycle*
//! of run profiles, and each forest has at most one cycle under way ([`cycle`]). Imports are
//! ordered from one agent ([`import`]) and uploaded by it; synchronisations ([`join`]) and
//! exports ([`export`]) are done here, one at a time for a tenant, since they write the same
//! people. One agent of each forest watches it for changes ([`watch`]).
//!
//! All that must survive a restart is in the store; what is in memory here is who is waited for.

mod cycle;
mod due;
mod export;
mod handle;
mod import;
mod join;
mod tidy;
mod watch;

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::SignedDuration;
use tokio::{
    task::JoinSet,
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;
use writeback_model::{DomainName, TenantId, event};
use writeback_store::{RunEnd, StoreError};
use writeback_sync::RunResult;

pub(crate) use cycle::activity;
pub use handle::{AnchorsWritten, ImportEnd, SyncHandle};

use crate::state::Cloud;
use cycle::Cycle;

/// How often forests are looked at when nothing wakes the loop.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long after its start the cloud waits for agents before it says that none is there to do
/// what somebody asked for: they come back within seconds, but not all at once.
const AGENTS_COME_WITHIN: Duration = Duration::from_secs(30);

/// When imports are made that nobody asked for.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// How long after an import the next delta import is due.
    pub delta_every: SignedDuration,
    /// How long after a full import the next one is due.
    pub full_every: SignedDuration,
}

/// A forest of a tenant.
type Key = (TenantId, DomainName);

/// Keeps every forest synchronised until `stop`.
pub async fn keep_synchronised(cloud: Arc<Cloud>, stop: CancellationToken) {
    if let Err(error) = end_what_was_left(&cloud).await {
        failed(&error, "runs of the time before could not be ended");
    }
    let began = Instant::now();
    let mut cycles: JoinSet<(Key, bool)> = JoinSet::new();
    let mut busy: HashSet<Key> = HashSet::new();
    let mut pauses = due::Pauses::default();
    let mut watchers = watch::Watchers::default();
    let mut tidy = tidy::Tidy::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = cloud.sync.woken() => {}
            () = time::sleep(LOOK_EVERY) => {}
            Some(ended) = cycles.join_next(), if !cycles.is_empty() => match ended {
                Ok((key, went_well)) => {
                    busy.remove(&key);
                    pauses.note(&key, went_well, cloud.clock.now());
                }
                // Its runs are ended as interrupted when they make no progress.
                Err(error) => tracing::error!(event_id = event::CYCLE_FAILED, %error, "a cycle ended in disorder"),
            },
        }
        let look = async {
            let found = look(&cloud, &busy, &pauses, began).await?;
            watchers.look(&cloud).await?;
            tidy.look(&cloud).await?;
            Ok::<_, StoreError>(found)
        };
        match look.await {
            Ok(found) => {
                for (key, cycle) in found {
                    busy.insert(key.clone());
                    let cloud = Arc::clone(&cloud);
                    cycles.spawn(async move {
                        let went_well = cycle.run(&cloud, &key).await;
                        (key, went_well)
                    });
                }
            }
            Err(error) => failed(&error, "forests could not be looked after"),
        }
    }
    // What is under way is ended by the next start, and done anew.
    cycles.shutdown().await;
}

/// The cycles that are to begin now.
async fn look(
    cloud: &Cloud,
    busy: &HashSet<Key>,
    pauses: &due::Pauses,
    began: Instant,
) -> Result<Vec<(Key, Cycle)>, StoreError> {
    let mut found = Vec::new();
    let agents = cloud.hub.agents();
    let agents_may_come = began.elapsed() < AGENTS_COME_WITHIN;
    for tenant in cloud.enabled_tenants().await? {
        let wanted = cloud.store.wanted_cycles(tenant.id).await?;
        for forest in cloud.store.forests(tenant.id).await? {
            let key = (tenant.id, forest.name.clone());
            if busy.contains(&key) {
                continue;
            }
            let ready = watch::ready(&agents, tenant.id, &forest.name);
            if let Some(wanted) = wanted.iter().find(|it| it.forest == forest.name) {
                let imports = wanted.profiles.first().is_some_and(|it| it.is_import());
                if imports && ready.is_none() && agents_may_come {
                    continue;
                }
                if cloud.store.take_wanted(tenant.id, wanted.cycle).await? {
                    found.push((key, Cycle::wanted(wanted)));
                }
                continue;
            }
            if cloud.sync.take_touched(&key) {
                found.push((key, Cycle::due(cloud, due::TOUCHED)));
                continue;
            }
            let Some((_, status)) = ready else {
                // Without an agent nothing can be imported.
                continue;
            };
            let scope = status.scope.as_deref();
            let now = cloud.clock.now();
            let changed = cloud.sync.has_changed(&key);
            let due = due::due(&forest, scope, changed, &cloud.schedule, now);
            if let Some(due) = due
                && pauses.is_over(&key, now)
            {
                cloud.sync.forget_change(&key);
                found.push((key, Cycle::due(cloud, due)));
            }
        }
    }
    Ok(found)
}

/// Runs that were under way when the cloud ended are nobody's any more.
async fn end_what_was_left(cloud: &Cloud) -> Result<(), StoreError> {
    for tenant in cloud.store.tenants().await? {
        for run in cloud.store.running(tenant.id).await? {
            let end = RunEnd {
                at: cloud.clock.now(),
                result: RunResult::Interrupted,
                detail: "the cloud was restarted".to_owned(),
            };
            cloud.store.end_run(tenant.id, run.id, &end, None).await?;
        }
    }
    Ok(())
}

fn failed(error: &StoreError, what: &'static str) {
    tracing::error!(
        event_id = event::STORE_FAILED,
        error = error as &dyn std::error::Error,
        what,
        "the store failed"
    );
}
