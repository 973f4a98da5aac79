//! `writeback admin doctor`.

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use clap::Args;
use writeback_cloud::{CloudConfig, doctor::Examination};
use writeback_doctor::{Check, Finding, Of, Outcome, Step, check, explanation, run as ask};
use writeback_model::UserName;
use writeback_store_sqlite::SqliteStore;

use super::Cloud;
use crate::{
    doctor::{known, say, show},
    outside::{SystemClock, SystemEntropy},
};

/// Another process may hold the database for ten seconds.
const OPEN_LIMIT: Duration = Duration::from_secs(20);

/// Say why people get no new password, as far as the cloud's machine shows it, and what to do.
///
/// Looks at the configuration, the database and its disk, the addresses, the certificate, the mail
/// server (which is greeted and given no mail), and at every tenant: licences, policy, switches,
/// agents, forests. Sets nothing; the cloud may run meanwhile. Run it as the cloud's user, or as
/// root.
#[derive(Args)]
#[command(after_help = "Examples:\n  writeback admin doctor\n  \
                  writeback admin doctor --user alice@corp.example.org\n  \
                  writeback admin doctor --tenant example.org --only agents-connected\n  \
                  writeback admin doctor --explain licences-assigned\n\n\
                  Exit code: 0 when all is fine, 1 with warnings, 2 with faults, 3 when something \
                  could not be told. What an agent's machine sees, `writeback doctor` says there.")]
pub struct DoctorArguments {
    /// Also look at this person: a user principal name, a mail address, or an account name.
    #[arg(long, value_name = "NAME")]
    user: Option<UserName>,
    /// Show this check only, and what is in its way.
    #[arg(long, value_name = "ID", value_parser = of_cloud)]
    only: Option<&'static Check>,
    /// Say what a check is about, without asking it.
    #[arg(long, value_name = "ID", value_parser = of_cloud, conflicts_with_all = ["user", "only", "json"])]
    explain: Option<&'static Check>,
    /// For machines; docs/doctor.schema.json has the form.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

fn of_cloud(id: &str) -> Result<&'static Check, String> {
    known(id, "writeback admin doctor")
}

pub(super) async fn run(arguments: DoctorArguments) -> anyhow::Result<ExitCode> {
    if let Some(of) = arguments.explain {
        say(&explanation(of))?;
        return Ok(ExitCode::SUCCESS);
    }
    let somebody = arguments.user.is_some();
    let (cloud, user) = (arguments.cloud, arguments.user);
    let first = Step::new("cloud-configuration", "", OPEN_LIMIT, async move {
        configuration(cloud, user)
    });
    let mut findings = ask(vec![first]).await;
    // Where nobody was named, nothing of a person was to be reached.
    let of_person = |it: &Finding| check(it.check).is_some_and(|it| it.of == Of::KnownPerson);
    findings.retain(|it| somebody || !of_person(it));
    show(findings, arguments.only, arguments.json)
}

fn configuration(cloud: Cloud, user: Option<UserName>) -> Outcome {
    const CHECK: &str = "cloud-configuration";
    let config = match CloudConfig::load(&cloud.config) {
        Ok(config) => config,
        Err(error) => {
            return Finding::fault(CHECK, "")
                .error(&error)
                .name("file", cloud.config.display())
                .into();
        }
    };
    let examination = Arc::new(Examination {
        config,
        file: cloud.config,
        tenant: cloud.tenant,
        user,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    });
    let machine = examination.of_the_machine();
    let database = Step::new("database", "", OPEN_LIMIT, database(examination));
    Outcome::from(Finding::fine(CHECK, ""))
        .then(machine)
        .then([database])
}

/// Opens the database as every command does, which brings its tables up to date; makes none.
async fn database(examination: Arc<Examination>) -> Outcome {
    const CHECK: &str = "database";
    let path = examination.config.database.clone();
    let named = |finding: Finding| finding.name("database", path.display());
    if is_missing(&path) {
        return named(Finding::fault(CHECK, ""))
            .because("There is no database {database}: this cloud was never set up, or the file is lost.")
            .name("config", examination.file.display())
            .remedy([
                "If `database` in the configuration is right and there should be one, docs/backup.md says",
                "how to put the last backup there. A new cloud is set up by:",
                "$ writeback admin init --name 'Example Inc' --config \"{config}\"",
            ])
            .into();
    }
    match SqliteStore::open(&path).await {
        Ok(store) => {
            let next = examination.of_the_database(Arc::new(store));
            Outcome::from(Finding::fine(CHECK, "")).then([next])
        }
        Err(error) => named(Finding::fault(CHECK, "")).error(&error).into(),
    }
}

fn is_missing(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}
