//! Who may reset, and writeback switched off and on while somebody does.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use writeback_lab::UserSpec;

use crate::setting::{Setting, cause, is_changed, is_not_changed, said_changed};

/// The sealing key that the agent has by the cloud's knowledge, once it was rolled after `since`.
async fn rolled_key(setting: &Setting, before: Option<&str>) -> Result<String> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let status = setting.stage.admin(&["writeback", "status", "--json"])?;
        let status: Value = serde_json::from_str(&status)?;
        let key = status["agents"][0]["key"].as_str();
        if let Some(key) = key.filter(|key| Some(*key) != before) {
            return Ok(key.to_owned());
        }
        if Instant::now() > deadline {
            bail!(
                "no key was rolled: {status:#}\n{}",
                setting.stage.all_logs()
            );
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn switched_off_in_the_middle_and_on_again_with_other_keys() -> Result<()> {
    let users = vec![UserSpec::default(), UserSpec::default()];
    let (mut setting, users) = Setting::corp(users).await?;
    let (person, page) = setting.verified(&users[0]).await?;

    setting.stage.admin(&["writeback", "disable"])?;
    // Within a second it holds everywhere: at the first page, and at the password.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = person.sets_password(&page, "Ditolak-Dulu 1").await?;
    ensure!(refused.html.contains("SSPR_0010"), "{}", refused.text());
    assert_eq!(cause(&refused)?, "writeback-off");
    let forest = setting.forest("corp.test")?;
    is_not_changed(forest, &users[0], &refused, "Ditolak-Dulu 1")?;
    for name in [users[1].upn.as_str(), "nobody@corp.test"] {
        let page = setting.stage.person()?.says_name(name).await?;
        ensure!(page.html.contains("SSPR_0010"), "{}", page.text());
    }

    setting.stage.admin(&["writeback", "enable"])?;
    let first = rolled_key(&setting, None).await?;
    // The page that was open all the while is good, and the password goes to the new key.
    let page = person.get("/reset/password").await?;
    let page = person.sets_password(&page, "Diterima-Kini 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[0],
        &page,
        "Diterima-Kini 1",
    )?;

    // An agent that is away meanwhile rolls when it comes back.
    setting.stage.agent_process(0)?.stop()?;
    setting.stage.admin(&["writeback", "disable"])?;
    setting.stage.admin(&["writeback", "enable"])?;
    setting.stage.start_agent(0)?;
    setting.stage.ready().await?;
    let second = rolled_key(&setting, Some(&first)).await?;
    assert_ne!(first, second);
    let page = setting.reset(&users[1], "Sesudah-Itu 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[1],
        &page,
        "Sesudah-Itu 1",
    )?;
    let audit = setting.stage.admin(&["audit", "list", "--last", "1000"])?;
    for activity in [
        "Writeback disabled",
        "Writeback enabled",
        "Sealing key rolled",
    ] {
        ensure!(audit.contains(activity), "{activity} is not in {audit}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_under_way_finishes_while_writeback_is_switched() -> Result<()> {
    let users = vec![UserSpec::default(); 4];
    let (setting, users) = Setting::corp(users).await?;
    let mut sent = Vec::new();
    for (number, user) in users.iter().enumerate() {
        let (person, page) = setting.verified(user).await?;
        sent.push((person, page, format!("Bersama-Sama {number}!")));
    }
    let sending = futures_util::future::join_all(
        sent.iter()
            .map(|(person, page, new)| person.sets_password(page, new)),
    );
    let switching = async {
        for what in ["disable", "enable", "disable", "enable"] {
            setting.stage.admin(&["writeback", what])?;
        }
        anyhow::Ok(())
    };
    let (pages, switched) = tokio::join!(sending, switching);
    switched?;
    let forest = setting.forest("corp.test")?;
    for ((user, page), (_, _, new)) in users.iter().zip(pages).zip(&sent) {
        let page = page.context("no page came")?;
        // Refused before anything was sent, or carried out whole: nothing in between.
        if said_changed(&page) {
            is_changed(forest, user, &page, new)?;
        } else {
            ensure!(page.html.contains("SSPR_0010"), "{}", page.text());
            is_not_changed(forest, user, &page, new)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn whoever_leaves_the_group_after_the_gate_is_refused_at_the_password() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (person, page) = setting.verified(&users[0]).await?;
    let file = setting.stage.dir().join("policy.toml");
    std::fs::write(
        &file,
        "scope = \"selected\"\n[[groups]]\ngroup = \"Domain Admins\"\n",
    )?;
    let file = file.to_str().context("a path that is no text")?;
    setting.stage.admin(&["policy", "set", file])?;
    let refused = person.sets_password(&page, "Di-Luar-Grup 1").await?;
    ensure!(refused.html.contains("SSPR_0013"), "{}", refused.text());
    let forest = setting.forest("corp.test")?;
    is_not_changed(forest, &users[0], &refused, "Di-Luar-Grup 1")?;
    let explained = setting
        .stage
        .admin_ran(&["explain", &users[0].upn, "--wish", "reset"])?;
    assert_eq!(explained.code, 2);
    ensure!(
        explained.stdout.contains("SSPR_0013"),
        "{}",
        explained.stdout
    );
    Ok(())
}
