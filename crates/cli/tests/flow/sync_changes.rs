//! Changes in two directories, seen in the cloud: each arrives, and how long it took is printed.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use writeback_lab::{TestUser, UserSpec, unique_name};
use writeback_model::UserId;
use writeback_sync::Person;

use crate::{
    sync_setting::{Synchronised, place_of},
    sync_unit::Unit,
};

/// How many people of each forest live through every change.
const LIVES: usize = 3;

/// One hundred of a hundred: this test removes more than it leaves.
const UNGUARDED: &str = "[guard]\ncount = 500\npercent = 100\nalways = 5\n";

/// How long each kind of change took from the domain controller's answer to the cloud's.
#[derive(Default)]
struct Delays(BTreeMap<&'static str, Vec<Duration>>);

impl Delays {
    fn note(&mut self, kind: &'static str, took: Duration) {
        self.0.entry(kind).or_default().push(took);
    }

    fn print(&self) {
        let line = |name: &str, of: &[Duration]| {
            let mut of = of.to_vec();
            of.sort_unstable();
            let at = |percent: usize| {
                let index = (of.len() * percent).div_ceil(100).max(1) - 1;
                of.get(index).map_or(0, Duration::as_millis)
            };
            println!(
                "{name:24} {:>5} {:>8} {:>8} {:>8}",
                of.len(),
                at(50),
                at(95),
                at(100)
            );
        };
        println!(
            "{:24} {:>5} {:>8} {:>8} {:>8}",
            "CHANGE", "COUNT", "P50 ms", "P95 ms", "MAX ms"
        );
        for (name, of) in &self.0 {
            line(name, of);
        }
        let all: Vec<_> = self.0.values().flatten().copied().collect();
        line("all", &all);
    }

    fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

fn is_here(person: Option<&Person>) -> bool {
    person.is_some_and(|it| it.removed_at.is_none() && it.removal.is_none())
}

fn is_away(person: Option<&Person>) -> bool {
    person.is_some_and(|it| it.removed_at.is_some())
}

/// One person's life, change by change.
async fn live(
    it: &Synchronised,
    delays: &mut Delays,
    home: &Unit,
    within: &Unit,
    outside: &Unit,
) -> Result<()> {
    let (seen, edit) = (&it.seen, home.forest.edit()?);
    let user = home.user(UserSpec::default())?;
    let guid = &user.guid;
    delays.note("add", seen.until("a new user", guid, is_here).await?);
    let id = seen.known(guid).await?.id;

    let moved = edit.move_below(&user.dn, &within.dn)?;
    delays.note(
        "move within the scope",
        seen.until_named(guid, &moved).await?,
    );
    let gone = edit.move_below(&moved, &outside.dn)?;
    delays.note(
        "move out of the scope",
        seen.until("the move away", guid, is_away).await?,
    );
    let back = edit.move_below(&gone, &home.dn)?;
    delays.note(
        "move back",
        seen.until("the move back", guid, is_here).await?,
    );
    seen.until_named(guid, &back).await?;
    same(it, &user, id).await?;

    let renamed = edit.rename(&back, &unique_name("renamed"))?;
    delays.note("rename", seen.until_named(guid, &renamed).await?);
    let display = unique_name("Another");
    edit.set(&renamed, "displayName", &[&display])?;
    let shows = |it: Option<&Person>| {
        it.is_some_and(|it| it.attributes.display_name.as_deref() == Some(&display))
    };
    delays.note(
        "another display name",
        seen.until("the name", guid, shows).await?,
    );
    edit.disable(&renamed)?;
    let is_off = |it: Option<&Person>| it.is_some_and(|it| !it.attributes.enabled);
    delays.note("disable", seen.until("the disabling", guid, is_off).await?);
    edit.enable(&renamed)?;
    let is_on = |it: Option<&Person>| it.is_some_and(|it| it.attributes.enabled);
    delays.note("enable", seen.until("the enabling", guid, is_on).await?);

    edit.delete(&renamed)?;
    delays.note("delete", seen.until("the deletion", guid, is_away).await?);
    edit.restore_user(&user)?;
    delays.note("restore", seen.until("the restoring", guid, is_here).await?);
    same(it, &user, id).await
}

/// Whatever happened, it is the same person for the cloud.
async fn same(it: &Synchronised, user: &TestUser, id: UserId) -> Result<()> {
    let now = it.seen.known(&user.guid).await?;
    assert_eq!(now.id, id, "{} came back as somebody else", user.upn);
    assert_eq!(now.attributes.user_principal_name, user.upn);
    assert_eq!(now.attributes.mail.as_deref(), Some(user.mail.as_str()));
    Ok(())
}

#[tokio::test]
async fn every_change_in_two_directories_arrives() -> Result<()> {
    let mut units = Vec::new();
    for name in ["corp.test", "fabrikam.test"] {
        let home = Unit::new(name)?;
        let within = home.within()?;
        units.push((within, Unit::new(name)?, home));
    }
    // Nothing is imported before there is anything.
    for (_, _, home) in &units {
        home.people(1)?;
    }
    let places = units.iter().enumerate().map(|(number, (_, _, home))| {
        let mut place = place_of(&[home]);
        place.netns = format!("wb-agent{}", number + 1);
        place
    });
    let it = Synchronised::of(places.collect()).await?;
    it.set_rules(UNGUARDED)?;
    let mut delays = Delays::default();
    for _ in 0..LIVES {
        for (within, outside, home) in &units {
            live(&it, &mut delays, home, within, outside).await?;
        }
    }
    delays.print();
    assert!(delays.count() >= 40);
    Ok(())
}
