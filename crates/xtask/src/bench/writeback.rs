//! A reset by browser, against a bare LDAPS reset on a kept connection.
//!
//! Both set a password that was never used, on the same domain controller, with the policy-hints
//! control, in turn, so that whatever else the machine does falls on both. The way is measured
//! from sending the form with the new password to having the page that says "changed".

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use writeback_ad::{
    AccountSnapshot, Controller, Credentials, Directory, DomainConfig, HintsUse, Reset, Trust,
};
use writeback_lab::{Lab, TestUser, UserSpec};
use writeback_model::{Secret, SourceAnchor};
use writeback_stage::{Options, Page, Person, Stage};

use super::{
    WritebackArguments,
    figures::{percentile, rounded},
};

/// So many at once, in the second part.
const IN_FLIGHT: usize = 8;
/// Into how many turns the second part is cut for each kind.
const TURNS: usize = 5;

#[derive(Serialize)]
struct Figures {
    direct_p50_ms: f64,
    path_p50_ms: f64,
    ratio_p50: f64,
    direct_p99_ms: f64,
    path_p99_ms: f64,
    ratio_p99: f64,
    direct_per_s_8: f64,
    path_per_s_8: f64,
    ratio_per_s_8: f64,
    cloud_rss_mb: f64,
    agent_rss_mb: f64,
    sequential: usize,
    in_flight_each: usize,
}

/// Somebody who has given the code, with the page that asks for the new password.
struct Ready {
    person: Person,
    page: Page,
}

/// An account and a kept connection to reset it on.
struct Direct {
    controller: Controller,
    account: AccountSnapshot,
}

pub(crate) async fn measure(binary: &Path, arguments: &WritebackArguments) -> Result<()> {
    let lab = Lab::require()?;
    let _calm = lab.calm()?;
    let forest = lab.forest("corp.test")?;
    let make = || forest.create_user(UserSpec::default());
    let path_users = (0..IN_FLIGHT).map(|_| make()).collect::<Result<Vec<_>>>()?;
    let directory = directory(&lab)?;
    let mut direct = Vec::new();
    for _ in 0..IN_FLIGHT {
        direct.push(Direct::new(&directory, &make()?).await?);
    }
    let mails = tempfile::tempdir()?;
    let options = Options {
        // As an operator would run it.
        log: "info".to_owned(),
        mail_folder: Some(mails.path().to_owned()),
        cloud_limits: "passwords_per_user = 100000\n".to_owned(),
        ..Options::default()
    };
    let mut stage = Stage::set(lab, binary, options).await?;

    println!(
        "sequential: {} resets of each kind, in turn",
        arguments.sequential
    );
    let (mut direct_times, mut path_times) = (Vec::new(), Vec::new());
    for round in 0..arguments.sequential {
        let one = direct.get(round % IN_FLIGHT).context("a connection")?;
        direct_times.push(one.reset(round).await?);
        let user = path_users.get(round % IN_FLIGHT).context("a user")?;
        let ready = Ready::new(&stage, user, mails.path()).await?;
        path_times.push(ready.reset(round).await?);
    }

    println!(
        "{IN_FLIGHT} in flight: {} resets of each kind for each, in turns",
        arguments.each
    );
    let direct: Vec<Arc<Direct>> = direct.into_iter().map(Arc::new).collect();
    let (mut direct_spent, mut path_spent) = (Duration::ZERO, Duration::ZERO);
    let (mut direct_done, mut path_done) = (0, 0);
    let per_turn = arguments.each.div_ceil(TURNS);
    for turn in 0..TURNS {
        let began = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for one in &direct {
            let one = Arc::clone(one);
            tasks.spawn(async move {
                for round in 0..per_turn {
                    one.reset(10_000 + turn * 100 + round).await?;
                }
                Ok::<_, anyhow::Error>(())
            });
        }
        direct_done += all(tasks).await? * per_turn;
        direct_spent += began.elapsed();

        let mut waiting: Vec<Vec<Ready>> = Vec::new();
        for user in &path_users {
            let mut of_user = Vec::new();
            for _ in 0..per_turn {
                of_user.push(Ready::new(&stage, user, mails.path()).await?);
            }
            waiting.push(of_user);
        }
        let began = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for of_user in waiting {
            tasks.spawn(async move {
                for (round, ready) in of_user.into_iter().enumerate() {
                    ready.reset(20_000 + turn * 100 + round).await?;
                }
                Ok::<_, anyhow::Error>(())
            });
        }
        path_done += all(tasks).await? * per_turn;
        path_spent += began.elapsed();
    }

    let rate = |done: usize, spent: Duration| done as f64 / spent.as_secs_f64();
    let mebibytes = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let (direct_p50, path_p50) = (percentile(&direct_times, 50), percentile(&path_times, 50));
    let (direct_p99, path_p99) = (percentile(&direct_times, 99), percentile(&path_times, 99));
    let (direct_rate, path_rate) = (rate(direct_done, direct_spent), rate(path_done, path_spent));
    report(&Figures {
        direct_p50_ms: rounded(direct_p50),
        path_p50_ms: rounded(path_p50),
        ratio_p50: rounded(path_p50 / direct_p50),
        direct_p99_ms: rounded(direct_p99),
        path_p99_ms: rounded(path_p99),
        ratio_p99: rounded(path_p99 / direct_p99),
        direct_per_s_8: rounded(direct_rate),
        path_per_s_8: rounded(path_rate),
        ratio_per_s_8: rounded(path_rate / direct_rate),
        cloud_rss_mb: rounded(mebibytes(stage.cloud_process()?.resident_bytes()?)),
        agent_rss_mb: rounded(mebibytes(stage.agent_process(0)?.resident_bytes()?)),
        sequential: arguments.sequential,
        in_flight_each: per_turn * TURNS,
    })
}

