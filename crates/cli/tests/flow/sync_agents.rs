//! Several agents of one forest, and agents and clouds that are killed while they import: no
//! object is lost, none is doubled, and nobody becomes somebody else.

use std::{
    collections::BTreeMap,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use writeback_lab::UserSpec;
use writeback_model::{AgentId, UserId};
use writeback_stage::AgentPlace;
use writeback_store::Run;
use writeback_sync::{Profile, RunResult};

use crate::{
    sync_setting::{Synchronised, place_of},
    sync_unit::Unit,
};

const CORP: &str = "corp.test";
const USERS: &str = "(&(objectCategory=person)(objectClass=user))";

/// How many people are imported by the imports that are killed.
const PEOPLE: usize = 400;

/// How soon another agent has to import.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(30);

fn two_places(home: &Unit) -> Vec<AgentPlace> {
    let place = |number: usize| AgentPlace {
        netns: format!("wb-agent{number}"),
        ..place_of(&[home])
    };
    vec![place(1), place(2)]
}

/// Two agents of one unit.
struct Two {
    it: Synchronised,
    /// Agents get identifiers that ascend, in the order in which they enrolled.
    ids: Vec<AgentId>,
}

impl Two {
    async fn of(home: &Unit) -> Result<Self> {
        let it = Synchronised::of(two_places(home)).await?;
        let listed = it.stage.admin(&["agent", "list"])?;
        let mut ids: Vec<AgentId> = listed
            .lines()
            .filter_map(|line| line.split_whitespace().next()?.parse().ok())
            .collect();
        ids.sort_unstable();
        ensure!(ids.len() == 2, "not two agents:\n{listed}");
        Ok(Self { it, ids })
    }

    fn number(&self, agent: Option<AgentId>) -> Result<usize> {
        let agent = agent.context("a run without an agent")?;
        let found = self.ids.iter().position(|id| *id == agent);
        found.context("an agent that nobody enrolled")
    }

    /// The import that is under way, once one of this kind is.
    async fn importing(&self, profile: Profile) -> Result<Run> {
        let began = Instant::now();
        loop {
            let running = self.it.seen.running().await?;
            if let Some(run) = running.into_iter().find(|run| run.profile == profile) {
                return Ok(run);
            }
            ensure!(began.elapsed() < TAKEN_OVER_WITHIN, "no import began");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Asks for a cycle, and does not wait for it.
    fn begin(&self, profile: &str) -> Result<Child> {
        let arguments = ["sync", "run", "--forest", CORP, "--profile", profile];
        let mut command = self.it.stage.admin_command(&arguments);
        Ok(command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?)
    }
}

/// Exactly what `ldapsearch` finds, each with the person from before.
async fn is_exact(
    it: &Synchronised,
    home: &Unit,
    before: &BTreeMap<[u8; 16], Option<UserId>>,
) -> Result<()> {
    let now = it.seen.everybody(CORP).await?;
    let found: Vec<_> = home.list(USERS)?.into_iter().map(|it| it.guid).collect();
    ensure!(now.len() == found.len(), "{} of {}", now.len(), found.len());
    for guid in &found {
        let joined = now.get(guid).context("an object was lost")?;
        let known = it.seen.known(guid).await?;
        ensure!(*joined == Some(known.id) && known.removal.is_none());
        ensure!(known.accounts.len() == 1, "doubled: {:?}", known.accounts);
        if let Some(before) = before.get(guid) {
            ensure!(before == joined, "somebody became somebody else");
        }
    }
    ensure!(it.seen.staged(CORP).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn exactly_one_of_two_agents_imports_and_the_other_takes_over() -> Result<()> {
    let home = Unit::new(CORP)?;
    home.people(5)?;
    let mut two = Two::of(&home).await?;
    for _ in 0..3 {
        let user = home.user(UserSpec::default())?;
        two.it.seen.until_known(&user.guid).await?;
    }
    let runs = two.it.seen.runs(CORP).await?;
    let imports = runs.iter().filter(|run| run.profile.is_import());
    let mut agents: Vec<_> = imports.filter_map(|run| run.agent).collect();
    agents.sort_unstable();
    agents.dedup();
    ensure!(agents.len() == 1, "both import: {agents:?}");

    let dead = two.number(agents.first().copied())?;
    two.it.stage.agent_process(dead)?.kill()?;
    let began = Instant::now();
    let user = home.user(UserSpec::default())?;
    two.it.seen.until_known(&user.guid).await?;
    let took = began.elapsed();
    println!("taken over after {} ms", took.as_millis());
    ensure!(took < TAKEN_OVER_WITHIN, "{took:?}");
    let runs = two.it.seen.runs(CORP).await?;
    let last = runs
        .iter()
        .find(|run| run.profile.is_import() && run.result == RunResult::Success);
    assert_ne!(two.number(last.and_then(|run| run.agent))?, dead);
    Ok(())
}

/// Kills whichever agent imports, ten times, each at a point of its own.
#[tokio::test]
async fn ten_kills_of_the_importing_agent_lose_and_double_nothing() -> Result<()> {
    let seed = rand::random::<u64>();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let home = Unit::new(CORP)?;
    home.people(PEOPLE)?;
    let mut two = Two::of(&home).await?;
    let before = two.it.seen.everybody(CORP).await?;
    assert_eq!(before.len(), PEOPLE);
    let full = two.it.seen.runs(CORP).await?;
    let full = full.iter().find(|run| run.profile == Profile::FullImport);
    let full = full.and_then(|run| Some(run.ended_at?.duration_since(run.began_at)));
    let whole = Duration::try_from(full.context("no full import")?)?;
    for kill in 0..10 {
        let mut asked = two.begin("full-cycle")?;
        let run = two.importing(Profile::FullImport).await?;
        tokio::time::sleep(whole.mul_f64(random.random_range(0.0..1.0))).await;
        let number = two.number(run.agent)?;
        two.it.stage.agent_process(number)?.kill()?;
        // Something happens meanwhile, too.
        let user = home.user(UserSpec::default())?;
        let killed = Instant::now();
        asked.wait()?;
        two.it.seen.until_known(&user.guid).await?;
        println!(
            "kill {kill}: agent {number}, whole again after {} ms",
            killed.elapsed().as_millis()
        );
        ensure!(killed.elapsed() < TAKEN_OVER_WITHIN);
        two.it.stage.start_agent(number)?;
        is_exact(&two.it, &home, &before).await?;
    }
    two.it.runs(CORP, "full-cycle", 0)?;
    is_exact(&two.it, &home, &before).await?;
    let runs = two.it.seen.runs(CORP).await?;
    let interrupted = runs
        .iter()
        .filter(|run| run.result == RunResult::Interrupted);
    println!("{} imports were interrupted", interrupted.count());
    Ok(())
}

/// The only agent is killed, and started anew at once, as systemd does.
#[tokio::test]
async fn an_agent_that_is_back_at_once_imports_anew_at_once() -> Result<()> {
    let home = Unit::new(CORP)?;
    home.people(PEOPLE)?;
    let mut two = Two::of(&home).await?;
    let before = two.it.seen.everybody(CORP).await?;
    two.it.stage.agent_process(1)?.kill()?;
    let mut asked = two.begin("full-cycle")?;
    let run = two.importing(Profile::FullImport).await?;
    let number = two.number(run.agent)?;
    if number == 0 {
        two.it.stage.agent_process(0)?.kill()?;
        two.it.stage.start_agent(0)?;
    }
    let killed = Instant::now();
    asked.wait()?;
    println!("whole again after {} ms", killed.elapsed().as_millis());
    ensure!(
        killed.elapsed() < TAKEN_OVER_WITHIN,
        "{:?}",
        killed.elapsed()
    );
    is_exact(&two.it, &home, &before).await
}

#[tokio::test]
async fn a_cloud_killed_while_it_is_uploaded_to_loses_and_doubles_nothing() -> Result<()> {
    let seed = rand::random::<u64>();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let home = Unit::new(CORP)?;
    home.people(PEOPLE)?;
    let mut two = Two::of(&home).await?;
    let before = two.it.seen.everybody(CORP).await?;
    for _ in 0..5 {
        let mut asked = two.begin("full-cycle")?;
        two.importing(Profile::FullImport).await?;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..250))).await;
        two.it.stage.cloud_process()?.kill()?;
        let user = home.user(UserSpec::default())?;
        two.it.stage.start_cloud()?;
        two.it.seen.until_known(&user.guid).await?;
        asked.wait()?;
        two.it.runs(CORP, "full-cycle", 0)?;
        is_exact(&two.it, &home, &before).await?;
    }
    Ok(())
}
