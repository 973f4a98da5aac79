//! Which tenant somebody means, and keeping the agents of disabled ones out.

use std::{sync::Arc, time::Duration};

use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_model::{TenantId, UserName, event};
use writeback_policy::{TenantFacts, TenantOfName, tenant_of_name};
use writeback_store::{StoreError, Tenant};

use crate::state::Cloud;

/// How often it is looked for tenants that were disabled: what an operator does is to take
/// effect within a second.
const LOOK_EVERY: Duration = Duration::from_millis(250);

impl Cloud {
    /// The tenant of a user name. `by_address` is the tenant whose own portal address was
    /// called. The same is asked for every name.
    pub async fn tenant_of(
        &self,
        name: &UserName,
        by_address: Option<TenantId>,
    ) -> Result<TenantOfName, StoreError> {
        let only = match self.store.tenants().await?.as_slice() {
            [only] => Some(only.id),
            _ => None,
        };
        let suffix = match name {
            UserName::Address { suffix, .. } => suffix.as_str(),
            UserName::DownLevel { .. } | UserName::Bare(_) => "",
        };
        let facts = TenantFacts {
            only,
            by_domain: self.store.tenant_of_domain(suffix).await?,
            by_address,
        };
        Ok(tenant_of_name(name, &facts))
    }

    /// A tenant that is there and not disabled.
    pub async fn enabled_tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        let tenant = self.store.tenant(id).await?;
        Ok(tenant.filter(|tenant| tenant.disabled_at.is_none()))
    }

    /// All that are not disabled.
    pub async fn enabled_tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let mut tenants = self.store.tenants().await?;
        tenants.retain(|tenant| tenant.disabled_at.is_none());
        Ok(tenants)
    }
}

/// Closes the links of disabled tenants' agents until `stop`. A request that is under way
/// finishes before: none can begin any more.
pub async fn keep_disabled_out(cloud: Arc<Cloud>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        match cloud.store.tenants().await {
            Ok(tenants) => close_links(&cloud, &tenants),
            Err(error) => tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "disabled tenants could not be looked for"
            ),
        }
    }
}

fn close_links(cloud: &Cloud, tenants: &[Tenant]) {
    let is_disabled = |id| {
        let tenant = tenants.iter().find(|tenant| tenant.id == id);
        tenant.is_none_or(|tenant| tenant.disabled_at.is_some())
    };
    for agent in cloud.hub.agents() {
        if is_disabled(agent.tenant) && !cloud.hub.has_work(agent.tenant) {
            cloud.hub.disconnect(agent.id);
        }
    }
}
