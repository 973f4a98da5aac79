//! When a forest is imported: first of all, then every so often, and when somebody asks.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use writeback_model::{ImportId, TenantId};
use writeback_relay::ConnectedAgent;
use writeback_store::{Forest, ImportRun, StoreError};
use writeback_wire::{ForestHealth, ToAgent};

use crate::state::Cloud;

/// How often forests are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// After how long an import that did not end is begun anew: its agent was lost.
const IMPORT_LOST_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// How long to wait after an import that failed.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(15);

/// Has forests imported until `stop`.
pub async fn keep_imported(cloud: Arc<Cloud>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        if let Err(error) = look(&cloud).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "imports could not be looked after"
            );
        }
    }
}

async fn look(cloud: &Cloud) -> Result<(), StoreError> {
    let agents = cloud.hub.agents();
    let mut tenants: Vec<TenantId> = agents.iter().map(|agent| agent.tenant).collect();
    tenants.sort_unstable();
    tenants.dedup();
    for tenant in tenants {
        for forest in cloud.store.forests(tenant).await? {
            let now = cloud.clock.now();
            if is_due(&forest, now, cloud.import_every) {
                begin(cloud, tenant, &forest, &agents, now).await?;
            }
        }
    }
    Ok(())
}

/// Whether an import is to begin now.
fn is_due(forest: &Forest, now: Timestamp, every: SignedDuration) -> bool {
    let is_running = forest.import_began_at.is_some_and(|began| {
        let ended = forest.imported_at.is_some_and(|imported| imported >= began);
        !ended && now.duration_since(began) < RETRY_AFTER.max(IMPORT_LOST_AFTER)
    });
    let is_wanted = forest
        .import_wanted_at
        .is_some_and(|wanted| forest.import_began_at.is_none_or(|began| began < wanted));
    let is_old = forest
        .imported_at
        .is_none_or(|imported| now.duration_since(imported) >= every);
    is_wanted || (is_old && !is_running)
}

async fn begin(
    cloud: &Cloud,
    tenant: TenantId,
    forest: &Forest,
    agents: &[ConnectedAgent],
    now: Timestamp,
) -> Result<(), StoreError> {
    let able = agents
        .iter()
        .filter(|agent| agent.tenant == tenant)
        .find(|agent| {
            agent.forests.iter().any(|status| {
                status.forest == forest.name && matches!(status.health, ForestHealth::Ready { .. })
            })
        });
    let Some(agent) = able else { return Ok(()) };
    let run = ImportRun {
        id: ImportId::new(&cloud.clock, &cloud.entropy),
        forest: forest.name.clone(),
        agent: agent.id,
        began_at: now,
    };
    cloud.store.begin_import(tenant, &run).await?;
    let frame = ToAgent::Import {
        import: run.id,
        forest: run.forest.clone(),
    };
    if !cloud.hub.send(agent.id, frame) {
        cloud.store.abandon_import(tenant, run.id).await?;
    }
    tracing::info!(import = %run.id, forest = %run.forest, agent = %agent.id, "a full import begins");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn due(imported: Option<i64>, began: Option<i64>, wanted: Option<i64>, now: i64) -> bool {
        let forest = Forest {
            name: "corp.test".parse().unwrap(),
            domains: vec![],
            imported_at: imported.map(at),
            import_began_at: began.map(at),
            import_wanted_at: wanted.map(at),
        };
        is_due(&forest, at(now), SignedDuration::from_secs(1800))
    }

    #[test]
    fn a_forest_is_imported_first_then_when_it_is_old_or_wanted() {
        assert!(due(None, None, None, 0));
        assert!(!due(None, Some(0), None, 1), "it is running");
        assert!(due(None, Some(0), None, 601), "its agent was lost");
        assert!(!due(Some(5), Some(0), None, 1000));
        assert!(due(Some(5), Some(0), None, 1805), "it is old");
        assert!(due(Some(5), Some(0), Some(6), 7), "somebody asked");
        assert!(!due(Some(5), Some(7), Some(6), 8), "and got it");
    }
}
