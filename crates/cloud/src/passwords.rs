//! What tenants set about passwords, as the rest of the cloud needs it: agents are told which
//! are banned, and whoever sends asks here first.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, TenantId, event};
use writeback_policy::Channel;
use writeback_store::{StoreError, ThrottleAnswer};
use writeback_wire::{BannedTerms, ToAgent};

use crate::{
    state::Cloud,
    tokens::{revision, throttle_key},
};

/// How often it is looked whether an operator changed the rules.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Cloud {
    /// What the agents of a tenant hold new passwords to.
    pub(crate) async fn banned_terms(&self, tenant: TenantId) -> Result<BannedTerms, StoreError> {
        let rules = self.store.banned_rules(tenant).await?;
        let tenant = self.store.tenant(tenant).await?;
        let mut told = BannedTerms {
            revision: String::new(),
            mode: rules.mode,
            terms: rules.terms,
            tenant_name: tenant.map_or_else(String::new, |tenant| tenant.name),
        };
        told.revision = revision(&format!("{told:?}"));
        Ok(told)
    }

    /// Whether one more message may be sent: counted for its destination and, against its cost,
    /// for the tenant. The one place where every channel asks.
    pub async fn may_send(
        &self,
        tenant: TenantId,
        channel: Channel,
        destination: &str,
    ) -> Result<ThrottleAnswer, StoreError> {
        let key = throttle_key(&destination.trim().to_lowercase());
        self.count_message(tenant, channel, &key, "").await
    }

    /// The work of [`Self::may_send`] for a name that nobody has, under keys of its own: it takes
    /// nothing of what may be sent.
    pub(crate) async fn count_unsent(
        &self,
        tenant: TenantId,
        channel: Channel,
        name: &str,
    ) -> Result<ThrottleAnswer, StoreError> {
        let key = throttle_key(&format!("unsent {}", name.trim().to_lowercase()));
        self.count_message(tenant, channel, &key, "unsent").await
    }

    async fn count_message(
        &self,
        tenant: TenantId,
        channel: Channel,
        destination: &str,
        whole: &str,
    ) -> Result<ThrottleAnswer, StoreError> {
        let (one, all) = self.limits.of_channel(channel);
        match self.count(tenant, &one, destination).await? {
            ThrottleAnswer::Allowed => self.count(tenant, &all, whole).await,
            blocked @ ThrottleAnswer::Blocked { .. } => Ok(blocked),
        }
    }
}

/// Tells agents what is banned whenever that has changed, until `stop`. A new link was told when
/// it began; what it is told again it knows by its revision.
pub(crate) async fn keep_agents_told(cloud: Arc<Cloud>, stop: CancellationToken) {
    let mut told: BTreeMap<AgentId, String> = BTreeMap::new();
    while stop
        .run_until_cancelled(time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        if let Err(error) = tell(&cloud, &mut told).await {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "agents were not told which passwords are banned"
            );
        }
    }
}

async fn tell(cloud: &Cloud, told: &mut BTreeMap<AgentId, String>) -> Result<(), StoreError> {
    let agents = cloud.hub.agents();
    told.retain(|known, _| agents.iter().any(|agent| agent.id == *known));
    let mut tenants: BTreeMap<TenantId, BannedTerms> = BTreeMap::new();
    for agent in agents {
        let terms = match tenants.get(&agent.tenant) {
            Some(terms) => terms.clone(),
            None => {
                let terms = cloud.banned_terms(agent.tenant).await?;
                tenants.insert(agent.tenant, terms.clone());
                terms
            }
        };
        if told.get(&agent.id) == Some(&terms.revision) {
            continue;
        }
        let revision = terms.revision.clone();
        if cloud.hub.send(agent.id, ToAgent::BannedTerms(terms)) {
            told.insert(agent.id, revision);
        }
    }
    Ok(())
}
