//! `writeback admin`: what an operator does on the cloud's own machine.

mod agents;
mod audit;
mod backup;
mod banned;
mod doctor;
mod enrolment;
mod explain;
mod forest;
mod group;
mod init;
mod licence;
mod limits;
mod operator;
mod policy;
mod policy_text;
mod restore;
mod role;
mod sync;
mod tenant;
mod tenant_domain;
mod text;
mod user;
mod user_import;
mod user_sign_in;
mod writeback;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Subcommand};
use writeback_cloud::{Admin, CloudConfig};
use writeback_store_sqlite::SqliteStore;

use crate::outside::{SystemClock, SystemEntropy};

/// Set up and look after a cloud, on its own machine. It works on the database that the
/// configuration names, also while the cloud runs.
#[derive(Subcommand)]
pub enum AdminCommand {
    Init(init::InitArguments),
    /// The organisations of this installation.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Tokens by which agents enrol.
    #[command(subcommand)]
    Enrolment(enrolment::EnrolmentCommand),
    /// The agents.
    #[command(subcommand)]
    Agent(agents::AgentsCommand),
    /// The forests that agents serve.
    #[command(subcommand)]
    Forest(forest::ForestCommand),
    /// Directory synchronisation: run it, look at it, set its rules.
    #[command(subcommand)]
    Sync(sync::SyncCommand),
    /// The people that the cloud knows.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Groups that people are in.
    #[command(subcommand)]
    Group(group::GroupCommand),
    /// Administrators' roles.
    #[command(subcommand)]
    Role(role::RoleCommand),
    /// Licences and their seats.
    #[command(subcommand)]
    Licence(licence::LicenceCommand),
    Doctor(doctor::DoctorArguments),
    Explain(explain::ExplainArguments),
    /// Who may reset, by which methods, at how many gates.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Whether passwords are written back to directories.
    #[command(subcommand)]
    Writeback(writeback::WritebackCommand),
    #[command(subcommand)]
    Banned(banned::BannedCommand),
    #[command(subcommand)]
    Limits(limits::LimitsCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    Backup(backup::BackupArguments),
    Restore(restore::RestoreArguments),
}

/// Which cloud.
#[derive(Args)]
pub struct Cloud {
    /// The cloud's configuration file.
    #[arg(
        long,
        env = "WRITEBACK_CLOUD_CONFIG",
        default_value = "/etc/writeback/cloud.toml"
    )]
    config: PathBuf,
    /// The tenant to work on, by name, verified domain or ID; needed where there is more than
    /// one.
    #[arg(long, env = "WRITEBACK_TENANT", value_name = "TENANT")]
    tenant: Option<String>,
}

/// An opened one.
struct OpenCloud {
    config: CloudConfig,
    store: SqliteStore,
    tenant: Option<String>,
}

impl Cloud {
    async fn open(&self) -> anyhow::Result<OpenCloud> {
        let config = CloudConfig::load(&self.config)?;
        let store = SqliteStore::open(&config.database).await?;
        Ok(OpenCloud {
            config,
            store,
            tenant: self.tenant.clone(),
        })
    }
}

impl OpenCloud {
    fn admin(&self) -> Admin<'_> {
        Admin {
            store: &self.store,
            clock: &SystemClock,
            entropy: &SystemEntropy,
            wanted_tenant: self.tenant.clone(),
            actor: writeback_store::Actor::Operator,
        }
    }
}

pub async fn run(command: AdminCommand) -> anyhow::Result<ExitCode> {
    match command {
        AdminCommand::Init(arguments) => init::run(arguments).await?,
        AdminCommand::Tenant(command) => tenant::run(command).await?,
        AdminCommand::Enrolment(command) => enrolment::run(command).await?,
        AdminCommand::Agent(command) => agents::run(command).await?,
        AdminCommand::Forest(command) => forest::run(command).await?,
        AdminCommand::Sync(command) => return sync::run(command).await,
        AdminCommand::User(command) => user::run(command).await?,
        AdminCommand::Group(command) => group::run(command).await?,
        AdminCommand::Role(command) => role::run(command).await?,
        AdminCommand::Licence(command) => licence::run(command).await?,
        AdminCommand::Doctor(arguments) => return doctor::run(arguments).await,
        AdminCommand::Explain(arguments) => {
            let is_allowed = explain::run(arguments).await?;
            return Ok(ExitCode::from(if is_allowed { 0 } else { 2 }));
        }
        AdminCommand::Policy(command) => policy::run(command).await?,
        AdminCommand::Writeback(command) => return writeback::run(command).await,
        AdminCommand::Audit(command) => return audit::run(command).await,
        AdminCommand::Backup(arguments) => backup::run(arguments).await?,
        AdminCommand::Restore(arguments) => return restore::run(arguments).await,
        AdminCommand::Banned(command) => return banned::run(command).await,
        AdminCommand::Limits(command) => limits::run(command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what may be long. Whoever reads it may have seen enough: `… | head` is no failure.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Prints a value for machines.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(print(&text)?)
}
