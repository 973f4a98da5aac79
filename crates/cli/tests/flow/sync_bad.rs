//! Data as directories have it after twenty years: each is named or works, and nothing else is
//! harmed by it.

use std::time::Duration;

use anyhow::{Result, ensure};
use writeback_lab::{TestUser, UserSpec, unique_name};

use crate::{
    setting::{is_changed, verified},
    sync_setting::Synchronised,
    sync_unit::Unit,
};

const CORP: &str = "corp.test";

/// The account is a person, and its password can be reset.
async fn works(it: &Synchronised, user: &TestUser) -> Result<()> {
    it.seen.until_known(&user.guid).await?;
    let (person, page) = verified(&it.stage, user).await?;
    let page = person.sets_password(&page, "Data-Buruk 1").await?;
    is_changed(it.forest(CORP)?, user, &page, "Data-Buruk 1")
}

/// `sync problems` names the problem and the object.
async fn is_named(it: &Synchronised, user: &TestUser, problem: &str) -> Result<()> {
    it.seen.until_named(&user.guid, &user.dn).await?;
    it.run(CORP, "delta-cycle")?;
    let own = it.seen.problems_of(CORP, &user.guid).await?;
    ensure!(own.contains(&problem), "{} has {own:?}", user.dn);
    let said = it.sync(&["problems", "--forest", CORP])?;
    ensure!(said.contains(problem), "{problem} is not said:\n{said}");
    ensure!(
        said.contains(&user.dn) || said.contains(&user.sam),
        "{} is not named:\n{said}",
        user.dn
    );
    Ok(())
}

async fn stage_with(home: &Unit) -> Result<Synchronised> {
    home.people(2)?;
    Synchronised::with(&[home]).await
}

#[tokio::test]
async fn names_that_are_missing_odd_or_taken() -> Result<()> {
    let home = Unit::new(CORP)?;
    let it = stage_with(&home).await?;
    let edit = home.forest.edit()?;
    let nothing: [&str; 0] = [];

    let without_mail = home.user(UserSpec::default())?;
    edit.set(&without_mail.dn, "mail", &nothing)?;
    works(&it, &without_mail).await?;
    assert!(
        it.seen
            .problems_of(CORP, &without_mail.guid)
            .await?
            .is_empty()
    );

    // What the directory itself takes for the name then.
    let without_upn = home.user(UserSpec::default())?;
    edit.take(&without_upn.dn, "userPrincipalName", &nothing)?;
    it.runs(CORP, "delta-cycle", 0)?;
    let known = it.seen.until_known(&without_upn.guid).await?;
    assert_eq!(known.attributes.user_principal_name, without_upn.upn);

    let long = home.user(UserSpec::default())?;
    let name = format!("{}@{CORP}", "x".repeat(65));
    edit.set(&long.dn, "userPrincipalName", &[&name])?;
    is_named(&it, &long, "upn-too-long").await?;
    edit.set(&long.dn, "userPrincipalName", &[&long.upn])?;
    works(&it, &long).await?;
    assert!(it.seen.problems_of(CORP, &long.guid).await?.is_empty());

    let malformed = home.user(UserSpec::default())?;
    edit.set(&malformed.dn, "userPrincipalName", &["no at sign"])?;
    is_named(&it, &malformed, "upn-malformed").await?;

    // A warning: they are known by that name all the same.
    let elsewhere = home.user(UserSpec::default())?;
    let name = format!("{}@elsewhere.example", elsewhere.sam);
    edit.set(&elsewhere.dn, "userPrincipalName", &[&name])?;
    is_named(&it, &elsewhere, "upn-suffix-not-verified").await?;
    let known = it.seen.until_known(&elsewhere.guid).await?;
    assert_eq!(known.attributes.user_principal_name, name);
    it.set_rules("verified_suffixes = [\"Elsewhere.Example\"]\n")
        .ok();
    assert!(it.seen.problems_of(CORP, &elsewhere.guid).await?.is_empty());
    Ok(())
}

/// Gives two accounts one name: no controller takes it for the second, but two controllers that
/// have not heard of each other's change take one each.
fn at_once_on_two_controllers(home: &Unit, first: &TestUser, second: &TestUser) -> Result<String> {
    home.forest.replicated(Duration::from_secs(60))?;
    let [dc1, dc2] = home.forest.dcs.as_slice() else {
        anyhow::bail!("two domain controllers are needed");
    };
    for _ in 0..10 {
        let name = format!("{}@{CORP}", unique_name("twin"));
        let set = |dc, user: &TestUser| {
            let edit = home.forest.edit_at(dc);
            edit.set(&user.dn, "userPrincipalName", &[&name])
        };
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| set(dc1, first));
            let two = set(dc2, second);
            (one.join(), two)
        });
        if one.is_ok_and(|it| it.is_ok()) && two.is_ok() {
            home.forest.replicated(Duration::from_secs(60))?;
            return Ok(name);
        }
    }
    anyhow::bail!("the controllers hear of each other too quickly")
}

