//! Domain controllers that die under an import, are away for long, or have a wrong clock.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::{Lab, UserSpec};
use writeback_sync::{Profile, RunResult};

use crate::{
    setting::{is_changed, verified},
    sync_controllers::{DC2, reads_dc2},
    sync_setting::{Synchronised, place_of},
    sync_unit::Unit,
};

const CORP: &str = "corp.test";
const FABRIKAM: &str = "fabrikam.test";

/// A unit in a lab that the test disturbs; its domain controllers are put right afterwards.
struct Disturbed {
    home: Unit,
    _exclusive: writeback_lab::Guard,
}

impl Disturbed {
    fn of(domain: &str) -> Result<Self> {
        let lab = Lab::require()?;
        let exclusive = lab.exclusive()?;
        Ok(Self {
            home: Unit::disturbed(lab.forest(domain)?)?,
            _exclusive: exclusive,
        })
    }
}

impl Drop for Disturbed {
    fn drop(&mut self) {
        for dc in &self.home.forest.dcs {
            if let Err(error) = dc.heal() {
                eprintln!("{} could not be put right: {error:#}", dc.name);
            }
        }
    }
}

fn begin(it: &Synchronised, profile: &str) -> Result<Child> {
    let arguments = ["sync", "run", "--forest", CORP, "--profile", profile];
    let mut command = it.stage.admin_command(&arguments);
    Ok(command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?)
}

