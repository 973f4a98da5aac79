//! Which agent watches a forest for changes: exactly one, as long as it is connected and ready.

use std::collections::HashMap;

use jiff::Timestamp;
use writeback_model::{AgentId, DomainName, TenantId};
use writeback_relay::ConnectedAgent;
use writeback_store::StoreError;
use writeback_wire::{ForestHealth, ForestStatus, ToAgent};

use super::Key;
use crate::state::Cloud;

/// The agent of a forest that imports: the one that has been connected and ready for longest,
/// so that it changes only when it must.
pub(super) fn ready<'a>(
    agents: &'a [ConnectedAgent],
    tenant: TenantId,
    forest: &DomainName,
) -> Option<(&'a ConnectedAgent, &'a ForestStatus)> {
    agents
        .iter()
        .filter(|agent| agent.tenant == tenant)
        .filter_map(|agent| {
            let status = agent.forests.iter().find(|it| it.forest == *forest)?;
            matches!(status.health, ForestHealth::Ready { .. }).then_some((agent, status))
        })
        .min_by_key(|(agent, _)| (agent.since, agent.id))
}

/// A watch that was ordered.
#[derive(Clone, PartialEq, Eq)]
struct Watch {
    agent: AgentId,
    /// Of which link: a new one knows nothing of the order.
    since: Timestamp,
    attributes: Vec<String>,
}

/// Who watches what.
#[derive(Default)]
pub(super) struct Watchers(HashMap<Key, Watch>);

impl Watchers {
    /// Gives every forest its watcher.
    pub(super) async fn look(&mut self, cloud: &Cloud) -> Result<(), StoreError> {
        let agents = cloud.hub.agents();
        let mut keys: Vec<Key> = agents
            .iter()
            .flat_map(|agent| {
                let forests = agent.forests.iter();
                forests.map(|status| (agent.tenant, status.forest.clone()))
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        self.0.retain(|key, _| keys.contains(key));
        for key in keys {
            let Some((agent, _)) = ready(&agents, key.0, &key.1) else {
                continue;
            };
            let watch = Watch {
                agent: agent.id,
                since: agent.since,
                attributes: cloud.store.sync_rules(key.0).await?.attributes(),
            };
            let before = self.0.get(&key);
            if before == Some(&watch) {
                continue;
            }
            let forest = key.1.clone();
            if let Some(before) = before
                && before.agent != agent.id
            {
                let forest = forest.clone();
                cloud.hub.send(before.agent, ToAgent::Unwatch { forest });
            }
            let attributes = watch.attributes.clone();
            if cloud
                .hub
                .send(agent.id, ToAgent::Watch { forest, attributes })
            {
                tracing::info!(forest = %key.1, agent = %agent.id, "an agent watches a forest");
                self.0.insert(key, watch);
            }
        }
        Ok(())
    }
}
