//! `cargo xtask faults`: does anybody get a wrong answer when things break?
//!
//! A cloud, two agents of one forest and its domain controllers, all real; many people reset
//! their passwords at once, and each request meets a fault at one of its steps. Afterwards both
//! passwords are tried on the PDC emulator and held against every word the person was told: on
//! the page, in the row behind it, in the audit trail and by mail. What each of these said, and
//! what each fault hit, is counted: a run that did not look proves nothing and fails.

mod accounts;
mod board;
mod chance;
mod findings;
mod judge;
mod kind;
mod mails;
mod moment;
mod plan;
mod relay;
mod report;
mod round;
mod sign_ins;
mod steps;
mod tally;
mod told;
mod trail;
mod walk;
mod wish;
mod witnesses;
mod world;

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{Semaphore, watch},
};
use writeback_lab::{Lab, OFFICE, Steps as Progress};
use writeback_stage::{AgentPlace, Options};

pub(crate) use self::{
    accounts::users,
    chance::Chance,
    judge::version,
    mails::Mails,
    told::{Says, Word, says},
};
use self::{
    kind::Kind,
    plan::{Fault, schedule},
    round::Round,
    steps::Steps,
    tally::Tally,
    walk::Around,
    witnesses::Source,
    world::{AGENT_HOSTS, World},
};
use crate::build::{Profile, must, runtime, target, writeback};

/// Requests between two judgements.
const ROUND: usize = 200;
/// Requests under way at once.
const AT_ONCE: usize = 8;
/// People who only sign in.
const SIGNERS: usize = 6;

/// Break things, and hold what people are told against what is so.
///
/// Exit status 1 on any lie, on any request that was executed twice or is not known after a
/// minute of health, and when somebody who should have been heard was not.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask faults --n 2000\n  \
                  cargo xtask faults --n 60 --seed 7 --only pdc-moved,pdc-killed")]
pub(crate) struct FaultsArguments {
    /// How many requests.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    /// Decides over every fault; chosen, and printed, when it is not given.
    #[arg(long)]
    seed: Option<u64>,
    /// No faults of domain controllers themselves, so that others can use the lab meanwhile.
    #[arg(long)]
    spare_controllers: bool,
    /// Only faults of these kinds, separated by commas.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<Kind>,
    /// The program to be tried, instead of the one that is built here.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Turn round one word of this source, to see that the run fails.
    #[arg(long, value_name = "SOURCE")]
    flip: Option<Source>,
    /// Runs inside the company network already.
    #[arg(long, hide = true, requires_all = ["binary", "seed"])]
    inside: bool,
}

impl FaultsArguments {
    /// A run of a few minutes, of all kinds, that is another one each time.
    pub(crate) fn short() -> Self {
        Self {
            n: 60,
            seed: None,
            spare_controllers: false,
            only: Vec::new(),
            binary: None,
            flip: None,
            inside: false,
        }
    }
}

pub(crate) fn run(arguments: &FaultsArguments) -> Result<()> {
    if arguments.inside {
        return runtime()?.block_on(break_things(arguments));
    }
    let binary = match &arguments.binary {
        Some(binary) => binary.canonicalize()?,
        None => {
            println!("building writeback");
            writeback(Profile::Dev)?
        }
    };
    let say = |line: &str| println!("  {line}");
    let lab = Lab::up(&Progress::new(&say))?;
    let itself = std::env::current_exe()?;
    let seed = arguments
        .seed
        .unwrap_or_else(|| RandomState::new().hash_one(0) % 1_000_000);
    println!("seed {seed}");
    let mut inside = lab.command_in(OFFICE, &itself.display().to_string());
    inside
        .args(["faults", "--inside", "--n", &arguments.n.to_string()])
        .args(["--seed", &seed.to_string()])
        .args(arguments.spare_controllers.then_some("--spare-controllers"))
        .arg("--binary")
        .arg(binary)
        .current_dir(crate::build::root());
    for kind in &arguments.only {
        inside.args(["--only", &kind.name()]);
    }
    if let Some(source) = arguments.flip.and_then(|it| it.to_possible_value()) {
        inside.args(["--flip", source.get_name()]);
    }
    must(&mut inside)
}

async fn break_things(arguments: &FaultsArguments) -> Result<()> {
    let seed = arguments.seed.context("a seed")?;
    let binary = arguments.binary.as_deref().context("a program")?;
    let requests = usize::try_from(arguments.n)?;
    let faults = schedule(seed, requests, arguments.spare_controllers, &arguments.only);
    if faults.is_empty() {
        bail!("--spare-controllers leaves out every kind that --only names");
    }
    let lab = Lab::require()?;
    let _guard = if arguments.spare_controllers {
        lab.calm()?
    } else {
        lab.exclusive()?
    };
    let began = Instant::now();
    let people = requests.min(ROUND) + SIGNERS;
    println!("making {people} users, a cloud and two agents");
    let users = accounts::users(lab.forest("corp.test")?, people)?;
    let mails = tempfile::tempdir()?;
    let options = options(mails.path());
    let world = World::set(lab, binary, options, arguments.spare_controllers).await?;
    let (logs, database) = {
        let stage = world.stage();
        stage.import("corp.test")?;
        (stage.dir().to_owned(), stage.database())
    };
    let (tenant, mut accounts) = accounts::known(&database, users).await?;
    let around = Arc::new(Around {
        steps: Steps::watch(&logs, AGENT_HOSTS.len()),
        world,
        mails: Mails::new(mails.path()),
        room: Semaphore::new(AT_ONCE),
    });
    println!("set up after {} s", began.elapsed().as_secs());
    let mut tally = Tally::new(seed, arguments.flip);
    let (stop, stopped) = watch::channel(false);
    let signers = accounts.split_off(accounts.len().saturating_sub(SIGNERS));
    let signing = sign_ins::sign_in(Arc::clone(&around), signers, seed, stopped);
    let signing = tokio::spawn(signing);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut end = signal(SignalKind::terminate())?;
    let first = Round {
        around: &around,
        tenant,
        seed,
        first: 0,
        of: faults.len(),
    };
    let ended = tokio::select! {
        ended = rounds(first, &mut accounts, &faults, &mut tally) => ended,
        _ = interrupt.recv() => Err(anyhow::anyhow!("interrupted")),
        _ = end.recv() => Err(anyhow::anyhow!("interrupted")),
    };
    stop.send_replace(true);
    tally.signed_in(signing.await?);
    around.world.stop();
    let file = target().join("faults.json");
    report::report(&mut tally, &file, began.elapsed().as_secs())?;
    let complaints = tally.complaints();
    if ended.is_err() || !complaints.is_empty() {
        let kept = target().join(format!("faults-{seed}"));
        keep_files(&logs, &kept)?;
        println!("logs, journals and database are kept in {}", kept.display());
    }
    ended?;
    if !complaints.is_empty() {
        bail!("seed {seed}: {}", complaints.join("; "));
    }
    Ok(())
}

async fn rounds(
    mut round: Round<'_>,
    accounts: &mut [accounts::Account],
    faults: &[Fault],
    tally: &mut Tally,
) -> Result<()> {
    for faults in faults.chunks(ROUND) {
        round.run(accounts, faults, tally).await?;
        round.first += faults.len();
    }
    // Once more: nobody's password may be written after it was judged.
    round.look_later(accounts, tally)
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