/// Waits for all tasks; gives how many there were.
async fn all(mut tasks: tokio::task::JoinSet<Result<()>>) -> Result<usize> {
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        done??;
        count += 1;
    }
    Ok(count)
}

fn directory(lab: &Lab) -> Result<Directory> {
    let forest = lab.forest("corp.test")?;
    let credentials = Credentials {
        user: forest.agent_upn.clone(),
        password: Secret::new(forest.agent_password.clone()),
    };
    let config = DomainConfig::new(
        forest.domain.parse()?,
        credentials,
        Trust::CaFile(forest.ca_pem.clone()),
    );
    Ok(Directory::new(config)?)
}

impl Direct {
    async fn new(directory: &Directory, user: &TestUser) -> Result<Self> {
        let controller = directory.pdc().await?;
        let anchor = SourceAnchor::try_from_bytes(&user.guid)?;
        let account = controller
            .read_for_write(&anchor)
            .await?
            .context("the user is there")?;
        Ok(Self {
            controller,
            account,
        })
    }

    async fn reset(&self, round: usize) -> Result<Duration> {
        let password = Secret::new(format!("Langsung-{round}-{}", std::process::id()));
        let reset = Reset {
            hints: HintsUse::Required,
            unlock: false,
            force_change: false,
        };
        let began = Instant::now();
        self.controller
            .reset_password(&self.account, &password, reset)
            .await?;
        Ok(began.elapsed())
    }
}

impl Ready {
    async fn new(stage: &Stage, user: &TestUser, mails: &Path) -> Result<Self> {
        let person = stage.person()?;
        for entry in std::fs::read_dir(mails)? {
            std::fs::remove_file(entry?.path())?;
        }
        let page = person.says_name(&user.upn).await?;
        let code = code(mails).await?;
        let page = person.gives_code(&page, &code).await?;
        ensure!(
            page.path == "/reset/password",
            "the code was not taken: {}",
            page.text()
        );
        Ok(Self { person, page })
    }

    async fn reset(self, round: usize) -> Result<Duration> {
        let password = format!("Jalan-{round}-{}", std::process::id());
        let began = Instant::now();
        let page = self.person.sets_password(&self.page, &password).await?;
        let took = began.elapsed();
        ensure!(
            page.html.contains("data-outcome=\"changed\""),
            "not changed: {}",
            page.text()
        );
        Ok(took)
    }
}

/// The code in the only mail of the folder.
async fn code(mails: &Path) -> Result<String> {
    for _ in 0..500 {
        for entry in std::fs::read_dir(mails)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "eml")
                && let Some(code) = writeback_stage::code_in(&std::fs::read_to_string(&path)?)
            {
                return Ok(code);
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    anyhow::bail!("no mail with a code came")
}

fn report(figures: &Figures) -> Result<()> {
    println!();
    println!("                      direct      path     ratio");
    let row = |name: &str, direct: f64, path: f64, ratio: f64| {
        println!("{name:18} {direct:9.2} {path:9.2} {ratio:9.3}");
    };
    row(
        "p50, ms",
        figures.direct_p50_ms,
        figures.path_p50_ms,
        figures.ratio_p50,
    );
    row(
        "p99, ms",
        figures.direct_p99_ms,
        figures.path_p99_ms,
        figures.ratio_p99,
    );
    row(
        "8 in flight, per s",
        figures.direct_per_s_8,
        figures.path_per_s_8,
        figures.ratio_per_s_8,
    );
    println!(
        "\ncloud {:.1} MiB, agent {:.1} MiB resident",
        figures.cloud_rss_mb, figures.agent_rss_mb
    );
    let dir = crate::build::target().join("bench");
    std::fs::create_dir_all(&dir)?;
    let file = dir.join("writeback.json");
    std::fs::write(&file, serde_json::to_string_pretty(figures)? + "\n")?;
    println!("written to {}", file.display());
    Ok(())
}
