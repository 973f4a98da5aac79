//! The deletion guard: an accident in the directory removes nobody until a person has said so.

use anyhow::Result;
use writeback_lab::UserSpec;

use crate::{
    sync_seen::ARRIVES_WITHIN,
    sync_setting::Synchronised,
    sync_unit::{Listed, Unit},
};

const PEOPLE: usize = 60;
const CORP: &str = "corp.test";

/// Sixty people, of whom the agent did not see some being deleted one after the other, but all
/// at once, as after an accident.
async fn deleted_at_once(it: &mut Synchronised, home: &Unit, who: &[Listed]) -> Result<()> {
    it.stage.agent_process(0)?.stop()?;
    for person in who {
        home.forest.edit()?.delete(&person.dn)?;
    }
    it.stage.start_agent(0)?;
    until_guard_waits(it).await
}

async fn until_guard_waits(it: &Synchronised) -> Result<()> {
    let began = std::time::Instant::now();
    while it.seen.forest(CORP).await?.guard_stopped_at.is_none() {
        anyhow::ensure!(
            began.elapsed() < ARRIVES_WITHIN,
            "the guard did not stop: {:#?}",
            it.seen.runs(CORP).await?.first()
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn are_present(it: &Synchronised, who: &[Listed]) -> Result<usize> {
    let mut count = 0;
    for person in who {
        count += usize::from(it.seen.present(&person.guid).await?.is_some());
    }
    Ok(count)
}

#[tokio::test]
async fn a_tenth_that_vanishes_is_kept_until_a_person_approves() -> Result<()> {
    let home = Unit::new(CORP)?;
    let people = home.people(PEOPLE)?;
    let mut it = Synchronised::with(&[&home]).await?;
    let (gone, stay) = people.split_at(PEOPLE / 10);
    deleted_at_once(&mut it, &home, gone).await?;

    assert_eq!(
        are_present(&it, &people).await?,
        PEOPLE,
        "somebody was removed"
    );
    let said = it.runs(CORP, "export", 3)?;
    assert_eq!(are_present(&it, &people).await?, PEOPLE, "{said}");
    let status = it.sync(&["status"])?;
    assert!(
        status.contains("approve") || status.contains("guard"),
        "{status}"
    );
    let removals = it.sync(&["removals", CORP])?;
    for person in gone {
        let name = it
            .seen
            .known(&person.guid)
            .await?
            .attributes
            .user_principal_name;
        assert!(removals.contains(&name), "{name} is missing:\n{removals}");
    }
    assert_eq!(it.seen.staged(CORP).await?.len(), gone.len());

    it.sync(&["approve", CORP, "--yes"])?;
    for person in gone {
        it.seen
            .until("a removal", &person.guid, |it| {
                it.is_some_and(|it| it.removed_at.is_some())
            })
            .await?;
    }
    assert_eq!(are_present(&it, stay).await?, stay.len());
    assert!(it.seen.staged(CORP).await?.is_empty());
    assert_eq!(it.seen.forest(CORP).await?.guard_stopped_at, None);
    // Approving was for those: the next accident is stopped as well.
    let (gone, _) = stay.split_at(6);
    deleted_at_once(&mut it, &home, gone).await?;
    assert_eq!(are_present(&it, stay).await?, stay.len());
    Ok(())
}

#[tokio::test]
async fn those_who_come_back_before_the_approval_are_not_removed() -> Result<()> {
    let home = Unit::new(CORP)?;
    let people = home.people(PEOPLE)?;
    let returning = [
        home.user(UserSpec::default())?,
        home.user(UserSpec::default())?,
    ];
    let mut it = Synchronised::with(&[&home]).await?;
    let mut gone = people[..7].to_vec();
    gone.extend(returning.iter().map(|user| Listed {
        dn: user.dn.clone(),
        guid: user.guid,
    }));
    let before = it.seen.known(&returning[0].guid).await?.id;
    deleted_at_once(&mut it, &home, &gone).await?;
    for user in &returning {
        home.forest.edit()?.restore_user(user)?;
    }
    for user in &returning {
        let back = it.seen.until_known(&user.guid).await?;
        assert_eq!(back.removal, None);
    }
    assert_eq!(it.seen.known(&returning[0].guid).await?.id, before);
    assert_eq!(it.seen.staged(CORP).await?.len(), 7);
    it.sync(&["approve", CORP, "--yes"])?;
    for person in &people[..7] {
        it.seen
            .until("a removal", &person.guid, |it| {
                it.is_some_and(|it| it.removed_at.is_some())
            })
            .await?;
    }
    for user in &returning {
        it.seen.known(&user.guid).await?;
    }
    Ok(())
}

/// Changes are known within seconds, so an accident comes in many small runs. Counted over a
/// day it is stopped all the same.
#[tokio::test]
async fn an_accident_that_comes_one_by_one_is_stopped_too() -> Result<()> {
    let home = Unit::new(CORP)?;
    let people = home.people(PEOPLE)?;
    let it = Synchronised::with(&[&home]).await?;
    for person in &people[..8] {
        home.forest.edit()?.delete(&person.dn)?;
        it.seen
            .until("a deletion", &person.guid, |it| {
                it.is_some_and(|it| it.removal.is_some() || it.removed_at.is_some())
            })
            .await?;
    }
    until_guard_waits(&it).await?;
    let removed = PEOPLE - are_present(&it, &people).await?;
    assert_eq!(removed, 5, "the first five are always allowed, and no more");
    assert_eq!(it.seen.staged(CORP).await?.len(), 3);
    Ok(())
}
