//! An agent that may not replicate: what it cannot see as a change, a full import finds.

use anyhow::{Context as _, Result};
use writeback_lab::UserSpec;
use writeback_stage::{AgentPlace, Options};

use crate::{
    sync_setting::{Synchronised, place_of},
    sync_unit::Unit,
};

const LEGACY: &str = "legacy.test";

fn agent_of(home: &Unit) -> AgentPlace {
    AgentPlace {
        forest_extra: "allow_without_policy_hints = true".to_owned(),
        ..place_of(&[home])
    }
}

#[tokio::test]
async fn without_the_right_changes_come_by_delta_and_deletions_by_a_full_import() -> Result<()> {
    let home = Unit::new(LEGACY)?;
    let people = home.people(3)?;
    let leaves = people.first().context("nobody was made")?;
    let it = Synchronised::of(vec![agent_of(&home)]).await?;
    it.seen.until_known(&leaves.guid).await?;
    assert!(!it.forest(LEGACY)?.agent_replicates);
    let user = home.user(UserSpec::default())?;
    it.seen.until_known(&user.guid).await?;
    let edit = home.forest.edit()?;
    edit.set(&user.dn, "displayName", &["Nama Lain"])?;
    it.seen
        .until("another name", &user.guid, |it| {
            it.is_some_and(|it| it.attributes.display_name.as_deref() == Some("Nama Lain"))
        })
        .await?;
    assert!(!it.seen.forest(LEGACY).await?.sees_deletions);
    let status = it.sync(&["status"])?;
    assert!(status.contains("Replicating Directory Changes"), "{status}");

    // Not the one who has just changed: a change that is read late is not found any more, and
    // so tells a deletion after all.
    edit.delete(&leaves.dn)?;
    it.runs(LEGACY, "delta-cycle", 0)?;
    it.seen.known(&leaves.guid).await?;
    it.runs(LEGACY, "full-cycle", 0)?;
    let gone = it.seen.person(&leaves.guid).await?;
    assert!(gone.is_some_and(|it| it.removed_at.is_some()));
    Ok(())
}

/// What the schedule does without anybody asking: every minute here.
#[tokio::test]
async fn without_the_right_the_schedule_finds_deletions() -> Result<()> {
    let home = Unit::new(LEGACY)?;
    home.people(3)?;
    let user = home.user(UserSpec::default())?;
    let options = Options {
        agents: vec![agent_of(&home)],
        cloud_sync: "delta_every_minutes = 1".to_owned(),
        ..Options::default()
    };
    let it = Synchronised::as_wanted(options).await?;
    it.seen.until_known(&user.guid).await?;
    home.forest.edit()?.delete(&user.dn)?;
    it.seen
        .until("a deletion", &user.guid, |it| {
            it.is_some_and(|it| it.removed_at.is_some())
        })
        .await?;
    let runs = it.seen.runs(LEGACY).await?;
    let by_schedule = |run: &&writeback_store::Run| {
        run.profile == writeback_sync::Profile::FullImport && run.started_by == "schedule"
    };
    assert!(runs.iter().any(|run| by_schedule(&run)), "{runs:#?}");
    Ok(())
}
