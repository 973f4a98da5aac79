//! Every kind of account.

use std::time::Duration;

use anyhow::Result;
use writeback_lab::{RESERVED_OU, TestUser, UserSpec, escape_dn_value};
use writeback_stage::{AgentPlace, Options, Page, Person};

use crate::setting::{Setting, cause, is_changed, is_not_changed, said_changed};

const NEW: &str = "Akun-Istimewa 26";

#[tokio::test]
async fn accounts_that_may_be_reset_are() -> Result<()> {
    let ordinary = UserSpec::default;
    let specs = vec![
        UserSpec {
            never_expires: true,
            ..ordinary()
        },
        UserSpec {
            cannot_change: true,
            ..ordinary()
        },
        UserSpec {
            must_change: true,
            ..ordinary()
        },
        UserSpec {
            given_name: Some("Zoë".into()),
            surname: Some("Müller-Łukasz".into()),
            display_name: Some("山田 🙂 Zoë".into()),
            ..ordinary()
        },
        UserSpec {
            ou: Some(format!(
                "OU={},DC=corp,DC=test",
                escape_dn_value(RESERVED_OU)
            )),
            ..ordinary()
        },
    ];
    let (setting, users) = Setting::corp(specs).await?;
    let forest = setting.forest("corp.test")?;
    for user in &users {
        let page = setting.reset(user, NEW).await?;
        is_changed(forest, user, &page, NEW)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_locked_account_is_unlocked_by_the_reset() -> Result<()> {
    let spec = UserSpec {
        locked: true,
        ..UserSpec::default()
    };
    let (setting, users) = Setting::corp(vec![spec]).await?;
    let page = setting.reset(&users[0], NEW).await?;
    is_changed(setting.forest("corp.test")?, &users[0], &page, NEW)
}

/// Presses the button that unlocks, and waits until it is known how it ended.
async fn unlock(person: &Person, form: &Page) -> Result<Page> {
    let page = person.unlocks(form).await?;
    person.until_known(page).await
}

#[tokio::test]
async fn who_knows_the_password_is_unlocked_and_keeps_it() -> Result<()> {
    let locked = || UserSpec {
        locked: true,
        ..UserSpec::default()
    };
    let specs = vec![locked(), locked(), UserSpec::default()];
    let (setting, users) = Setting::corp(specs).await?;
    let (forest, stage) = (setting.forest("corp.test")?, &setting.stage);
    let pdc = forest.pdc()?;
    let opens = |user: &TestUser, password: &str| -> Result<bool> {
        Ok(forest.can_bind(&user.upn, password, pdc)?.is_ok())
    };

    let user = &users[0];
    assert!(!opens(user, &user.password)?, "it is locked");
    let (person, form) = setting.verified(user).await?;
    let page = unlock(&person, &form).await?;
    assert!(
        page.html.contains("data-outcome=\"unlocked\""),
        "{}",
        page.text()
    );
    assert!(opens(user, &user.password)?, "told unlocked");
    let mails = stage.lab.mailbox(&user.recovery_mail);
    let told = |subject: &str| -> Result<bool> {
        Ok(mails.all()?.iter().any(|mail| mail.text.contains(subject)))
    };
    for _ in 0..200 {
        if told("Its password is as it was")? {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(told("Its password is as it was")?, "no mail told of it");

    // Still not let in: the same session sets a password.
    let user = &users[1];
    let (person, form) = setting.verified(user).await?;
    unlock(&person, &form).await?;
    let form = person.get("/reset/password").await?;
    let page = person.sets_password(&form, NEW).await?;
    is_changed(forest, user, &page, NEW)?;

    let user = &users[2];
    let (person, form) = setting.verified(user).await?;
    let page = unlock(&person, &form).await?;
    assert!(
        page.html.contains("data-outcome=\"not-locked\""),
        "{}",
        page.text()
    );
    assert!(opens(user, &user.password)?);
    Ok(())
}

#[tokio::test]
async fn accounts_that_may_not_be_reset_are_refused_with_their_cause() -> Result<()> {
    let ordinary = UserSpec::default;
    let cases = [
        (
            UserSpec {
                admin_count: true,
                ..ordinary()
            },
            "protected-account",
        ),
        (
            UserSpec {
                groups: vec!["Domain Admins".into()],
                ..ordinary()
            },
            "protected-account",
        ),
        (
            UserSpec {
                groups: vec!["CN=Backup Operators,CN=Builtin,DC=corp,DC=test".into()],
                ..ordinary()
            },
            "protected-account",
        ),
        (
            UserSpec {
                no_inheritance: true,
                ..ordinary()
            },
            "access-denied",
        ),
    ];
    let (specs, ids): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let (setting, users) = Setting::corp(specs).await?;
    let forest = setting.forest("corp.test")?;
    for (user, id) in users.iter().zip(ids) {
        let page = setting.reset(user, NEW).await?;
        assert_eq!(cause(&page)?, id, "{}", page.text());
        is_not_changed(forest, user, &page, NEW)?;
    }
    Ok(())
}

#[tokio::test]
async fn disabled_and_expired_accounts_are_told_so_after_the_code() -> Result<()> {
    let specs = vec![
        UserSpec {
            disabled: true,
            ..UserSpec::default()
        },
        UserSpec {
            expired: true,
            ..UserSpec::default()
        },
    ];
    let (setting, users) = Setting::corp(specs).await?;
    for (user, id) in users.iter().zip(["account-disabled", "account-expired"]) {
        let page = setting.reset(user, NEW).await?;
        assert_eq!(cause(&page)?, id, "{}", page.text());
        assert!(!said_changed(&page));
    }
    Ok(())
}

/// Samba would let the agent's rights reset the built-in administrator. The agent refuses whoever
/// is in an administrators' group, as above; this one is not even imported, being a critical
/// object of the directory's own.
#[tokio::test]
async fn the_built_in_administrator_is_known_to_nobody() -> Result<()> {
    let (setting, _) = Setting::corp(vec![]).await?;
    // The name that the directory itself takes for it.
    let name = "Administrator@corp.test";
    let shown = setting.stage.admin_ran(&["user", "show", name])?;
    assert_ne!(shown.code, 0, "{}", shown.stdout);
    assert!(shown.stderr.contains("nobody goes by"), "{}", shown.stderr);
    let page = setting.stage.person()?.says_name(name).await?;
    assert_eq!(page.path, "/reset/code", "the page is as for everybody");
    Ok(())
}

#[tokio::test]
async fn a_domain_without_policy_hints_is_refused_unless_it_is_allowed() -> Result<()> {
    let place = |extra: &str| AgentPlace {
        forests: vec!["legacy.test".into()],
        forest_extra: extra.to_owned(),
        ..AgentPlace::corp()
    };
    let allowed = Options {
        agents: vec![place("allow_without_policy_hints = true")],
        ..Options::default()
    };
    let (setting, users) = Setting::of("legacy.test", allowed, vec![UserSpec::default()]).await?;
    let forest = setting.forest("legacy.test")?;
    let (person, page) = setting.verified(&users[0]).await?;
    assert!(
        page.html.contains("data-note=\"history-not-enforced\""),
        "{}",
        page.text()
    );
    let page = person.sets_password(&page, NEW).await?;
    assert!(
        page.html.contains("data-note=\"history-not-enforced\""),
        "{}",
        page.text()
    );
    is_changed(forest, &users[0], &page, NEW)?;

    let lab = writeback_lab::Lab::require()?;
    let refusing = Options {
        agents: vec![],
        ..Options::default()
    };
    let mut stage = writeback_stage::Stage::set(lab, crate::setting::binary(), refusing).await?;
    stage.add_agent(place(""))?;
    let person = stage.person()?;
    let page = crate::ends::until_reported(
        &stage,
        &person,
        "nobody@legacy.test",
        "policy-hints-unsupported",
    )
    .await?;
    assert!(
        page.html.contains("policy-hints-unsupported"),
        "{}",
        page.text()
    );
    Ok(())
}
