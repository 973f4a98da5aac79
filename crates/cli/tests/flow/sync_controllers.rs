//! Which domain controller is read and which is written to, and one that dies under an import.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::{Lab, UserSpec};
use writeback_stage::AgentPlace;
use writeback_sync::{Profile, RunResult};

use crate::{
    setting::{is_changed, verified},
    sync_setting::{Synchronised, place_of},
    sync_unit::Unit,
};

const CORP: &str = "corp.test";
const DC2: &str = "dc2.corp.test";

/// Reads `dc2` and no other, which is not the PDC emulator.
fn reads_dc2(home: &Unit) -> AgentPlace {
    let dc2 = format!("preferred_controllers = [\"{DC2}\"]\nonly_preferred = true");
    let mut place = place_of(&[home]);
    place
        .extra_of
        .insert(CORP.to_owned(), format!("{dc2}\n{}", home.included()));
    place
}

#[tokio::test]
async fn imports_read_the_preferred_controller_and_passwords_go_to_the_pdc_emulator() -> Result<()>
{
    let home = Unit::new(CORP)?;
    let user = home.user(UserSpec::default())?;
    home.forest.replicated(Duration::from_secs(60))?;
    let it = Synchronised::of(vec![reads_dc2(&home)]).await?;
    it.runs(CORP, "full-cycle", 0)?;
    // Made on dc1, and told by dc2 once it has come there.
    let later = home.user(UserSpec::default())?;
    it.seen.until_known(&later.guid).await?;
    it.runs(CORP, "delta-cycle", 0)?;

    let history = it.sync(&["history", "--json", "--last", "100"])?;
    let history: Vec<serde_json::Value> = serde_json::from_str(&history)?;
    let imports: Vec<_> = history
        .iter()
        .filter(|run| run["result"] == "success")
        .filter(|run| run["profile"] == "full-import" || run["profile"] == "delta-import")
        .collect();
    assert!(imports.len() >= 2, "{history:#?}");
    for run in imports {
        assert_eq!(run["controllers"], serde_json::json!([DC2]), "{run:#}");
    }

    for (user, password) in [(&user, "Ke-Emulator 1"), (&later, "Ke-Emulator 2")] {
        let (person, page) = verified(&it.stage, user).await?;
        let page = person.sets_password(&page, password).await?;
        // Held against the PDC emulator at once: a write elsewhere would not be there yet.
        is_changed(it.forest(CORP)?, user, &page, password)?;
        let written = it.seen.written_by(&it.stage).await?;
        assert_eq!(written.as_deref(), Some("dc1.corp.test"));
    }
    Ok(())
}

/// Stops a domain controller while an import reads from it, and puts it right afterwards.
struct Disturbed {
    home: Unit,
    _exclusive: writeback_lab::Guard,
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
    let lab = Lab::require()?;
    let exclusive = lab.exclusive()?;
    let it = Disturbed {
        home: Unit::disturbed(lab.forest(CORP)?)?,
        _exclusive: exclusive,
    };
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
        sync.seen.until_known(&user.guid).await?;
        it.home.forest.delete_user(&user)?;
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
