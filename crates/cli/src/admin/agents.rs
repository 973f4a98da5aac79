//! `writeback admin agent`.

use clap::Subcommand;
use writeback_model::AgentId;
use writeback_store::{Agent, AgentStore, Copied};

use super::{Cloud, text::one_line};

/// The agents.
#[derive(Subcommand)]
pub enum AgentsCommand {
    /// Show all agents.
    #[command(
        after_help = "STATE says `copied` where another machine called with a copy of an \
        agent's keys, when it\nwas last, and what it calls itself. It was sent away. Where nobody \
        copied or restored the agent's\nstate folder, the keys were stolen: revoke the agent and \
        enrol it anew.\n\nExample:\n  writeback admin agent list"
    )]
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
            println!("The agent {agent} is revoked. Its link is closed within a second.");
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
        let state = state(&agent);
        println!(
            "{:36}  {:24}  {:8}  {seen:20}  {state}",
            agent.id, agent.host, agent.version
        );
    }
    Ok(())
}

fn state(agent: &Agent) -> String {
    let state = match agent.revoked_at {
        Some(_) => "revoked",
        None => "enrolled",
    };
    match &agent.copied {
        Some(Copied { at, host }) => {
            format!("{state}, copied: {at:.0} by {}", one_line(host))
        }
        None => state.to_owned(),
    }
}
