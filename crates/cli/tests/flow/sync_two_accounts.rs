//! One person with an account in each of two forests.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::{TestUser, UserSpec};
use writeback_store::User;

use crate::{
    setting::{cause, is_changed, is_not_changed, said_changed, verified},
    sync_seen::ARRIVES_WITHIN,
    sync_setting::Synchronised,
    sync_unit::Unit,
};

const CORP: &str = "corp.test";
const FABRIKAM: &str = "fabrikam.test";
const CONSISTENCY_GUID: &str = "mS-DS-ConsistencyGuid";

/// Two accounts with one source anchor, and the tenant that imports both.
struct Two {
    it: Synchronised,
    corp: TestUser,
    fabrikam: TestUser,
    /// Their source anchor: the objectGUID of the first.
    anchor: [u8; 16],
    home: Unit,
    away: Unit,
}

impl Two {
    async fn with_fabrikam(disabled: bool) -> Result<Self> {
        let home = Unit::new(CORP)?;
        let away = Unit::new(FABRIKAM)?;
        let corp = home.user(UserSpec::default())?;
        let fabrikam = away.user(UserSpec {
            disabled,
            ..UserSpec::default()
        })?;
        for (unit, user) in [(&home, &corp), (&away, &fabrikam)] {
            let edit = unit.forest.edit()?;
            edit.set(&user.dn, CONSISTENCY_GUID, &[corp.guid])?;
        }
        let it = Synchronised::with(&[&home, &away]).await?;
        Ok(Self {
            it,
            anchor: corp.guid,
            corp,
            fabrikam,
            home,
            away,
        })
    }

    /// Waits until a password of theirs would go to this forest; to none where none is named.
    async fn until_target(&self, forest: Option<&str>) -> Result<User> {
        let began = Instant::now();
        loop {
            let user = self.it.seen.user(&self.anchor).await?;
            if let Some(user) = user
                && user.enabled_twice == forest.is_none()
                && user.target.as_ref().map(|it| it.forest.as_str()) == forest
            {
                return Ok(user);
            }
            ensure!(began.elapsed() < ARRIVES_WITHIN, "not to {forest:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the account of a forest has this problem, or none at all.
    async fn until_problems(&self, forest: &str, wanted: &[&str]) -> Result<()> {
        let user = if forest == CORP {
            &self.corp
        } else {
            &self.fabrikam
        };
        let began = Instant::now();
        loop {
            let problems = self.it.seen.problems_of(forest, &user.guid).await?;
            if problems == wanted {
                return Ok(());
            }
            ensure!(
                began.elapsed() < Duration::from_secs(20),
                "{forest} has {problems:?}, not {wanted:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn the_password_goes_to_the_one_account_that_is_enabled() -> Result<()> {
    let two = Two::with_fabrikam(true).await?;
    let person = two.until_target(Some(CORP)).await?;
    assert_eq!(person.attributes.user_principal_name, two.corp.upn);
    let (browser, page) = verified(&two.it.stage, &two.corp).await?;
    let page = browser.sets_password(&page, "Rumah-Sendiri 1").await?;
    is_changed(&two.home.forest, &two.corp, &page, "Rumah-Sendiri 1")?;

    // They change sides: the same person, and the other account.
    two.home.forest.edit()?.disable(&two.corp.dn)?;
    two.away.forest.edit()?.enable(&two.fabrikam.dn)?;
    let now = two.until_target(Some(FABRIKAM)).await?;
    assert_eq!(now.id, person.id);
    assert_eq!(now.attributes.user_principal_name, two.fabrikam.upn);
    let (browser, page) = verified(&two.it.stage, &two.fabrikam).await?;
    let page = browser.sets_password(&page, "Rumah-Orang 2").await?;
    is_changed(&two.away.forest, &two.fabrikam, &page, "Rumah-Orang 2")
}

#[tokio::test]
async fn two_enabled_accounts_are_reported_and_nothing_is_guessed() -> Result<()> {
    let two = Two::with_fabrikam(false).await?;
    two.until_target(None).await?;
    for forest in [CORP, FABRIKAM] {
        two.until_problems(forest, &["enabled-in-two-forests"])
            .await?;
    }
    let problems = two.it.sync(&["problems"])?;
    assert!(problems.contains("enabled-in-two-forests"), "{problems}");

    // Nothing is told to whoever only typed a name: the page is that of anybody.
    for user in [&two.corp, &two.fabrikam] {
        let page = two.it.stage.person()?.says_name(&user.upn).await?;
        assert_eq!(page.path, "/reset/code", "{}", page.text());
        ensure!(cause(&page).is_err(), "told: {}", page.text());
        is_not_changed(&user_forest(&two, user), user, &page, "Tidak-Pernah 1")?;
    }
    let audit = two.it.stage.admin(&["audit", "list", "--last", "1000"])?;
    assert!(audit.contains("enabled-in-two-forests"), "{audit}");

    // One of them is disabled: all is well again.
    two.away.forest.edit()?.disable(&two.fabrikam.dn)?;
    two.until_target(Some(CORP)).await?;
    let (browser, page) = verified(&two.it.stage, &two.corp).await?;
    let page = browser.sets_password(&page, "Satu-Saja 1").await?;
    ensure!(said_changed(&page), "{}", page.text());
    for forest in [CORP, FABRIKAM] {
        two.until_problems(forest, &[]).await?;
    }
    Ok(())
}

fn user_forest(two: &Two, user: &TestUser) -> writeback_lab::Forest {
    if user.upn == two.corp.upn {
        two.home.forest.clone()
    } else {
        two.away.forest.clone()
    }
}
