//! `writeback admin agent`.

use clap::Subcommand;
use writeback_model::AgentId;
use writeback_store::AgentStore;

use super::Cloud;

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

pub(super) async fn run(command: AgentsCommand) -> anyhow::Result<()> {
    match command {
        AgentsCommand::List { cloud } => list(&cloud).await,
        AgentsCommand::Revoke { agent, cloud } => {
            let open = cloud.open().await?;
            open.admin().revoke_agent(agent).await?;
            println!("The agent {agent} is revoked. Its link is closed within seconds.");
            Ok(())
        }
    }
}

async fn list(cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let tenant = open.admin().tenant().await?;
    let agents = open.store.agents(tenant.id).await?;
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