async fn until_importing(it: &Synchronised) -> Result<()> {
    let began = Instant::now();
    loop {
        let running = it.seen.running().await?;
        if running.iter().any(|run| run.profile == Profile::FullImport) {
            return Ok(());
        }
        ensure!(began.elapsed() < Duration::from_secs(30), "no import began");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Death {
    Stopped,
    Frozen,
    CutOff,
}

/// The controller that is read dies in the middle of an import: the import fails or goes on
/// elsewhere, and everybody is there afterwards as before.
async fn dies_under_an_import(death: Death) -> Result<()> {
    let it = Disturbed::of(CORP)?;
    it.home.people(400)?;
    it.home.forest.replicated(Duration::from_secs(60))?;
    let sync = Synchronised::disturbed(vec![reads_dc2(&it.home)]).await?;
    let before = sync.seen.everybody(CORP).await?;
    assert_eq!(before.len(), 400);
    let dc = it
        .home
        .forest
        .dcs
        .iter()
        .find(|dc| dc.fqdn == DC2)
        .context("dc2")?;
    for milliseconds in [0, 20, 60] {
        let mut asked = begin(&sync, "full-cycle")?;
        until_importing(&sync).await?;
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        match death {
            Death::Stopped => dc.stop()?,
            Death::Frozen => dc.pause()?,
            Death::CutOff => dc.cut()?,
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let meanwhile = sync.seen.everybody(CORP).await?;
        ensure!(meanwhile == before, "lost while the controller was away");
        dc.heal()?;
        asked.wait()?;
        let user = it.home.user(UserSpec::default())?;
        it.home.forest.replicated(Duration::from_secs(60))?;
        sync.seen.until_known(&user.guid).await?;
        it.home.forest.delete_user(&user)?;
        it.home.forest.replicated(Duration::from_secs(60))?;
        sync.seen
            .until("a deletion", &user.guid, |it| {
                it.is_some_and(|it| it.removed_at.is_some())
            })
            .await?;
        ensure!(sync.seen.everybody(CORP).await? == before, "not as before");
        ensure!(sync.seen.staged(CORP).await?.is_empty());
    }
    sync.runs(CORP, "full-cycle", 0)?;
    ensure!(sync.seen.everybody(CORP).await? == before);
    let runs = sync.seen.runs(CORP).await?;
    let failed = |run: &&writeback_store::Run| {
        matches!(run.result, RunResult::Failed | RunResult::Interrupted)
    };
    for run in runs.iter().filter(failed) {
        println!("{}: {}", run.profile.name(), run.detail);
        assert!(!run.detail.is_empty(), "a failure without its reason");
    }
    Ok(())
}

#[tokio::test]
async fn a_controller_that_stops_under_an_import_loses_nobody() -> Result<()> {
    dies_under_an_import(Death::Stopped).await
}

#[tokio::test]
async fn a_controller_that_freezes_under_an_import_loses_nobody() -> Result<()> {
    dies_under_an_import(Death::Frozen).await
}

#[tokio::test]
async fn a_controller_that_is_cut_off_under_an_import_loses_nobody() -> Result<()> {
    dies_under_an_import(Death::CutOff).await
}

/// The preferred controller is away: imports read another one, with the cookie of the first, and
/// come back to it.
#[tokio::test]
async fn another_controller_is_read_while_the_preferred_one_is_away() -> Result<()> {
    let it = Disturbed::of(CORP)?;
    it.home.people(2)?;
    it.home.forest.replicated(Duration::from_secs(60))?;
    let mut place = reads_dc2(&it.home);
    let first = format!(
        "preferred_controllers = [\"{DC2}\"]\n{}",
        it.home.included()
    );
    place.extra_of.insert(CORP.to_owned(), first);
    let sync = Synchronised::disturbed(vec![place]).await?;
    let before = sync.seen.everybody(CORP).await?;
    let dc2 = it.home.forest.dcs.iter().find(|dc| dc.fqdn == DC2);
    let dc2 = dc2.context("dc2")?;
    dc2.stop()?;
    let user = it.home.user(UserSpec::default())?;
    sync.seen.until_known(&user.guid).await?;
    it.home.forest.delete_user(&user)?;
    sync.seen
        .until("a deletion", &user.guid, |it| {
            it.is_some_and(|it| it.removed_at.is_some())
        })
        .await?;
    let runs = sync.seen.runs(CORP).await?;
    let read = runs
        .iter()
        .find(|run| run.profile == Profile::DeltaImport && run.result == RunResult::Success);
    assert_eq!(
        read.context("no delta import")?.controllers,
        ["dc1.corp.test"]
    );
    dc2.start()?;
    it.home.forest.replicated(Duration::from_secs(60))?;
    let user = it.home.user(UserSpec::default())?;
    sync.seen.until_known(&user.guid).await?;
    let mut after = sync.seen.everybody(CORP).await?;
    after.remove(&user.guid);
    assert_eq!(after, before);
    Ok(())
}

/// Two hours ahead, and two hours behind: what counts is what changed, not when.
#[tokio::test]
async fn a_controller_whose_clock_is_wrong_is_imported_from() -> Result<()> {
    for seconds in [7_200, -7_200] {
        let it = Disturbed::of(FABRIKAM)?;
        it.home.people(3)?;
        let sync = Synchronised::disturbed(vec![place_of(&[&it.home])]).await?;
        let before = sync.seen.everybody(FABRIKAM).await?;
        let dc = it.home.forest.first_dc()?;
        dc.stop()?;
        dc.start_with_clock_offset(seconds)?;
        let user = it.home.user(UserSpec::default())?;
        sync.seen.until_known(&user.guid).await?;
        let (person, page) = verified(&sync.stage, &user).await?;
        let page = person.sets_password(&page, "Jam-Salah 1").await?;
        is_changed(&it.home.forest, &user, &page, "Jam-Salah 1")?;
        it.home.forest.delete_user(&user)?;
        sync.seen
            .until("a deletion", &user.guid, |it| {
                it.is_some_and(|it| it.removed_at.is_some())
            })
            .await?;
        sync.runs(FABRIKAM, "full-cycle", 0)?;
        assert_eq!(sync.seen.everybody(FABRIKAM).await?, before);
        drop(sync);
        // What was written keeps its wrong times.
        it.home.forest.restore_snapshot()?;
    }
    Ok(())
}
