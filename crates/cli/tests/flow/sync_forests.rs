//! Three forests in one tenant, from empty.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use writeback_lab::{Forest, PEOPLE, UserSpec};
use writeback_stage::AgentPlace;

use crate::{
    setting::{is_changed, verified},
    sync_setting::{Synchronised, place_of},
    sync_unit::{Unit, list},
};

/// What an import reads: everybody but the directory's own accounts, such as krbtgt.
const USERS: &str = "(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))";

fn agent_of(forest: &str, netns: &str) -> AgentPlace {
    AgentPlace {
        netns: netns.to_owned(),
        forests: vec![forest.to_owned()],
        forest_extra: "allow_without_policy_hints = true".to_owned(),
        ..AgentPlace::corp()
    }
}

fn users(forest: &Forest) -> Result<BTreeSet<[u8; 16]>> {
    let found = list(forest, &forest.base_dn, USERS)?;
    Ok(found.into_iter().map(|it| it.guid).collect())
}

/// Whoever is in the directory, by `ldapsearch`, is in the cloud, and nobody else. Other tests
/// make and delete users meanwhile: those may be on either side.
#[tokio::test]
async fn three_forests_are_imported_from_empty_whole() -> Result<()> {
    let agents = vec![
        agent_of("corp.test", "wb-agent1"),
        agent_of("fabrikam.test", "wb-agent2"),
        agent_of("legacy.test", "wb-agent1"),
    ];
    let it = Synchronised::of(agents).await?;
    for forest in it.stage.lab.forests() {
        let before = users(forest)?;
        it.runs(&forest.domain, "full-cycle", 0).or_else(|_| {
            // Others' users may have problems of their own.
            it.runs(&forest.domain, "full-cycle", 2)
        })?;
        let after = users(forest)?;
        let cloud: BTreeSet<_> = it
            .seen
            .everybody(&forest.domain)
            .await?
            .into_keys()
            .collect();
        let lost: Vec<_> = before
            .intersection(&after)
            .filter(|guid| !cloud.contains(*guid))
            .collect();
        ensure!(lost.is_empty(), "{} lost {lost:02x?}", forest.domain);
        let there = |guid: &&[u8; 16]| before.contains(*guid) || after.contains(*guid);
        for extra in cloud.iter().filter(|guid| !there(guid)) {
            let deleted = forest.edit()?.deleted_dn(extra)?;
            ensure!(
                deleted.is_some(),
                "{} has {extra:02x?} too many",
                forest.domain
            );
        }
        for person in PEOPLE {
            let user = forest.person(person.sam)?;
            let known = it.seen.known(&user.guid).await?;
            assert_eq!(known.attributes.user_principal_name, user.upn);
            assert_eq!(
                known.attributes.display_name.as_deref(),
                Some(person.display_name)
            );
            assert_eq!(known.attributes.mail.as_deref(), Some(user.mail.as_str()));
            // Whom the agent may not look at closely is not taken for enabled, and that is said.
            let is_hidden = person.case == "no-inheritance";
            let problems = it.seen.problems_of(&forest.domain, &user.guid).await?;
            assert_eq!(is_hidden, problems.contains(&"attribute"), "{}", user.dn);
            let is_enabled = person.case != "disabled" && !is_hidden;
            assert_eq!(known.attributes.enabled, is_enabled, "{}", user.dn);
        }
    }
    let status = it.sync(&["status"])?;
    for forest in it.stage.lab.forests() {
        assert!(status.contains(&forest.domain), "{status}");
    }
    Ok(())
}

/// Nothing has to be switched off and on for it.
#[tokio::test]
async fn a_forest_added_later_becomes_ready_by_itself() -> Result<()> {
    let (home, later) = (Unit::new("corp.test")?, Unit::new("fabrikam.test")?);
    home.people(2)?;
    let user = later.user(UserSpec::default())?;
    let mut it = Synchronised::with(&[&home]).await?;
    assert_eq!(it.seen.person(&user.guid).await?, None);
    it.stage.add_agent(place_of(&[&later]))?;
    it.seen.until_known(&user.guid).await?;
    let status = it.sync(&["status", "--json"])?;
    let status: serde_json::Value = serde_json::from_str(&status)?;
    let forests = status["forests"].as_array().context("no forests")?;
    assert_eq!(forests.len(), 2, "{status:#}");
    for forest in forests {
        assert_eq!(forest["ready"], true, "{forest:#}");
        assert_eq!(forest["not_ready"], serde_json::json!([]), "{forest:#}");
    }
    let (person, page) = verified(&it.stage, &user).await?;
    let page = person.sets_password(&page, "Datang-Kemudian 1").await?;
    is_changed(&later.forest, &user, &page, "Datang-Kemudian 1")
}
