//! `cargo xtask faults`: does anybody get a wrong answer when things break?
//!
//! A cloud, two agents of one forest and its domain controllers, all real; many people reset
//! their passwords at once, and each request meets a fault at one of its steps. Afterwards both
//! passwords are tried on the PDC emulator and held against every word the person was told: on
//! the page, in the row behind it, in the audit trail and by mail.

mod judge;
mod mails;
mod plan;
mod round;
mod steps;
mod tally;
mod told;
mod walk;
mod world;

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
};
use writeback_lab::{Forest, Lab, OFFICE, Steps as Progress, TestUser, UserSpec};
use writeback_model::TenantId;
use writeback_stage::{AgentPlace, Options, Stage};
use writeback_store::{TenantStore as _, UserStore as _};
use writeback_store_sqlite::SqliteStore;

use self::{
    mails::Mails,
    plan::{Fault, schedule},
    round::Account,
    steps::Steps,
    tally::Tally,
    walk::{Around, Somebody},
    world::{AGENT_HOSTS, World},
};
use crate::build::{Profile, must, runtime, writeback};

/// Requests between two judgements.
const ROUND: usize = 100;
/// Requests under way at once.
const AT_ONCE: usize = 12;

/// Break things, and hold what people are told against what is so. Exit status 1 on any lie and
/// any request that was executed twice.
#[derive(clap::Args)]
pub(crate) struct FaultsArguments {
    /// How many requests.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    /// Decides over every fault; chosen, and printed, when it is not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Only faults of cloud, agents and their links, so that others can use the lab meanwhile.
    #[arg(long)]
    spare_controllers: bool,
    /// The program to be tried, when it runs inside the company network already.
    #[arg(long, hide = true)]
    inside: Option<PathBuf>,
}

pub(crate) fn run(arguments: &FaultsArguments) -> Result<()> {
    if let Some(binary) = &arguments.inside {
        let runtime = runtime()?;
        return runtime.block_on(break_things(binary, arguments));
    }
    println!("building writeback");
    let binary = writeback(Profile::Dev)?;
    let say = |line: &str| println!("  {line}");
    let lab = Lab::up(&Progress::new(&say))?;
    let itself = std::env::current_exe()?;
    let seed = arguments
        .seed
        .unwrap_or_else(|| RandomState::new().hash_one(0) % 1_000_000);
    println!("seed {seed}");
    let mut inside = lab.command_in(OFFICE, &itself.display().to_string());
    inside
        .args(["faults", "--n", &arguments.n.to_string()])
        .args(["--seed", &seed.to_string()])
        .args(arguments.spare_controllers.then_some("--spare-controllers"))
        .arg("--inside")
        .arg(binary)
        .current_dir(crate::build::root());
    must(&mut inside)
}

async fn break_things(binary: &Path, arguments: &FaultsArguments) -> Result<()> {
    let seed = arguments.seed.context("a seed")?;
    let requests = usize::try_from(arguments.n)?;
    let faults = schedule(seed, requests, arguments.spare_controllers);
    let lab = Lab::require()?;
    let _guard = if arguments.spare_controllers {
        lab.calm()?
    } else {
        lab.exclusive()?
    };
    let began = Instant::now();
    println!(
        "making {} users, a cloud and two agents",
        requests.min(ROUND)
    );
    let users = users(lab.forest("corp.test")?, requests.min(ROUND))?;
    let mails = tempfile::tempdir()?;
    let stage = Stage::set(lab, binary, options(mails.path())).await?;
    stage.import("corp.test")?;
    let logs = stage.dir().to_owned();
    let (tenant, mut accounts) = accounts(&stage, users).await?;
    let around = Arc::new(Around {
        steps: Steps::watch(&logs, AGENT_HOSTS.len()),
        world: World::new(stage, arguments.spare_controllers)?,
        mails: Mails::new(mails.path()),
        room: Semaphore::new(AT_ONCE),
    });
    let mut tally = Tally::new(seed);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut end = signal(SignalKind::terminate())?;
    let ended = tokio::select! {
        ended = rounds(&around, &mut accounts, &faults, tenant, &mut tally) => ended,
        _ = interrupt.recv() => Err(anyhow::anyhow!("interrupted")),
        _ = end.recv() => Err(anyhow::anyhow!("interrupted")),
    };
    around.world.stop();
    let target = crate::build::target();
    tally.report(&target.join("faults.json"), began.elapsed().as_secs())?;
    if ended.is_err() || !tally.is_good() {
        let kept = target.join(format!("faults-{seed}"));
        keep_files(&logs, &kept)?;
        println!("logs, journals and database are kept in {}", kept.display());
    }
    ended?;
    ensure!(
        tally.is_good(),
        "somebody was told what is not so; seed {seed}"
    );
    Ok(())
}

async fn rounds(
    around: &Arc<Around>,
    accounts: &mut [Account],
    faults: &[Fault],
    tenant: TenantId,
    tally: &mut Tally,
) -> Result<()> {
    for (round, faults) in faults.chunks(ROUND).enumerate() {
        let first = round * ROUND;
        println!("requests {} to {}", first + 1, first + faults.len());
        round::run(around, accounts, faults, first, tenant, tally).await?;
    }
    Ok(())
}

fn options(mails: &Path) -> Options {
    let place = |netns: &str| AgentPlace {
        netns: netns.to_owned(),
        ..AgentPlace::corp()
    };
    Options {
        agents: AGENT_HOSTS.map(place).to_vec(),
        log: "info,writeback_agent=debug,writeback_relay=debug,writeback_cloud=debug".to_owned(),
        mail_folder: Some(mails.to_owned()),
        cloud_limits: "passwords_per_user = 100000\n".to_owned(),
        ..Options::default()
    }
}

fn users(forest: &Forest, count: usize) -> Result<Vec<TestUser>> {
    (0..count)
        .map(|_| forest.create_user(UserSpec::default()))
        .collect()
}

async fn accounts(stage: &Stage, users: Vec<TestUser>) -> Result<(TenantId, Vec<Account>)> {
    let store = SqliteStore::open(&stage.database()).await?;
    let tenants = store.tenants().await?;
    let tenant = tenants.first().context("no tenant")?.id;
    let mut accounts = Vec::new();
    for account in users {
        let found = store.users_by_name(tenant, &account.upn.parse()?).await?;
        let id = found.first().context("a user is not known")?.id.to_string();
        accounts.push(Account {
            password: account.password.clone(),
            who: Somebody { account, id },
        });
    }
    Ok((tenant, accounts))
}

/// Copies a folder with what is in it.
fn keep_files(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            keep_files(&path, &target)?;
        } else {
            std::fs::copy(path, target)?;
        }
    }
    Ok(())
}
