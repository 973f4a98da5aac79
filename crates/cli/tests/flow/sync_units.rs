//! Organizational units that are renamed and moved while they are what the agent imports.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use writeback_lab::{TestUser, UserSpec, unique_name};
use writeback_model::UserId;

use crate::{
    setting::{is_changed, verified},
    sync_setting::Synchronised,
    sync_unit::{Listed, Unit},
};

const CORP: &str = "corp.test";

type Everybody = BTreeMap<[u8; 16], Option<UserId>>;

/// Nobody is missing, nobody is new, nobody is somebody else, and nobody is to be removed.
async fn is_whole(it: &Synchronised, before: &Everybody) -> Result<()> {
    let now = it.seen.everybody(CORP).await?;
    ensure!(now == *before, "{before:?} became {now:?}");
    let staged = it.seen.staged(CORP).await?;
    ensure!(staged.is_empty(), "{staged:?}");
    for guid in before.keys() {
        it.seen.known(guid).await?;
    }
    Ok(())
}

async fn can_reset(it: &Synchronised, user: &TestUser, password: &str) -> Result<()> {
    let (person, page) = verified(&it.stage, user).await?;
    let page = person.sets_password(&page, password).await?;
    is_changed(it.forest(CORP)?, user, &page, password)
}

#[tokio::test]
async fn renaming_the_unit_that_is_imported_removes_nobody() -> Result<()> {
    let home = Unit::new(CORP)?;
    let deeper = home.within()?;
    home.people(20)?;
    deeper.people(10)?;
    let (user, below) = (
        home.user(UserSpec::default())?,
        deeper.user(UserSpec::default())?,
    );
    let mut it = Synchronised::with(&[&home]).await?;
    let before = it.seen.everybody(CORP).await?;
    assert_eq!(before.len(), 32);

    // While the agent looks on.
    let edit = home.forest.edit()?;
    let renamed = edit.rename(&home.dn, &unique_name("renamed"))?;
    let under = |user: &TestUser| user.dn.replace(&home.dn, &renamed);
    it.seen.until_named(&user.guid, &under(&user)).await?;
    it.seen.until_named(&below.guid, &under(&below)).await?;
    is_whole(&it, &before).await?;
    let newcomer = TestUser {
        dn: under(&user),
        ..user.clone()
    };
    can_reset(&it, &newcomer, "Unit-Baru 1").await?;

    // The agent begins anew, and its configuration has the name from before.
    it.stage.agent_process(0)?.stop()?;
    it.stage.start_agent(0)?;
    it.runs(CORP, "full-cycle", 0)?;
    is_whole(&it, &before).await?;
    can_reset(&it, &below, "Unit-Baru 2").await?;

    // And once more, while it does not look.
    it.stage.agent_process(0)?.stop()?;
    let again = edit.rename(&renamed, &unique_name("again"))?;
    it.stage.start_agent(0)?;
    let dn = user.dn.replace(&home.dn, &again);
    it.seen.until_named(&user.guid, &dn).await?;
    it.runs(CORP, "full-cycle", 0)?;
    is_whole(&it, &before).await?;
    let added = home.forest.create_user(UserSpec {
        ou: Some(again),
        ..UserSpec::default()
    })?;
    it.seen.until_known(&added.guid).await?;
    can_reset(&it, &added, "Unit-Baru 3").await
}

#[tokio::test]
async fn a_unit_that_leaves_the_scope_takes_its_few_people_with_it() -> Result<()> {
    let (home, elsewhere) = (Unit::new(CORP)?, Unit::new(CORP)?);
    let part = home.within()?;
    home.people(30)?;
    let few = part.people(3)?;
    let it = Synchronised::with(&[&home]).await?;
    let before = it.seen.everybody(CORP).await?;
    let moved = home.forest.edit()?.move_below(&part.dn, &elsewhere.dn)?;
    for person in &few {
        it.seen
            .until("a move away", &person.guid, |it| {
                it.is_some_and(|it| it.removed_at.is_some())
            })
            .await?;
    }
    assert_eq!(it.seen.everybody(CORP).await?.len(), 30);
    home.forest.edit()?.move_below(&moved, &home.dn)?;
    for person in &few {
        it.seen.until_known(&person.guid).await?;
    }
    is_whole(&it, &before).await
}

#[tokio::test]
async fn a_unit_that_leaves_the_scope_with_many_is_stopped_by_the_guard() -> Result<()> {
    let (home, elsewhere) = (Unit::new(CORP)?, Unit::new(CORP)?);
    let part = home.within()?;
    home.people(20)?;
    let many = part.people(12)?;
    let it = Synchronised::with(&[&home]).await?;
    let before = it.seen.everybody(CORP).await?;
    let moved = home.forest.edit()?.move_below(&part.dn, &elsewhere.dn)?;
    let is_staged = |person: &Listed| {
        let guid = person.guid;
        let seen = &it.seen;
        async move {
            seen.until("a staged removal", &guid, |it| {
                it.is_some_and(|it| it.removal.is_some())
            })
            .await
        }
    };
    for person in &many {
        is_staged(person).await?;
    }
    it.runs(CORP, "export", 3)?;
    for person in &many {
        it.seen.known(&person.guid).await?;
    }
    home.forest.edit()?.move_below(&moved, &home.dn)?;
    for person in &many {
        it.seen.until_known(&person.guid).await?;
    }
    is_whole(&it, &before).await
}

/// A unit that is not there must not be taken for an empty one.
#[tokio::test]
async fn a_unit_that_was_deleted_stops_the_import_and_removes_nobody() -> Result<()> {
    let (home, other) = (Unit::new(CORP)?, Unit::new(CORP)?);
    home.people(3)?;
    let doomed = other.people(2)?;
    let mut place = crate::sync_setting::place_of(&[&home]);
    let both = format!("include_ous = [\"{}\", \"{}\"]", home.dn, other.dn);
    place.extra_of.insert(CORP.to_owned(), both);
    let mut it = Synchronised::of(vec![place]).await?;
    it.stage.agent_process(0)?.stop()?;
    other.forest.edit()?.delete_tree(&other.dn)?;
    it.stage.start_agent(0)?;
    let said = it.runs(CORP, "full-cycle", 1)?;
    for person in &doomed {
        let known = it.seen.known(&person.guid).await?;
        ensure!(known.removal.is_none(), "{said}");
    }
    Ok(())
}
