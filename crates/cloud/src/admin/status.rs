//! How synchronisation stands, as far as the database knows.

use writeback_model::DomainName;
use writeback_store::{Forest, ObjectCounts, Run};
use writeback_sync::{ForestFacts, GUARD_WINDOW, GuardAnswer, Readiness, RemovalFacts, readiness};

use super::{Admin, AdminError};

/// One connector.
#[derive(Clone, Debug)]
pub struct ForestState {
    /// As the store has it.
    pub forest: Forest,
    /// Whether passwords can be written back, agents left out: who is connected only the
    /// running cloud knows.
    pub readiness: Readiness,
    /// The run under way.
    pub running: Option<Run>,
    /// What its connector space holds.
    pub objects: ObjectCounts,
    /// Removals that wait for an export.
    pub removals: RemovalFacts,
    /// What the guard would say to them now.
    pub guard: GuardAnswer,
}

impl Admin<'_> {
    /// The connectors, by name.
    pub async fn forest_states(
        &self,
        name: Option<&DomainName>,
    ) -> Result<Vec<ForestState>, AdminError> {
        let tenant = self.tenant().await?.id;
        let now = self.clock.now();
        let rules = self.store.sync_rules(tenant).await?;
        let running = self.store.running(tenant).await?;
        let mut states = Vec::new();
        for forest in self.forests(name).await? {
            let removals = self
                .store
                .removal_facts(tenant, &forest.name, GUARD_WINDOW, now)
                .await?;
            let facts = ForestFacts {
                full_import_at: forest.full_import_at,
                full_sync_at: forest.full_sync_at,
                delta_import_at: forest.delta_import_at,
                agent_ready: true,
                agent_connected: true,
                guard_waiting: forest.guard_stopped_at.is_some(),
                scopes_differ: false,
            };
            states.push(ForestState {
                readiness: readiness(&facts, now),
                running: running.iter().find(|it| it.forest == forest.name).cloned(),
                objects: self.store.count_objects(tenant, &forest.name).await?,
                guard: rules.guard.ask(removals),
                removals,
                forest,
            });
        }
        Ok(states)
    }
}
