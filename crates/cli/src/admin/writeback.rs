//! `writeback admin writeback`.

use std::{fmt::Write as _, process::ExitCode};

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde::Serialize;
use writeback_cloud::{Asker, WritebackState};
use writeback_model::{AgentId, DomainName, KeyId, UserName};
use writeback_policy::access::Wish;
use writeback_store::{KeyRoll, Switch};

use super::{
    Cloud,
    explain::answer,
    operator, print, print_json,
    text::{Table, at, one_line, zone_name},
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
    /// Say whether an administrator can test it on a test user now. Nothing is written.
    ///
    /// Both must hold a licence for writeback, and the test user must be allowed to reset. The
    /// test itself is a reset by the test user at the portal.
    #[command(
        after_help = "Example:\n  writeback admin writeback test test@corp.example.org \
                      --administrator chief@example.org\n\n\
                      Exit code: 0 when it can begin, 2 when something stands against it, 1 when \
                      it could not be said."
    )]
    Test(TestArguments),
}

#[derive(Args)]
pub struct TestArguments {
    /// The test user: a user principal name, or an account name with or without its domain.
    name: UserName,
    /// The administrator who tests.
    #[arg(long, value_name = "NAME")]
    administrator: UserName,
    #[command(flatten)]
    cloud: Cloud,
}

#[derive(Args)]
pub struct SwitchArguments {
    /// Only this forest; without it the whole tenant.
    #[arg(long)]
    forest: Option<DomainName>,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: WritebackCommand) -> anyhow::Result<ExitCode> {
    match command {
        WritebackCommand::Status { json, cloud } => {
            let state = cloud.open().await?.admin().writeback_state().await?;
            if json {
                print_json(&as_json(&state))?;
            } else {
                print(&text(&state, &TimeZone::system()))?;
            }
        }
        WritebackCommand::Enable(arguments) => switch(arguments, true).await?,
        WritebackCommand::Disable(arguments) => switch(arguments, false).await?,
        WritebackCommand::Test(arguments) => return test(arguments).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn test(arguments: TestArguments) -> anyhow::Result<ExitCode> {
    let open = arguments.cloud.open().await?;
    let recovery = open.config.recovery_attributes();
    let test = open
        .admin()
        .writeback_test(
            &arguments.administrator,
            &arguments.name,
            &recovery,
            open.config.limits(),
        )
        .await?;
    let name = one_line(&test.user.attributes.user_principal_name);
    if test.is_ready() {
        println!(
            "Writeback can be tested on {name}: both hold a licence for it, and no rule is \
             against it.\nWho is connected only the running cloud knows. The test is a reset by \
             {name} at the portal."
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!("Writeback cannot be tested on {name} yet:");
    for refusal in &test.refusals {
        println!("  {}", one_line(&refusal.to_string()));
    }
    if !test.access.allowed {
        print(&answer(Wish::Reset, &test.access))?;
    }
    Ok(ExitCode::from(2))
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
