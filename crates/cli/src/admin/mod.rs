//! `writeback admin`: what an operator does on the cloud's own machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use writeback_cloud::{Admin, CloudConfig};
use writeback_model::{AgentId, DomainName};
use writeback_store::{AgentStore, AuditStore, ForestStore, UserStore};
use writeback_store_sqlite::SqliteStore;

use crate::outside::{SystemClock, SystemEntropy};

/// Set up and look after a cloud, on its own machine. It works on the database that the
/// configuration names, also while the cloud runs.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make the tenant: once, before anything else.
    #[command(after_help = "Example:\n  writeback admin init --name 'Example Inc'")]
    Init {
        /// The organisation's name, as people will read it.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Tokens by which agents enrol.
    #[command(subcommand)]
    Enrolment(EnrolmentCommand),
    /// The agents.
    #[command(subcommand)]
    Agent(AgentsCommand),
    /// The forests that agents serve.
    #[command(subcommand)]
    Forest(ForestCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// Tokens by which agents enrol.
#[derive(Subcommand)]
pub enum EnrolmentCommand {
    /// Make a token. It is shown this once, good for one agent, and for an hour.
    #[command(
        after_help = "Example:\n  writeback admin enrolment create\nThen, on the agent's machine:\n  \
                      writeback agent enroll --cloud https://reset.example.org --token wbenrol.…"
    )]
    Create {
        /// Print the token alone, for a script.
        #[arg(long)]
        quiet: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
}

/// The agents.
#[derive(Subcommand)]
pub enum AgentsCommand {
    /// Show all agents.
    List {
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Revoke an agent: its link is closed and it gets no other one.
    #[command(after_help = "Example:\n  writeback admin agent revoke 019ab2c4-…")]
    Revoke {
        /// The agent, as `writeback admin agent list` shows it.
        agent: AgentId,
        #[command(flatten)]
        cloud: Cloud,
    },
}

/// The forests that agents serve.
#[derive(Subcommand)]
pub enum ForestCommand {
    /// Show all forests and when each was imported.
    List {
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Import all users of a forest now. The running cloud begins within a second.
    #[command(after_help = "Example:\n  writeback admin forest import corp.example.org")]
    Import {
        /// The forest, by its root domain.
        forest: DomainName,
        #[command(flatten)]
        cloud: Cloud,
    },
}

/// The audit trail.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Show the last records, newest first, as lines of JSON.
    List {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u32,
        #[command(flatten)]
        cloud: Cloud,
    },
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
}

impl Cloud {
    async fn open(&self) -> anyhow::Result<(CloudConfig, SqliteStore)> {
        let config = CloudConfig::load(&self.config)?;
        let store = SqliteStore::open(&config.database).await?;
        Ok((config, store))
    }
}

pub async fn run(command: AdminCommand) -> anyhow::Result<()> {
    match command {
        AdminCommand::Init { name, cloud } => {
            let (_, store) = cloud.open().await?;
            let tenant = admin(&store).init(&name).await?;
            println!("The tenant {} is made ({}).", tenant.name, tenant.id);
            println!("Next: start `writeback cloud`, then `writeback admin enrolment create`.");
        }
        AdminCommand::Enrolment(EnrolmentCommand::Create { quiet, cloud }) => {
            let (config, store) = cloud.open().await?;
            let (token, enrolment) = admin(&store).create_enrolment().await?;
            if quiet {
                println!("{token}");
            } else {
                println!(
                    "Good for one agent until {}:\n\n  {token}\n",
                    enrolment.expires_at
                );
                println!("On the agent's machine, before then:\n");
                println!(
                    "  writeback agent enroll --cloud {} --token {token}",
                    config.public_url.origin()
                );
            }
        }
        AdminCommand::Agent(AgentsCommand::List { cloud }) => list_agents(&cloud).await?,
        AdminCommand::Agent(AgentsCommand::Revoke { agent, cloud }) => {
            let (_, store) = cloud.open().await?;
            admin(&store).revoke_agent(agent).await?;
            println!("The agent {agent} is revoked. Its link is closed within seconds.");
        }
        AdminCommand::Forest(ForestCommand::List { cloud }) => list_forests(&cloud).await?,
        AdminCommand::Forest(ForestCommand::Import { forest, cloud }) => {
            let (_, store) = cloud.open().await?;
            admin(&store).want_import(&forest).await?;
            println!(
                "An import of {forest} is asked for; `writeback admin forest list` shows when it is complete."
            );
        }
        AdminCommand::Audit(AuditCommand::List { last, cloud }) => {
            let (_, store) = cloud.open().await?;
            let tenant = admin(&store).tenant().await?;
            for line in store.last_audit_lines(tenant.id, last).await? {
                println!("{line}");
            }
        }
    }
    Ok(())
}

const fn admin(store: &SqliteStore) -> Admin<'_> {
    Admin {
        store,
        clock: &SystemClock,
        entropy: &SystemEntropy,
    }
}

async fn list_agents(cloud: &Cloud) -> anyhow::Result<()> {
    let (_, store) = cloud.open().await?;
    let tenant = admin(&store).tenant().await?;
    let agents = store.agents(tenant.id).await?;
    if agents.is_empty() {
        println!("No agent has enrolled yet: `writeback admin enrolment create` makes a token.");
        return Ok(());
    }
    println!(
        "{:36}  {:24}  {:8}  {:20}  STATE",
        "AGENT", "HOST", "VERSION", "LAST CONNECTED"
    );
    for agent in agents {
        let seen = agent
            .seen_at
            .map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
        let state = if agent.revoked_at.is_some() {
            "revoked"
        } else {
            "enrolled"
        };
        println!(
            "{:36}  {:24}  {:8}  {seen:20}  {state}",
            agent.id, agent.host, agent.version
        );
    }
    Ok(())
}

async fn list_forests(cloud: &Cloud) -> anyhow::Result<()> {
    let (_, store) = cloud.open().await?;
    let tenant = admin(&store).tenant().await?;
    let forests = store.forests(tenant.id).await?;
    if forests.is_empty() {
        println!("No agent has reported a forest yet: enrol and run one.");
        return Ok(());
    }
    println!(
        "{:32}  {:20}  {} users in all",
        "FOREST",
        "LAST FULL IMPORT",
        store.count_users(tenant.id).await?
    );
    for forest in forests {
        let imported = forest
            .imported_at
            .map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
        println!("{:32}  {imported}", forest.name.as_str());
    }
    Ok(())
}
