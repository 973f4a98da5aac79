//! Having agents roll their sealing keys, after writeback was switched off and on.
//!
//! What is wanted stands in the store: an agent that is away is told when it comes back.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, KeyId, TenantId, event};
use writeback_store::{Actor, AuditRecord, StoreError};
use writeback_wire::ToAgent;

use crate::state::Cloud;

/// How often it is looked whether a key is to be rolled. `writeback admin` promises a second.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What an agent was told: the wish, and on which link.
type Told = HashMap<AgentId, (Timestamp, Timestamp)>;

/// Tells agents to roll their keys until `stop`.
pub(crate) async fn keep_rolled(cloud: Arc<Cloud>, stop: CancellationToken) {
    let mut tick = time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = Told::new();
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        if let Err(error) = tell(&cloud, &mut told).await {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "it could not be looked whether keys are to be rolled"
            );
        }
    }
}

async fn tell(cloud: &Cloud, told: &mut Told) -> Result<(), StoreError> {
    let agents = cloud.hub.agents();
    let tenants: HashSet<TenantId> = agents.iter().map(|agent| agent.tenant).collect();
    told.retain(|agent, _| agents.iter().any(|it| it.id == *agent));
    for tenant in tenants {
        for roll in cloud.store.key_rolls(tenant).await? {
            let agent = agents
                .iter()
                .find(|agent| agent.id == roll.agent && agent.tenant == tenant);
            let (None, Some(agent)) = (roll.rolled, agent) else {
                continue;
            };
            // Once on every link: the answer may have been lost with the one before.
            let this = (roll.wanted_at, agent.since);
            if told.get(&agent.id) != Some(&this) && cloud.hub.send(agent.id, ToAgent::RollKeys) {
                told.insert(agent.id, this);
            }
        }
    }
    Ok(())
}

impl Cloud {
    /// An agent says that it has a new key.
    pub(crate) async fn note_key(
        &self,
        tenant: TenantId,
        agent: AgentId,
        key: KeyId,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let audit = AuditRecord {
            tenant: Some(tenant),
            at: now,
            actor: Actor::Agent(agent),
            activity: "Sealing key rolled",
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: format!("key {key}"),
        };
        self.store
            .key_rolled(tenant, agent, key, now, &audit)
            .await?;
        Ok(())
    }
}
