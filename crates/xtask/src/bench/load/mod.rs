//! Many people at once, while two agents are restarted in turn.
//!
//! Each person walks all of the reset's pages, in a browser of their own each time, waits a while
//! and comes again. Nobody may be told anything but *changed*: every password is a good one and
//! one agent is always there. What people were told is held against the cloud's rows and audit
//! trail, the mails, and how often the domain controller wrote the passwords.

mod memory;
mod person;
mod records;
mod report;
mod restarts;
mod tally;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tokio::task::JoinSet;
use writeback_lab::{Lab, TestUser};
use writeback_stage::{AgentPlace, Options, Stage};

use self::{
    memory::Memory,
    person::Visitor,
    records::Records,
    report::Figures,
    tally::{End, Tally},
};
use super::LoadArguments;
use crate::faults::{Mails, users};

const FOREST: &str = "corp.test";

/// Two, so that one is there while the other is restarted.
const AGENT_HOSTS: [&str; 2] = ["wb-agent1", "wb-agent2"];

/// What all share.
struct Crowd {
    stage: Mutex<Stage>,
    mails: Mails,
    /// When nobody begins anew.
    until: Instant,
    pause: Duration,
}

impl Crowd {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        // Plain data stays usable after a panic.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) async fn measure(binary: &Path, arguments: &LoadArguments) -> Result<()> {
    let lab = Lab::require()?;
    let _calm = lab.calm()?;
    let forest = lab.forest(FOREST)?.clone();
    println!("making {} users, a cloud and two agents", arguments.people);
    let accounts = users(&forest, usize::try_from(arguments.people)?)?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::set(lab, binary, options(folder.path())).await?;
    stage.import(FOREST)?;
    let records = Records::new(&stage, forest, &accounts)?;
    let lasting = Duration::from_secs(u64::from(arguments.minutes) * 60);
    let crowd = Arc::new(Crowd {
        stage: Mutex::new(stage),
        mails: Mails::new(folder.path()),
        until: Instant::now() + lasting,
        pause: Duration::from_secs(arguments.pause),
    });
    println!("{} people for {lasting:?}", arguments.people);
    let restarting = tokio::spawn(restarts::in_turn(Arc::clone(&crowd)));
    let watching = tokio::spawn(Memory::watch(Arc::clone(&crowd)));
    let saying = tokio::spawn(say_how_far(Arc::clone(&crowd), lasting));
    let tally = walk(&crowd, &accounts).await?;
    saying.abort();
    let restarts = restarting.await??;
    let memory = watching.await??;
    let recorded = records.read(&crowd, &accounts).await?;
    let figures = Figures::of(arguments, &tally, &restarts, &memory, recorded);
    report::report(&figures)?;
    let complaints = figures.complaints();
    if !complaints.is_empty() {
        bail!("{}", complaints.join("; "));
    }
    Ok(())
}

/// Everybody's resets, until the time is over and the last one has ended.
async fn walk(crowd: &Arc<Crowd>, accounts: &[TestUser]) -> Result<Tally> {
    let mut people = JoinSet::new();
    for (number, account) in accounts.iter().enumerate() {
        let visitor = Visitor::new(Arc::clone(crowd), account.clone(), number);
        people.spawn(visitor.resets());
    }
    let mut tally = Tally::default();
    while let Some(resets) = people.join_next().await {
        tally
            .resets
            .extend(resets.context("a person's walk broke")?);
    }
    for reset in &tally.resets {
        if let End::Failed(why) = &reset.end {
            println!("  failed: {why}");
        }
    }
    Ok(tally)
}

async fn say_how_far(crowd: Arc<Crowd>, lasting: Duration) {
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let left = crowd.until.saturating_duration_since(Instant::now());
        println!(
            "  {} s of {} s",
            (lasting - left).as_secs(),
            lasting.as_secs()
        );
    }
}

fn options(mails: &Path) -> Options {
    let place = |netns: &str| AgentPlace {
        netns: netns.to_owned(),
        ..AgentPlace::corp()
    };
    Options {
        agents: AGENT_HOSTS.map(place).to_vec(),
        // As an operator would run it.
        log: "info".to_owned(),
        mail_folder: Some(mails.to_owned()),
        cloud_limits: "passwords_per_user = 100000\n".to_owned(),
        ..Options::default()
    }
}
