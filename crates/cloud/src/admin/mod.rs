//! What an operator does from the cloud's own machine.
//!
//! All of it goes through the database, also while the cloud runs: what is wished for there, the
//! running cloud takes within a second.

mod people;
mod preview;
mod removals;
mod rules;
mod scope;
mod status;
mod sync;

pub use people::NewPerson;
pub use preview::{Preview, Shown};
pub use removals::Removals;
pub use rules::{AfterRules, cycle_after};
pub(crate) use scope::{Scope, ScopeError};
pub use status::ForestState;
pub use sync::{DELTA_CYCLE, FULL_CYCLE};

use jiff::SignedDuration;
use writeback_model::{AgentId, Clock, DomainName, EnrolmentId, Entropy, TenantId};
use writeback_store::{Actor, AuditRecord, Enrolment, Store, StoreError, Tenant};
use writeback_sync::RulesError;

use crate::tokens::new_enrolment_token;

/// How long an enrolment token is good: long enough to walk to another machine.
pub const ENROLMENT_HOLDS: SignedDuration = SignedDuration::from_hours(1);

/// Why an operator's wish was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// A second tenant would not be reachable yet.
    #[error("the tenant {0:?} is there already; this database was initialised before")]
    TenantExists(String),
    /// Nothing was made yet.
    #[error("there is no tenant yet: make one with `writeback admin init`")]
    NoTenant,
    /// No such agent.
    #[error("there is no agent {0} in this tenant: `writeback admin agent list` shows them")]
    NoAgent(AgentId),
    /// No such forest.
    #[error("no agent has reported a forest {0}: `writeback admin forest list` shows them")]
    NoForest(DomainName),
    /// Rules that cannot be.
    #[error("these rules cannot be set")]
    Rules(#[from] RulesError),
    /// Not a name that a person can have.
    #[error("{0:?} is no user principal name: write it as name@suffix")]
    NotAnAddress(String),
    /// The name is somebody's.
    #[error("somebody has the name {0} already: `writeback admin user show {0}` shows who")]
    NameTaken(String),
    /// The store failed.
    #[error("the database could not do it")]
    Store(#[from] StoreError),
}

/// An operator at work.
pub struct Admin<'a> {
    /// What is kept.
    pub store: &'a dyn Store,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Gives randomness.
    pub entropy: &'a dyn Entropy,
}

impl Admin<'_> {
    /// Makes the tenant.
    pub async fn init(&self, name: &str) -> Result<Tenant, AdminError> {
        if let Some(tenant) = self.store.tenants().await?.into_iter().next() {
            return Err(AdminError::TenantExists(tenant.name));
        }
        let tenant = Tenant {
            id: TenantId::new(self.clock, self.entropy),
            name: name.to_owned(),
            created_at: self.clock.now(),
        };
        let audit = self.record(tenant.id, "Tenant created", String::new());
        match self.store.add_tenant(&tenant, &audit).await? {
            true => Ok(tenant),
            false => Err(AdminError::TenantExists(tenant.name)),
        }
    }

    /// The tenant that [`init`](Self::init) made.
    pub async fn tenant(&self) -> Result<Tenant, AdminError> {
        self.store
            .tenants()
            .await?
            .into_iter()
            .next()
            .ok_or(AdminError::NoTenant)
    }

    /// Makes an enrolment token. It is shown this once.
    pub async fn create_enrolment(&self) -> Result<(String, Enrolment), AdminError> {
        let tenant = self.tenant().await?;
        let id = EnrolmentId::new(self.clock, self.entropy);
        let (shown, hash) = new_enrolment_token(id, self.entropy);
        let now = self.clock.now();
        let enrolment = Enrolment {
            id,
            tenant: tenant.id,
            hash,
            created_at: now,
            expires_at: now + ENROLMENT_HOLDS,
        };
        let audit = self.record(tenant.id, "Enrolment token created", id.to_string());
        self.store.add_enrolment(&enrolment, &audit).await?;
        Ok((shown, enrolment))
    }

    /// Revokes an agent.
    pub async fn revoke_agent(&self, agent: AgentId) -> Result<(), AdminError> {
        let tenant = self.tenant().await?;
        let audit = self.record(tenant.id, "Agent revoked", agent.to_string());
        match self
            .store
            .revoke_agent(tenant.id, agent, self.clock.now(), &audit)
            .await?
        {
            true => Ok(()),
            false => Err(AdminError::NoAgent(agent)),
        }
    }

    fn record(&self, tenant: TenantId, activity: &'static str, detail: String) -> AuditRecord {
        AuditRecord {
            tenant: Some(tenant),
            at: self.clock.now(),
            actor: Actor::Operator,
            activity,
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail,
        }
    }
}
