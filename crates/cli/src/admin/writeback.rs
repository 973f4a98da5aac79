//! `writeback admin writeback`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde::Serialize;
use writeback_cloud::{Asker, WritebackState};
use writeback_model::{AgentId, DomainName, KeyId};
use writeback_store::{KeyRoll, Switch};

use super::{
    Cloud, operator, print, print_json,
    text::{Table, at, zone_name},
};

/// Whether passwords are written back: show it, switch it.
///
/// Switching off and on again has every agent make a new sealing key, which is the remedy when
/// passwords are sealed to keys that agents do not have. Nothing is lost by it: what is under way
/// finishes.
#[derive(Subcommand)]
pub enum WritebackCommand {
    /// Show the switches of the tenant and of each forest, and the agents' keys.
    Status {
        /// For machines.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Switch it on. At least one licence must be assigned. Agents roll their keys within a
    /// second, those that are away when they come back.
    #[command(after_help = "Examples:\n  writeback admin writeback enable\n  \
                      writeback admin writeback enable --forest corp.example.org")]
    Enable(SwitchArguments),
    /// Switch it off. New requests are refused within a second; what is under way finishes.
    #[command(after_help = "Examples:\n  writeback admin writeback disable\n  \
                      writeback admin writeback disable --forest corp.example.org")]
    Disable(SwitchArguments),
}

#[derive(Args)]
pub struct SwitchArguments {
    /// Only this forest; without it the whole tenant.
    #[arg(long)]
    forest: Option<DomainName>,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: WritebackCommand) -> anyhow::Result<()> {
    match command {
        WritebackCommand::Status { json, cloud } => {
            let state = cloud.open().await?.admin().writeback_state().await?;
            if json {
                print_json(&as_json(&state))
            } else {
                Ok(print(&text(&state, &TimeZone::system()))?)
            }
        }
        WritebackCommand::Enable(arguments) => switch(arguments, true).await,
        WritebackCommand::Disable(arguments) => switch(arguments, false).await,
    }
}

async fn switch(arguments: SwitchArguments, is_on: bool) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let asker = Asker::Operator(operator::by());
    let forest = arguments.forest.as_ref();
    let switched = open.admin().switch_writeback(forest, is_on, &asker).await?;
    let of = forest.map_or_else(|| "the whole tenant".to_owned(), ToString::to_string);
    let now = if is_on { "on" } else { "off" };
    if !switched {
        println!("Writeback is {now} for {of} already.");
        return Ok(());
    }
    println!("Writeback is {now} for {of}.");
    if is_on {
        println!(
            "Every agent makes a new sealing key: `writeback admin writeback status` shows which \
             have one."
        );
    } else {
        println!("New requests are refused; what is under way finishes.");
    }
    if is_on && forest.is_some() && !open.admin().writeback_state().await?.switches.tenant.is_on {
        println!("It is still off for the whole tenant, and so for this forest.");
    }
    Ok(())
}

#[derive(Serialize)]
struct Json {
    enabled: bool,
    changed_at: Option<jiff::Timestamp>,
    forests: Vec<JsonForest>,
    agents: Vec<JsonAgent>,
}

#[derive(Serialize)]
struct JsonForest {
    forest: DomainName,
    enabled: bool,
    changed_at: Option<jiff::Timestamp>,
}

#[derive(Serialize)]
struct JsonAgent {
    agent: AgentId,
    host: String,
    roll_wanted_at: Option<jiff::Timestamp>,
    rolled_at: Option<jiff::Timestamp>,
    key: Option<KeyId>,
}

fn as_json(state: &WritebackState) -> Json {
    Json {
        enabled: state.switches.tenant.is_on,
        changed_at: state.switches.tenant.changed_at,
        forests: switches(state)
            .map(|(forest, switch)| JsonForest {
                forest,
                enabled: switch.is_on,
                changed_at: switch.changed_at,
            })
            .collect(),
        agents: state
            .agents
            .iter()
            .map(|(agent, roll)| JsonAgent {
                agent: agent.id,
                host: agent.host.clone(),
                roll_wanted_at: roll.map(|roll| roll.wanted_at),
                rolled_at: roll.and_then(|roll| roll.rolled).map(|(_, at)| at),
                key: roll.and_then(|roll| roll.rolled).map(|(key, _)| key),
            })
            .collect(),
    }
}

/// The switches of the forests that are known, by name.
fn switches(state: &WritebackState) -> impl Iterator<Item = (DomainName, Switch)> + '_ {
    let forests = state.forests.iter();
    forests.map(|forest| (forest.name.clone(), state.switches.forest(&forest.name)))
}

fn text(state: &WritebackState, zone: &TimeZone) -> String {
    let since = |switch: Switch| {
        let since = switch.changed_at.map(|changed| at(changed, zone));
        since.unwrap_or_else(|| "always".to_owned())
    };
    let tenant = state.switches.tenant;
    let mut text = format!(
        "Writeback is {} for the tenant.  (times: {})\n\n",
        on_off(tenant.is_on),
        zone_name(zone)
    );
    let mut table = Table::new(&["OF", "WRITEBACK", "SINCE"]);
    table.row([
        "the whole tenant".to_owned(),
        on_off(tenant.is_on).to_owned(),
        since(tenant),
    ]);
    for (forest, switch) in switches(state) {
        let is_on = if switch.is_on && !tenant.is_on {
            "on, but off for the tenant"
        } else {
            on_off(switch.is_on)
        };
        table.row([forest.to_string(), is_on.to_owned(), since(switch)]);
    }
    let _ = writeln!(text, "{table}");
    if state.agents.is_empty() {
        text.push_str("No agent has enrolled yet.\n");
        return text;
    }
    let mut table = Table::new(&["AGENT", "HOST", "SEALING KEY"]);
    for (agent, roll) in &state.agents {
        table.row([agent.id.to_string(), agent.host.clone(), key(*roll, zone)]);
    }
    let _ = write!(text, "{table}");
    text
}

fn key(roll: Option<KeyRoll>, zone: &TimeZone) -> String {
    match roll {
        None => "its first, or rolled by itself".to_owned(),
        Some(KeyRoll {
            rolled: Some((key, when)),
            ..
        }) => format!("{key}, new at {}", at(when, zone)),
        Some(KeyRoll { wanted_at, .. }) => format!(
            "to be rolled since {}: the agent is away, or too old to be told",
            at(wanted_at, zone)
        ),
    }
}

const fn on_off(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}
