//! What may a person do, and why: the facts are gathered here and nowhere else, so that the
//! portal, the API and the command line give the same answer.

mod blanket;
mod gather;
mod keys;

pub(crate) use blanket::blanket;
pub(crate) use gather::Gather;
pub(crate) use keys::keep_rolled;

use writeback_model::{DomainName, TenantId};
use writeback_policy::access::{Access, Agents, Wish, decide};
use writeback_relay::Liveness;
use writeback_store::{StoreError, User};

use crate::state::Cloud;

impl Cloud {
    /// What whoever goes by a name may do now, with every rule's reason; throttles are left out,
    /// since the portal asks those where it counts. For nobody as much is looked up as for
    /// somebody.
    pub(crate) async fn access(
        &self,
        tenant: TenantId,
        user: Option<&User>,
        wish: Wish,
    ) -> Result<Access, StoreError> {
        let facts = self.gather(tenant).facts(user).await?;
        Ok(decide(wish, &facts))
    }

    /// The same with what was used up of the limits, for whoever asks why.
    pub(crate) async fn explain(&self, user: &User, wish: Wish) -> Result<Access, StoreError> {
        let gather = self.gather(user.tenant);
        let mut facts = gather.facts(Some(user)).await?;
        facts.throttled = gather.throttled(user).await?;
        Ok(decide(wish, &facts))
    }

    fn gather(&self, tenant: TenantId) -> Gather<'_> {
        Gather {
            store: &*self.store,
            tenant,
            now: self.clock.now(),
            recovery: &self.recovery,
            limits: self.limits,
            agents: Box::new(move |forest| self.agents_of(tenant, forest)),
        }
    }

    fn agents_of(&self, tenant: TenantId, forest: &DomainName) -> Agents {
        match self.hub.liveness(tenant, forest) {
            Liveness::Ready { .. } => Agents::Ready,
            Liveness::NotReady { cause } => Agents::NotReady(cause.info().id.to_owned()),
            Liveness::NoAgent => Agents::NotConnected,
        }
    }
}
