//! What an operator does from the cloud's own machine.
//!
//! All of it goes through the database, also while the cloud runs: what is wished for there, the
//! running cloud takes within a second.

mod cloud_users;
mod domains;
mod explain;
mod groups;
mod licences;
mod passwords;
mod people;
mod people_csv;
mod policy;
mod preview;
mod removals;
mod roles;
mod rules;
mod scope;
mod status;
mod sync;
mod tenants;
mod test_accounts;
mod user_passwords;
mod writeback;
mod writeback_test;

pub use cloud_users::CloudUserError;
pub use domains::{Proof, verification_text};
pub use explain::Explained;
pub use groups::GroupError;
pub use licences::LicenceError;
pub use passwords::{PasswordChecked, TermsError, TermsSet};
pub use people::NewPerson;
pub use people_csv::{CsvPerson, CsvProblem, read_people};
pub use policy::PolicyAnswer;
pub use preview::{Preview, Shown};
pub use removals::Removals;
pub use roles::RoleError;
pub use rules::{AfterRules, cycle_after};
pub(crate) use scope::{Scope, ScopeError};
pub use status::ForestState;
pub use sync::{DELTA_CYCLE, FULL_CYCLE};
pub use user_passwords::PasswordError;
pub use writeback::{Asker, WritebackState};
pub use writeback_test::WritebackTest;
pub(crate) use writeback_test::licence_refusals;

use jiff::SignedDuration;
use writeback_model::{AgentId, Clock, DomainName, EnrolmentId, Entropy, TenantId};
use writeback_policy::access::ResetPolicyError;
use writeback_store::{Actor, AuditRecord, Enrolment, Store, StoreError};
use writeback_sync::RulesError;

use crate::{dns::DnsError, tokens::new_enrolment_token};

/// How long an enrolment token is good: long enough to walk to another machine.
pub const ENROLMENT_HOLDS: SignedDuration = SignedDuration::from_hours(1);

/// Why an operator's wish was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The first tenant was made before.
    #[error(
        "the tenant {0:?} is there already: this database was initialised before; further \
         tenants are made with `writeback admin tenant create`"
    )]
    Initialised(String),
    /// A name belongs to one tenant.
    #[error("another tenant has the name {0:?} already: `writeback admin tenant list` shows all")]
    TenantExists(String),
    /// Not a name that a tenant can have.
    #[error("a tenant's name has 1 to 100 characters, none of them a control character")]
    TenantName,
    /// There are several, and none was named.
    #[error(
        "there are several tenants: say which with --tenant NAME, DOMAIN or ID, or in \
         WRITEBACK_TENANT:{0}"
    )]
    WhichTenant(String),
    /// No tenant goes by that.
    #[error("no tenant has the name, verified domain or ID {wanted:?}; there are:{known}")]
    UnknownTenant {
        /// What was asked for.
        wanted: String,
        /// All tenants, a line each.
        known: String,
    },
    /// One's name is another's domain.
    #[error("{0:?} is one tenant's name and another's domain: say which with its ID")]
    ManyTenants(String),
    /// Nothing was made yet.
    #[error("there is no tenant yet: make one with `writeback admin init`")]
    NoTenant,
    /// No such agent.
    #[error("there is no agent {0} in this tenant: `writeback admin agent list` shows them")]
    NoAgent(AgentId),
    /// No such forest.
    #[error("no agent has reported a forest {0}: `writeback admin forest list` shows them")]
    NoForest(DomainName),
    /// The tenant never claimed that domain.
    #[error(
        "the tenant has no domain {0}: `writeback admin tenant domain list` shows them, and \
         `writeback admin tenant domain add {0}` adds it"
    )]
    NoDomain(DomainName),
    /// Another tenant verified it.
    #[error(
        "another tenant has verified the domain {0}, and a domain is one tenant's: remove it \
         there first"
    )]
    DomainTaken(DomainName),
    /// DNS does not hold the token.
    #[error(
        "the DNS of {name} does not hold the TXT record {wanted:?}; found: {found}. Publish it \
         at {name} itself and try again: other DNS servers may take until the old answer's time \
         is over"
    )]
    NotPublished {
        /// Which domain.
        name: DomainName,
        /// What has to stand there.
        wanted: String,
        /// What does.
        found: String,
    },
    /// DNS did not answer.
    #[error("the domain could not be looked at")]
    Dns(#[from] DnsError),
    /// Rules that cannot be.
    #[error("these rules cannot be set")]
    Rules(#[from] RulesError),
    /// A reset policy that cannot be.
    #[error("this policy cannot be set")]
    ResetPolicy(#[from] ResetPolicyError),
    /// What licences must be there is not.
    #[error("writeback cannot be switched on")]
    Licence(#[from] writeback_policy::licence::Refusal),
    /// An administrator whose own password is in a directory.
    #[error(
        "only an administrator of the cloud may switch writeback: this one is synchronised from a \
         directory, and would be locked out with it"
    )]
    SynchronisedAdministrator,
    /// Nobody.
    #[error(
        "nobody goes by the name {0:?}; `writeback admin sync preview NAME` says why somebody is not there"
    )]
    NobodyNamed(String),
    /// Too many.
    #[error("several people go by the name {0:?}: give the user principal name")]
    SeveralNamed(String),
    /// There is nothing to test writeback on.
    #[error(
        "{0} has no account in a directory that a password could be written to: `writeback admin \
         user show {0}` shows what is known of it"
    )]
    NoAccountToTest(String),
    /// An administrator is nobody to try things on.
    #[error(
        "{0} is an administrator here: a test account's password is replaced whenever writeback is \
         tested, so take one that nobody works with"
    )]
    AdministratorsAccount(String),
    /// Not a name that a person can have.
    #[error("{0:?} is no user principal name: write it as name@suffix")]
    NotAnAddress(String),
    /// The name is somebody's.
    #[error("somebody has the name {0} already: `writeback admin user show {0}` shows who")]
    NameTaken(String),
    /// No such limit.
    #[error("there is no limit {wanted:?}; there are: {known}")]
    NoLimit {
        /// What was asked for.
        wanted: String,
        /// All there are.
        known: String,
    },
    /// Terms that cannot be.
    #[error("these terms cannot be set")]
    Terms(#[from] TermsError),
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
    /// The tenant to work on, by name, verified domain or identifier; needed where there is more
    /// than one.
    pub wanted_tenant: Option<String>,
    /// Who works.
    pub actor: Actor,
}

impl Admin<'_> {
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
        let audit = self.record(
            tenant.id,
            writeback_store::activity::ENROLMENT_CREATED,
            id.to_string(),
        );
        self.store.add_enrolment(&enrolment, &audit).await?;
        Ok((shown, enrolment))
    }

    /// Revokes an agent.
    pub async fn revoke_agent(&self, agent: AgentId) -> Result<(), AdminError> {
        let tenant = self.tenant().await?;
        let audit = self.record(
            tenant.id,
            writeback_store::activity::AGENT_REVOKED,
            agent.to_string(),
        );
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
            actor: self.actor,
            activity,
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail,
        }
    }
}
