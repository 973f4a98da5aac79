//! Rules: shown before they act, and taken back without a trace.

use anyhow::Result;
use writeback_lab::{UserSpec, unique_name};

use crate::{
    sync_setting::Synchronised,
    sync_unit::{Listed, Unit},
};

const CORP: &str = "corp.test";

/// Everything in the cloud's tables that a synchronisation writes.
async fn picture(it: &Synchronised) -> Result<String> {
    let objects = it.seen.objects(CORP).await?;
    let mut people = Vec::new();
    for object in &objects {
        people.push(it.seen.person(object.anchor.bytes()).await?);
    }
    let runs = it.seen.runs("").await?;
    Ok(format!("{objects:?}{people:?}{runs:?}"))
}

#[tokio::test]
async fn a_preview_says_what_would_change_and_changes_nothing() -> Result<()> {
    let home = Unit::new(CORP)?;
    let user = home.user(UserSpec::default())?;
    home.people(2)?;
    let mut it = Synchronised::with(&[&home]).await?;
    // Rules that nobody acts on yet: the cloud is not there.
    it.stage.cloud_process()?.stop()?;
    let rules = "[flows]\nuser_principal_name = [\"sAMAccountName@domain\"]\n\
                 display_name = [\"constant(Siapa Saja)\"]\n";
    let file = it.stage.dir().join("later.toml");
    std::fs::write(&file, rules)?;
    it.sync(&["rules", "set", &file.display().to_string(), "--no-wait"])?;

    let before = picture(&it).await?;
    for name in [&user.upn, &user.dn, &user.sam, &user.guid_text] {
        let shown = it.sync(&["preview", name])?;
        assert!(shown.contains(&user.dn), "{name}: {shown}");
        assert!(shown.contains("Siapa Saja"), "{name}: {shown}");
        assert!(shown.contains(&user.display_name), "{name}: {shown}");
    }
    let nobody = it
        .stage
        .admin_ran(&["sync", "preview", "nobody.at.all@corp.test"])?;
    assert_eq!(nobody.code, 1, "{}{}", nobody.stdout, nobody.stderr);
    assert!(picture(&it).await? == before, "a preview wrote something");

    it.stage.start_cloud()?;
    it.seen
        .until("what was previewed", &user.guid, |it| {
            it.is_some_and(|it| it.attributes.display_name.as_deref() == Some("Siapa Saja"))
        })
        .await?;
    Ok(())
}

async fn is_removed(it: &Synchronised, who: &[Listed]) -> Result<bool> {
    for person in who {
        if it.seen.present(&person.guid).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

#[tokio::test]
async fn a_group_scope_removes_those_outside_and_lifting_it_restores_the_same_people() -> Result<()>
{
    let home = Unit::new(CORP)?;
    let people = home.people(24)?;
    let edit = home.forest.edit()?;
    let (inside, outside) = people.split_at(20);
    let names: Vec<_> = inside.iter().map(|it| it.dn.as_str()).collect();
    let group = edit.create_group(&home.dn, &unique_name("scope"), &names)?;
    let it = Synchronised::with(&[&home]).await?;
    let before = it.seen.everybody(CORP).await?;
    let scope = format!("[forests.\"{CORP}\"]\ngroup_scope = \"{group}\"\n");

    // Four of twenty-four: the guard lets them go, five are always allowed.
    it.set_rules(&scope)?;
    assert!(is_removed(&it, outside).await?);
    for person in inside {
        it.seen.known(&person.guid).await?;
    }
    it.set_rules("")?;
    assert_eq!(it.seen.everybody(CORP).await?, before);
    for person in &people {
        let now = it.seen.known(&person.guid).await?;
        assert_eq!(Some(now.id), before[&person.guid]);
    }
    Ok(())
}

#[tokio::test]
async fn a_group_scope_that_would_remove_many_is_stopped_by_the_guard() -> Result<()> {
    let home = Unit::new(CORP)?;
    let people = home.people(24)?;
    let edit = home.forest.edit()?;
    let names: Vec<_> = people[..12].iter().map(|it| it.dn.as_str()).collect();
    let group = edit.create_group(&home.dn, &unique_name("scope"), &names)?;
    let it = Synchronised::with(&[&home]).await?;
    let file = it.stage.dir().join("scope.toml");
    let scope = format!("[forests.\"{CORP}\"]\ngroup_scope = \"{group}\"\n");
    std::fs::write(&file, scope)?;
    let set = it
        .stage
        .admin_ran(&["sync", "rules", "set", &file.display().to_string()])?;
    assert_eq!(set.code, 3, "{}{}", set.stdout, set.stderr);
    for person in &people {
        it.seen.known(&person.guid).await?;
    }
    assert_eq!(it.seen.staged(CORP).await?.len(), 12);
    it.set_rules("")?;
    assert!(it.seen.staged(CORP).await?.is_empty());
    assert_eq!(it.seen.forest(CORP).await?.guard_stopped_at, None);
    Ok(())
}

/// A group scope whose group is not there must not be taken for an empty one.
#[tokio::test]
async fn a_group_scope_without_its_group_changes_nobody() -> Result<()> {
    let home = Unit::new(CORP)?;
    let people = home.people(4)?;
    let it = Synchronised::with(&[&home]).await?;
    let file = it.stage.dir().join("scope.toml");
    let missing = format!("CN={},{}", unique_name("missing"), home.dn);
    let scope = format!("[forests.\"{CORP}\"]\ngroup_scope = \"{missing}\"\n");
    std::fs::write(&file, scope)?;
    let set = it
        .stage
        .admin_ran(&["sync", "rules", "set", &file.display().to_string()])?;
    assert_eq!(set.code, 1, "{}{}", set.stdout, set.stderr);
    assert!(format!("{}{}", set.stdout, set.stderr).contains(&missing));
    for person in &people {
        let known = it.seen.known(&person.guid).await?;
        assert_eq!(known.removal, None);
    }
    Ok(())
}

/// A filter by an attribute that was never read: the rules themselves have it read.
#[tokio::test]
async fn an_attribute_filter_reads_what_it_needs() -> Result<()> {
    let home = Unit::new(CORP)?;
    home.people(10)?;
    let robot = home.user(UserSpec {
        extra: vec![("employeeType".to_owned(), "Robot".to_owned())],
        ..UserSpec::default()
    })?;
    let it = Synchronised::with(&[&home]).await?;
    let id = it.seen.known(&robot.guid).await?.id;
    it.set_rules(&format!(
        "[forests.\"{CORP}\"]\nfilter = [{{ test = \"not_equals\", attribute = \"employeeType\", \
         value = \"robot\" }}]\n"
    ))?;
    assert_eq!(it.seen.present(&robot.guid).await?, None);
    // A person after all, and that comes by itself.
    home.forest
        .edit()?
        .set(&robot.dn, "employeeType", &["Human"])?;
    assert_eq!(it.seen.until_known(&robot.guid).await?.id, id);
    Ok(())
}
