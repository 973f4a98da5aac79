//! People of the cloud alone, and accounts that turn out to be theirs.

use anyhow::Result;
use writeback_lab::{UserSpec, unique_name};
use writeback_sync::Origin;

use crate::{
    setting::{is_changed, verified},
    sync_setting::Synchronised,
    sync_unit::Unit,
};

const CORP: &str = "corp.test";

/// A name for an account that does not exist yet.
fn new_sam() -> String {
    unique_name("m").chars().take(18).collect()
}

fn account(sam: &str) -> UserSpec {
    UserSpec {
        sam: Some(sam.to_owned()),
        ..UserSpec::default()
    }
}

#[tokio::test]
async fn a_person_of_the_cloud_is_matched_by_user_principal_name_or_mail() -> Result<()> {
    let home = Unit::new(CORP)?;
    home.people(2)?;
    let it = Synchronised::with(&[&home]).await?;
    let (by_upn, by_mail) = (new_sam(), new_sam());
    let upn = format!("{by_upn}@{CORP}");
    let other_upn = format!("{by_mail}@elsewhere.example");
    let mail = format!("{by_mail}@{CORP}");
    let create = |name: &str, mail: Option<&str>| {
        let mut arguments = vec!["user", "create", "--name", name];
        arguments.extend(mail.iter().flat_map(|mail| ["--mail", mail]));
        it.stage.admin(&arguments)
    };
    let made = create(&upn, None)?;
    let made_too = create(&other_upn, Some(&mail))?;
    for (sam, said) in [(&by_upn, &made), (&by_mail, &made_too)] {
        let user = home.user(account(sam))?;
        let person = it.seen.until_known(&user.guid).await?;
        assert_eq!(person.origin, Origin::Synchronised);
        assert!(said.contains(&person.id.to_string()), "{said}: {person:?}");
        assert_eq!(person.attributes.user_principal_name, user.upn);
        let (browser, page) = verified(&it.stage, &user).await?;
        let page = browser.sets_password(&page, "Cocok-Sekali 1").await?;
        is_changed(&home.forest, &user, &page, "Cocok-Sekali 1")?;
    }
    Ok(())
}

#[tokio::test]
async fn an_administrator_of_the_cloud_is_never_matched() -> Result<()> {
    let home = Unit::new(CORP)?;
    home.people(2)?;
    let it = Synchronised::with(&[&home]).await?;
    let sam = new_sam();
    let name = format!("{sam}@{CORP}");
    let made = it
        .stage
        .admin(&["user", "create", "--name", &name, "--administrator"])?;
    let user = home.user(account(&sam))?;
    it.seen.until_named(&user.guid, &user.dn).await?;
    it.runs(CORP, "delta-cycle", 2)?;
    assert_eq!(it.seen.person(&user.guid).await?, None);
    let problems = it.seen.problems_of(CORP, &user.guid).await?;
    assert_eq!(problems, ["matches-an-administrator"]);
    let problems = it.sync(&["problems"])?;
    assert!(
        problems.contains(&user.dn) || problems.contains(&sam),
        "{problems}"
    );
    let shown = it.stage.admin(&["user", "show", &name])?;
    let id = made.split(['(', ')']).nth(1).unwrap_or_default();
    assert!(
        shown.contains(id) && shown.contains("the cloud alone"),
        "{shown}"
    );
    let why = it.sync(&["preview", &name])?;
    assert!(why.contains("administrator"), "{why}");

    // The account gets a name of its own: it becomes a person then.
    let own = format!("{}@{CORP}", new_sam());
    home.forest
        .edit()?
        .set(&user.dn, "userPrincipalName", &[&own])?;
    home.forest.edit()?.set(&user.dn, "mail", &[&own])?;
    let person = it.seen.until_known(&user.guid).await?;
    assert!(!made.contains(&person.id.to_string()));
    Ok(())
}

#[tokio::test]
async fn with_the_matcher_off_nobody_is_matched_and_it_is_said() -> Result<()> {
    let home = Unit::new(CORP)?;
    home.people(2)?;
    let it = Synchronised::with(&[&home]).await?;
    it.set_rules("[matchers]\nsoft_match = false\n")?;
    let sam = new_sam();
    let name = format!("{sam}@{CORP}");
    let made = it.stage.admin(&["user", "create", "--name", &name])?;
    let user = home.user(account(&sam))?;
    it.seen.until_named(&user.guid, &user.dn).await?;
    it.runs(CORP, "delta-cycle", 2)?;
    assert_eq!(it.seen.person(&user.guid).await?, None);
    assert_eq!(
        it.seen.problems_of(CORP, &user.guid).await?,
        ["matcher-off"]
    );
    // Switched on again, it is made good by itself.
    it.set_rules("")?;
    let person = it.seen.until_known(&user.guid).await?;
    assert!(made.contains(&person.id.to_string()));
    Ok(())
}
