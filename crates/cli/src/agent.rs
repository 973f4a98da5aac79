//! `writeback agent`.

mod switch;

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use writeback_agent::{
    AgentConfig, Enrolment,
    config::DEFAULT_STATE_DIR,
    transport::{CloudUrl, Proxy, Transport},
};
use writeback_model::Secret;

use crate::outside::{SystemClock, SystemEntropy, stop_signal};

/// Where the configuration is looked for.
pub(crate) const DEFAULT_CONFIG: &str = "/etc/writeback/agent.toml";

/// Enrol and run an agent inside the company network. It dials out only: nothing needs to be
/// opened towards it.
#[derive(Subcommand)]
pub enum AgentCommand {
    /// Join a tenant, once, with a token from `writeback admin enrolment create`.
    #[command(visible_alias = "enrol")]
    Enroll(EnrollArguments),
    /// Serve the forests of the configuration.
    Run(RunArguments),
    /// Switch writeback off and on on this machine.
    #[command(subcommand)]
    Writeback(switch::SwitchCommand),
}

/// Join a tenant.
#[derive(Args)]
#[command(
    after_help = "Example:\n  writeback agent enroll --cloud https://reset.example.org --token wbenrol.…"
)]
pub struct EnrollArguments {
    /// The cloud's address.
    #[arg(long)]
    cloud: CloudUrl,
    /// The one-time token.
    #[arg(long, env = "WRITEBACK_ENROLMENT_TOKEN", hide_env_values = true)]
    token: String,
    /// The configuration, for its proxy, trust and state folder; without one the defaults hold.
    #[arg(long, env = "WRITEBACK_AGENT_CONFIG")]
    config: Option<PathBuf>,
    /// Leave the tenant that this agent belongs to already.
    #[arg(long)]
    replace: bool,
}

/// Serve the forests of the configuration.
#[derive(Args)]
#[command(after_help = "Example:\n  writeback agent run --config /etc/writeback/agent.toml")]
pub struct RunArguments {
    /// The configuration file.
    #[arg(long, env = "WRITEBACK_AGENT_CONFIG", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
}

pub async fn run(command: AgentCommand) -> anyhow::Result<()> {
    match command {
        AgentCommand::Enroll(arguments) => enroll(arguments).await,
        AgentCommand::Run(arguments) => serve(arguments).await,
        AgentCommand::Writeback(command) => switch::run(command),
    }
}

async fn enroll(arguments: EnrollArguments) -> anyhow::Result<()> {
    let standard = PathBuf::from(DEFAULT_CONFIG);
    let path = arguments
        .config
        .clone()
        .or_else(|| standard.exists().then_some(standard));
    let config = path.as_deref().map(AgentConfig::load).transpose()?;
    if let (Some(config), Some(path)) = (&config, &path) {
        ensure!(
            config.cloud == arguments.cloud,
            "--cloud is {}, and {} says {}: they must be the same",
            arguments.cloud,
            path.display(),
            config.cloud
        );
    }
    let proxy = config.as_ref().and_then(|config| config.proxy.as_ref());
    let transport = Transport::new(
        arguments.cloud,
        config.as_ref().and_then(|config| config.ca_file.as_deref()),
        proxy.map(Proxy::try_from).transpose()?,
    )?;
    let state_dir = config.as_ref().map_or_else(
        || PathBuf::from(DEFAULT_STATE_DIR),
        |it| it.state_dir.clone(),
    );
    let membership = writeback_agent::enrol(
        Enrolment {
            transport: &transport,
            state_dir: &state_dir,
            token: &Secret::new(arguments.token),
            host: &host_name(),
            version: env!("CARGO_PKG_VERSION"),
            replace: arguments.replace,
        },
        &SystemClock,
        &SystemEntropy,
    )
    .await?;
    println!(
        "Enrolled in the tenant {} as agent {}.",
        membership.tenant_name, membership.agent
    );
    println!(
        "Its keys are in {}: they stay on this machine.",
        state_dir.display()
    );
    println!("Next: writeback agent run");
    Ok(())
}

async fn serve(arguments: RunArguments) -> anyhow::Result<()> {
    let config = AgentConfig::load(&arguments.config)?;
    let parts = writeback_agent::Parts {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        host: host_name(),
    };
    writeback_agent::run(config, parts, stop_signal()?)
        .await
        .context("the agent ended")
}

/// This machine's name, for people to know it by.
fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unnamed host".to_owned())
}
