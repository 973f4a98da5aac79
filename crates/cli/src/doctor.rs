//! `writeback doctor`.

use std::{
    io::{IsTerminal as _, Write as _, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context as _;
use clap::Args;
use writeback_agent::doctor::{Examination, examine};
use writeback_doctor::{Check, Colour, Finding, Report, check, explanation, text};

use crate::{
    agent::DEFAULT_CONFIG,
    outside::{SystemClock, SystemEntropy},
};

/// Say why writeback does not work from this machine, and what to do about it.
///
/// Looks at the agent's configuration and keys, the way to the cloud, every domain controller,
/// the agent's account and its rights. Changes nothing; the agent may run meanwhile. Run it on
/// the agent's machine as the agent's user, or as root.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback doctor\n  writeback doctor --user alice@corp.example.org\n  \
                  writeback doctor --only dc-certificate\n  writeback doctor --explain right-reset\n  \
                  writeback doctor --json | jq '.findings[] | select(.verdict == \"fault\")'\n\n\
                  Exit code: 0 when all is fine, 1 with warnings, 2 with faults, 3 when something \
                  could not be told."
)]
pub struct DoctorArguments {
    /// The agent's configuration file.
    #[arg(long, env = "WRITEBACK_AGENT_CONFIG", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
    /// Also look at this person's account and at the rights on it: a user principal name or an
    /// account name.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Show this check only, and what is in its way.
    #[arg(long, value_name = "ID", value_parser = of_agent)]
    only: Option<&'static Check>,
    /// Say what a check is about, without asking it.
    #[arg(long, value_name = "ID", value_parser = of_agent, conflicts_with_all = ["user", "only", "json"])]
    explain: Option<&'static Check>,
    /// For machines; docs/doctor.schema.json has the form.
    #[arg(long)]
    json: bool,
}

fn of_agent(id: &str) -> Result<&'static Check, String> {
    known(id, "writeback doctor")
}

/// A check that a command asks, by its identifier.
pub(crate) fn known(id: &str, command: &str) -> Result<&'static Check, String> {
    match check(id) {
        Some(it) if it.component.command() == command => Ok(it),
        Some(it) => Err(format!("`{} --only {id}` asks it", it.component.command())),
        None => {
            let ids: Vec<&str> = writeback_doctor::CATALOGUE
                .iter()
                .filter(|it| it.component.command() == command)
                .map(|it| it.id)
                .collect();
            Err(format!(
                "there is no such check; these are: {}",
                ids.join(", ")
            ))
        }
    }
}

pub async fn run(arguments: DoctorArguments) -> anyhow::Result<ExitCode> {
    if let Some(of) = arguments.explain {
        say(&explanation(of))?;
        return Ok(ExitCode::SUCCESS);
    }
    let findings = examine(Examination {
        config: arguments.config,
        user: arguments.user,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
    .await;
    show(findings, arguments.only, arguments.json)
}

/// Shows what was found, or what of it one check is about; answers the exit code.
pub(crate) fn show(
    mut findings: Vec<Finding>,
    only: Option<&'static Check>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if let Some(only) = only {
        findings.retain(|it| it.check == only.id || in_the_way(it, only));
    }
    let report = Report::new(&findings);
    if json {
        let json = serde_json::to_string_pretty(&report).context("the report cannot be written")?;
        say(&format!("{json}\n"))?;
    } else {
        let colour = if stdout().is_terminal() {
            Colour::Yes
        } else {
            Colour::No
        };
        say(&text(&findings, colour))?;
    }
    Ok(ExitCode::from(report.summary.exit_code))
}

/// Whether a finding is of something that a check needs, and is not as it should be.
fn in_the_way(finding: &Finding, of: &Check) -> bool {
    finding.verdict.is_bad() && needs(of, finding.check)
}

fn needs(of: &Check, id: &str) -> bool {
    of.needs
        .iter()
        .any(|need| *need == id || check(need).is_some_and(|need| needs(need, id)))
}

/// Whoever reads the output may stop reading.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    match stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("the output cannot be written"),
    }
}
