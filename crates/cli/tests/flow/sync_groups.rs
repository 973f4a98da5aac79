//! Groups as a scope: nested, in a circle, and with thousands of members.

use std::collections::BTreeSet;

use anyhow::Result;
use writeback_lab::{UserSpec, unique_name};

use crate::{
    sync_setting::Synchronised,
    sync_unit::{Listed, Unit},
};

const CORP: &str = "corp.test";
const FABRIKAM: &str = "fabrikam.test";

fn scope(forest: &str, group: &str) -> String {
    format!(
        "[guard]\npercent = 100\ncount = 5000\n[forests.\"{forest}\"]\ngroup_scope = \"{group}\"\n"
    )
}

fn names(of: &[Listed]) -> Vec<&str> {
    of.iter().map(|it| it.dn.as_str()).collect()
}

async fn present(it: &Synchronised, of: &[Listed]) -> Result<BTreeSet<[u8; 16]>> {
    let mut found = BTreeSet::new();
    for person in of {
        if it.seen.present(&person.guid).await?.is_some() {
            found.insert(person.guid);
        }
    }
    Ok(found)
}

fn guids(of: &[Listed]) -> BTreeSet<[u8; 16]> {
    of.iter().map(|it| it.guid).collect()
}

#[tokio::test]
async fn groups_in_groups_and_in_a_circle_are_a_scope() -> Result<()> {
    let home = Unit::new(CORP)?;
    let people = home.people(12)?;
    let edit = home.forest.edit()?;
    // outer: 0..3 and inner; inner: 3..6 and itself and outer.
    let inner = edit.create_group(&home.dn, &unique_name("inner"), &names(&people[3..6]))?;
    let outer = edit.create_group(&home.dn, &unique_name("outer"), &names(&people[..3]))?;
    edit.add_members(&outer, &[&inner])?;
    edit.add_members(&inner, &[&inner, &outer])?;
    let it = Synchronised::with(&[&home]).await?;
    it.set_rules(&scope(CORP, &outer))?;
    assert_eq!(present(&it, &people).await?, guids(&people[..6]));

    // Who joins a group within is known, who leaves it is removed; by themselves.
    edit.add_members(&inner, &names(&people[6..8]))?;
    for person in &people[6..8] {
        it.seen.until_known(&person.guid).await?;
    }
    edit.remove_members(&inner, &names(&people[3..4]))?;
    it.seen
        .until("a removal", &people[3].guid, |it| {
            it.is_some_and(|it| it.removed_at.is_some())
        })
        .await?;
    // A new person who is in it from the beginning.
    let user = home.user(UserSpec::default())?;
    edit.add_members(&inner, &[&user.dn])?;
    it.seen.until_known(&user.guid).await?;
    // The circle ends: whoever was in it through the inner group only is out.
    edit.remove_members(&outer, &[&inner])?;
    it.seen
        .until("a removal", &user.guid, |it| {
            it.is_some_and(|it| it.removed_at.is_some())
        })
        .await?;
    assert_eq!(present(&it, &people).await?, guids(&people[..3]));
    let shown = it.sync(&["preview", &user.upn])?;
    assert!(shown.contains("group"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_group_of_thousands_is_a_scope() -> Result<()> {
    // Where no second domain controller has to follow.
    let home = Unit::new(FABRIKAM)?;
    let people = home.people(3_510)?;
    let (inside, outside) = people.split_at(3_500);
    let group = home
        .forest
        .edit()?
        .create_group(&home.dn, &unique_name("all"), &names(inside))?;
    let it = Synchronised::with(&[&home]).await?;
    it.set_rules(&scope(FABRIKAM, &group))?;
    assert_eq!(present(&it, &people).await?, guids(inside));
    home.forest
        .edit()?
        .add_members(&group, &names(&outside[..1]))?;
    it.seen.until_known(&outside[0].guid).await?;
    home.forest
        .edit()?
        .remove_members(&group, &names(&inside[3_499..]))?;
    it.seen
        .until("a removal", &inside[3_499].guid, |it| {
            it.is_some_and(|it| it.removed_at.is_some())
        })
        .await?;
    Ok(())
}