/// What replication makes of two administrators.
#[tokio::test]
async fn two_accounts_with_one_user_principal_name() -> Result<()> {
    let home = Unit::new(CORP)?;
    let it = stage_with(&home).await?;
    let users = [
        home.user(UserSpec::default())?,
        home.user(UserSpec::default())?,
    ];
    for user in &users {
        it.seen.until_known(&user.guid).await?;
    }
    let name = at_once_on_two_controllers(&home, &users[0], &users[1])?;
    it.run(CORP, "delta-cycle")?;
    // Whoever came first has it.
    let has_it = it.seen.known(&users[0].guid).await?;
    let [first, second] = match has_it.attributes.user_principal_name == name {
        true => [&users[0], &users[1]],
        false => [&users[1], &users[0]],
    };
    is_named(&it, second, "duplicate-upn").await?;
    let kept = it.seen.known(&first.guid).await?;
    assert_eq!(kept.attributes.user_principal_name, name);
    // The other one stays as they were.
    let now = it.seen.known(&second.guid).await?;
    assert_eq!(now.attributes.user_principal_name, second.upn);

    let edit = home.forest.edit()?;
    let own = format!("{}@{CORP}", unique_name("own"));
    edit.set(&second.dn, "userPrincipalName", &[&own])?;
    it.seen
        .until("a name of their own", &second.guid, |it| {
            it.is_some_and(|it| it.attributes.user_principal_name == own)
        })
        .await?;
    assert!(it.seen.problems_of(CORP, &second.guid).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn values_that_are_no_text_or_too_large() -> Result<()> {
    let home = Unit::new(CORP)?;
    let it = stage_with(&home).await?;
    let dc = home.forest.first_dc()?.clone();

    let no_text = home.user(UserSpec::default())?;
    dc.set_raw(
        &no_text.dn,
        "mobile",
        &[b"\xff\xfe\x80 no UTF-8".as_slice()],
    )?;
    is_named(&it, &no_text, "attribute").await?;
    let known = it.seen.known(&no_text.guid).await?;
    assert_eq!(known.attributes.mobile, None);
    works(&it, &no_text).await?;

    let large = home.user(UserSpec::default())?;
    let megabyte = "m".repeat(1_000_000);
    home.forest.edit()?.set(
        &large.dn,
        "otherMailbox",
        &[&large.recovery_mail, &megabyte],
    )?;
    is_named(&it, &large, "attribute").await?;
    works(&it, &large).await?;

    // Text that would end a line or a statement is only text.
    let odd = home.user(UserSpec::default())?;
    let text = "Robert'); DROP TABLE users;-- \u{202e}\u{7}\r\n<script>";
    home.forest.edit()?.set(&odd.dn, "displayName", &[text])?;
    it.seen
        .until("odd text", &odd.guid, |it| {
            it.is_some_and(|it| it.attributes.display_name.as_deref() == Some(text))
        })
        .await?;
    works(&it, &odd).await
}

#[tokio::test]
async fn two_accounts_with_one_mail_address_are_two_people() -> Result<()> {
    let home = Unit::new(CORP)?;
    let it = stage_with(&home).await?;
    let (first, second) = (
        home.user(UserSpec::default())?,
        home.user(UserSpec::default())?,
    );
    let shared = format!("{}@{CORP}", unique_name("shared"));
    let edit = home.forest.edit()?;
    edit.set(&first.dn, "mail", &[&shared])?;
    edit.set(&second.dn, "mail", &[&shared])?;
    for user in [&first, &second] {
        it.seen
            .until("the address", &user.guid, |it| {
                it.is_some_and(|it| it.attributes.mail.as_deref() == Some(&shared))
            })
            .await?;
    }
    // Whoever had it first hears of it when everybody is looked at.
    it.runs(CORP, "full-sync", 2)?;
    is_named(&it, &first, "duplicate-mail").await?;
    is_named(&it, &second, "duplicate-mail").await?;
    let (one, two) = (
        it.seen.known(&first.guid).await?,
        it.seen.known(&second.guid).await?,
    );
    assert_ne!(one.id, two.id);
    works(&it, &first).await?;
    works(&it, &second).await
}
