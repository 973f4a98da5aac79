//! `writeback doctor`.

mod bundle;
mod event;
mod grant;
mod idle;
mod watch;

use std::{
    io::{IsTerminal as _, Write as _, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use writeback_agent::doctor::{Examination, examine};
use writeback_doctor::{Check, Colour, Finding, Report, check, explanation, text};
use writeback_model::Clock as _;

use crate::{
    agent::DEFAULT_CONFIG,
    outside::{SystemClock, SystemEntropy},
};

/// Say why writeback does not work from this machine, and what to do about it.
///
/// Looks at the agent's configuration and keys, the way to the cloud, every domain controller,
/// the agent's account and its rights. Changes nothing, but for a test account's password with
/// --test-user; the agent may run meanwhile. Run it on the agent's machine as the agent's user, or
/// as root.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback doctor\n  writeback doctor --user alice@corp.example.org\n  \
                  writeback doctor --user alice@corp.example.org --grant-script powershell > grant.ps1\n  \
                  writeback doctor --test-user wb-test@corp.example.org\n  \
                  writeback doctor --idle-hold --only idle-hold\n  \
                  writeback doctor --only dc-certificate\n  writeback doctor --explain right-reset\n  \
                  writeback doctor --event 33008\n  \
                  writeback doctor --watch 60 --only dc-reachable\n  \
                  writeback doctor --bundle support.tar.gz\n  \
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
    /// Also reset this person's password to a random one that nobody is told, through the whole way,
    /// and say how long each part took. Only an account that was given for it on the cloud's
    /// machine, with `writeback admin user test-account NAME`, is reset.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["user", "watch"])]
    test_user: Option<String>,
    /// With --user: print the commands that grant the agent's account what it lacks for this
    /// person, and nothing else; for a Windows or for a Samba domain. Grants nothing by itself.
    #[arg(long, value_name = "FORM", requires = "user", conflicts_with_all = ["only", "json"])]
    grant_script: Option<grant::Form>,
    /// Also keep silent connections to the cloud, for 30 seconds to 3 minutes, and say after how
    /// many seconds something on the way dropped them. Takes 3 minutes.
    #[arg(long, conflicts_with_all = ["explain", "event", "watch", "grant_script"])]
    idle_hold: bool,
    /// Show this check only, and what is in its way.
    #[arg(long, value_name = "ID", value_parser = of_agent)]
    only: Option<&'static Check>,
    /// Say what a check is about, without asking it.
    #[arg(long, value_name = "ID", value_parser = of_agent, conflicts_with_all = ["user", "test_user", "only", "json"])]
    explain: Option<&'static Check>,
    /// Say what an event of the log is about, by its number: 33008. Asks nothing.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["user", "test_user", "only", "explain", "json"])]
    event: Option<u32>,
    /// Look again and again, so many seconds apart, and print only what changed. Ctrl-C ends it,
    /// with the exit code of the last look.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = watch::USUALLY,
          value_parser = clap::value_parser!(u64).range(1..=86_400),
          conflicts_with_all = ["explain", "event", "grant_script"])]
    watch: Option<u64>,
    /// Put what was found into a new compressed tar, for whoever helps: no passwords, keys or
    /// tokens; MANIFEST in it lists what is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "explain", "event", "watch", "json", "grant_script"])]
    bundle: Option<PathBuf>,
    /// With --bundle: the file that the agent's log goes to. Its last lines are put in, reduced.
    #[arg(long, value_name = "FILE", requires = "bundle")]
    log_file: Option<PathBuf>,
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
    if let Some(id) = arguments.event {
        return event::run(id);
    }
    if let Some(seconds) = arguments.watch {
        let every = Duration::from_secs(seconds);
        return watch::run(every, arguments.json, async || look(&arguments).await).await;
    }
    let findings = look(&arguments).await;
    if let Some(form) = arguments.grant_script {
        return grant::run(&findings, form);
    }
    if let Some(file) = &arguments.bundle {
        let wanted = bundle::Wanted {
            file,
            config: &arguments.config,
            log: arguments.log_file.as_ref(),
        };
        return bundle::run(&wanted, &findings, SystemClock.now());
    }
    show(findings, arguments.only, arguments.json)
}

async fn look(arguments: &DoctorArguments) -> Vec<Finding> {
    let silences = if arguments.idle_hold {
        idle::SILENCES.as_slice()
    } else {
        &[]
    };
    let examination = examine(Examination {
        config: arguments.config.clone(),
        user: arguments
            .test_user
            .as_ref()
            .or(arguments.user.as_ref())
            .cloned(),
        round_trip: arguments.test_user.is_some(),
        silences: silences.to_vec(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    });
    let mut findings = match silences.last() {
        Some(longest) => idle::with_progress(*longest, examination).await,
        None => examination.await,
    };
    if let Some(only) = arguments.only {
        narrow(&mut findings, only);
    }
    findings
}

/// Shows what was found, or what of it one check is about; answers the exit code.
pub(crate) fn show(
    mut findings: Vec<Finding>,
    only: Option<&'static Check>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if let Some(only) = only {
        narrow(&mut findings, only);
    }
    let report = Report::new(&findings);
    if json {
        let json = serde_json::to_string_pretty(&report).context("the report cannot be written")?;
        say(&format!("{json}\n"))?;
    } else {
        say(&text(&findings, colour()))?;
    }
    Ok(ExitCode::from(report.summary.exit_code))
}

/// Leaves what one check is about.
fn narrow(findings: &mut Vec<Finding>, only: &Check) {
    findings.retain(|it| it.check == only.id || in_the_way(it, only));
}

fn colour() -> Colour {
    if stdout().is_terminal() {
        Colour::Yes
    } else {
        Colour::No
    }
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

pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    heard(text).map(drop)
}

/// Whoever reads the output may stop reading; says whether somebody still does.
fn heard(text: &str) -> anyhow::Result<bool> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("the output cannot be written"),
    }
}
