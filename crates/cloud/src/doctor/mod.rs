//! `writeback admin doctor`: what keeps people of this cloud from getting a new password, as far
//! as the cloud's own machine shows it. Nothing is changed and no mail is sent; the cloud may run
//! meanwhile.

mod agents;
mod forests;
mod looks;
mod machine;
mod person;
mod tenant;

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use writeback_doctor::{Finding, Outcome, Step};
use writeback_model::{Clock, Entropy, UserName};
use writeback_policy::{Limits, RecoveryAttribute};
use writeback_store::{Actor, Store, Tenant};

pub(crate) use looks::{Looked, keep_looking, look_now};

use crate::{Admin, AdminError, CloudConfig};

/// How long one step may take: a mail server is given 15 seconds.
const STEP_LIMIT: Duration = Duration::from_secs(18);

/// What to look at, and by what.
pub struct Examination {
    /// The configuration.
    pub config: CloudConfig,
    /// Where it was read.
    pub file: PathBuf,
    /// The tenant to look at, by name, verified domain or identifier; all where none is named.
    pub tenant: Option<String>,
    /// The person to look at.
    pub user: Option<UserName>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Examination {
    /// What of the cloud's machine can be looked at without the database.
    pub fn of_the_machine(self: &Arc<Self>) -> Vec<Step> {
        machine::steps(self)
    }

    /// What the opened database knows.
    pub fn of_the_database(self: &Arc<Self>, store: Arc<dyn Store>) -> Step {
        let examination = Arc::clone(self);
        step("tenant-known", async move {
            match examination.look(store.as_ref()).await {
                Ok(findings) => findings.into(),
                Err(error) => examination
                    .named(Finding::fault("database", ""))
                    .error(&error)
                    .into(),
            }
        })
    }

    async fn look(&self, store: &dyn Store) -> Result<Vec<Finding>, AdminError> {
        let (mut found, tenants) = match self.tenants(store).await? {
            Ok(tenants) => (vec![Finding::fine("tenant-known", "")], tenants),
            Err(finding) => return Ok(vec![finding]),
        };
        let runs = machine::runs(self).await;
        let runs = !runs.iter().any(|it| it.verdict.is_bad());
        let around = self.around(store, runs);
        let mut seen = None;
        for tenant in &tenants {
            let of = of_tenant(&around, tenant, self.user.as_ref()).await?;
            seen = seen.max(of.seen);
            found.extend(of.findings);
        }
        found.push(machine::clock(seen, self.clock.now()));
        Ok(found)
    }

    fn around<'a>(&'a self, store: &'a dyn Store, cloud_runs: bool) -> Around<'a> {
        Around {
            store,
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
            file: self.file.display().to_string(),
            origin: self.config.public_url.origin().to_owned(),
            recovery: self.config.recovery_attributes(),
            limits: self.config.limits(),
            cloud_runs,
        }
    }

    /// The tenants to look at, or why there is none.
    async fn tenants(&self, store: &dyn Store) -> Result<Result<Vec<Tenant>, Finding>, AdminError> {
        if self.tenant.is_none() && self.user.is_none() {
            let tenants = store.tenants().await?;
            if !tenants.is_empty() {
                return Ok(Ok(tenants));
            }
        }
        let admin = Admin {
            store,
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
            wanted_tenant: self.tenant.clone(),
            actor: Actor::Operator,
        };
        let why = match admin.tenant().await {
            Ok(tenant) => return Ok(Ok(vec![tenant])),
            Err(AdminError::Store(error)) => return Err(error.into()),
            Err(error) => error,
        };
        let finding = self.named(Finding::fault("tenant-known", "")).error(&why);
        Ok(Err(match why {
            AdminError::NoTenant => finding
                .because("There is no tenant yet.")
                .remedy(["$ writeback admin init --name 'Example Inc' --config \"{config}\""]),
            AdminError::WhichTenant(_) => finding
                .because("There are several tenants: say in which the person is, with --tenant."),
            _ => finding,
        }))
    }

    fn named(&self, finding: Finding) -> Finding {
        finding.name("config", self.file.display())
    }
}

/// From where tenants are looked at.
struct Around<'a> {
    store: &'a dyn Store,
    clock: &'a dyn Clock,
    entropy: &'a dyn Entropy,
    /// The configuration file, as commands name it.
    file: String,
    /// The cloud's own address.
    origin: String,
    recovery: Vec<RecoveryAttribute>,
    limits: Limits,
    /// Without a running cloud no agent is connected, and that is not theirs.
    cloud_runs: bool,
}

/// What the database knows of one tenant.
struct OfTenant {
    findings: Vec<Finding>,
    /// When one of its agents was last connected.
    seen: Option<Timestamp>,
}

async fn of_tenant(
    around: &Around<'_>,
    tenant: &Tenant,
    user: Option<&UserName>,
) -> Result<OfTenant, AdminError> {
    let store = around.store;
    let agents = store.agents(tenant.id).await?;
    let at = At {
        around,
        admin: Admin {
            store,
            clock: around.clock,
            entropy: around.entropy,
            wanted_tenant: Some(tenant.id.to_string()),
            actor: Actor::Operator,
        },
        store,
        tenant,
    };
    let mut findings = tenant::findings(&at).await?;
    let connected = agents::findings(&at, &agents, &mut findings).await?;
    findings.extend(forests::findings(&at, connected).await?);
    if let Some(user) = user {
        findings.extend(person::findings(&at, user).await?);
    }
    let seen = agents.iter().filter_map(|it| it.seen_at).max();
    Ok(OfTenant { findings, seen })
}

/// Where a tenant's checks are asked.
struct At<'a> {
    around: &'a Around<'a>,
    admin: Admin<'a>,
    store: &'a dyn Store,
    tenant: &'a Tenant,
}

impl At<'_> {
    /// With what commands about this tenant need.
    fn named(&self, finding: Finding) -> Finding {
        finding
            .name("config", &self.around.file)
            .name("tenant", &self.tenant.name)
    }

    /// Fine where it is so, and otherwise a fault, of this tenant.
    fn judge(&self, check: &'static str, is_so: bool) -> Finding {
        if is_so {
            Finding::fine(check, &self.tenant.name)
        } else {
            self.named(Finding::fault(check, &self.tenant.name))
        }
    }
}

fn step(check: &'static str, work: impl Future<Output = Outcome> + Send + 'static) -> Step {
    Step::new(check, "", STEP_LIMIT, work)
}

/// A time as people read it.
fn second(at: Timestamp) -> String {
    format!("{at:.0}")
}
