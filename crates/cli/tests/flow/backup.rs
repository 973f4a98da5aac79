//! A cloud that is put back to an earlier state while its agents and the directory go on.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::{TestUser, UserSpec};

use crate::setting::{Setting, is_changed, said_changed};

/// The lines of the audit trail about requests, newest first.
fn told(setting: &Setting) -> Result<Vec<String>> {
    let trail = setting.stage.admin(&["audit", "list", "--last", "1000"])?;
    let is_told = |line: &&str| {
        line.contains("Reset password (self-service)") || line.contains("request in doubt")
    };
    Ok(trail.lines().filter(is_told).map(str::to_owned).collect())
}

/// A request is open when the backup is made, and executed and told afterwards. The restored cloud
/// knows nothing of that: it must not have it executed again, and must not say that it never was.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_open_in_a_backup_is_not_run_again_and_nothing_false_is_told()
-> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default(); 2]).await?;
    let (first, second) = (users[0].clone(), users[1].clone());
    let (person, page) = setting.verified(&first).await?;
    let file = setting.stage.dir().join("backup").display().to_string();

    // The agent is offered it and cannot claim it yet.
    setting.stage.agent_process(0)?.signal("STOP")?;
    let (sent, backed_up) =
        tokio::join!(person.sends_password(&page, "Sebelum-Cadangan 1"), async {
            let deadline = Instant::now() + Duration::from_secs(10);
            while !setting.stage.all_logs().contains("a request was offered") {
                ensure!(Instant::now() < deadline, "no request was offered");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            setting.stage.admin(&["backup", &file])?;
            let agent = setting.stage.agents.first().context("an agent")?;
            let process = agent.process.as_ref().context("it runs")?;
            process.signal("CONT")
        });
    backed_up?;
    let page = person.until_known(sent?).await?;
    is_changed(
        setting.forest("corp.test")?,
        &first,
        &page,
        "Sebelum-Cadangan 1",
    )?;

    let running = setting.stage.admin_ran(&["restore", "--yes", &file])?;
    ensure!(
        running.code == 1 && running.stderr.contains("is in use"),
        "restored under a running cloud: {}{}",
        running.stdout,
        running.stderr
    );
    setting.stage.cloud_process()?.stop()?;
    let shown = setting.stage.admin_ran(&["restore", &file])?;
    ensure!(shown.code == 2, "{}{}", shown.stdout, shown.stderr);
    ensure!(told(&setting)?.len() == 1, "only shown, and changed");
    let said = setting.stage.admin(&["restore", "--yes", &file])?;
    for words in ["1 request of which", "Nothing", "is kept as"] {
        ensure!(said.contains(words) != (words == "Nothing"), "{said}");
    }
    setting.stage.start_cloud()?;

    // The agent comes back by itself, and passwords are written again.
    let deadline = Instant::now() + Duration::from_secs(60);
    let earlier = person;
    let (person, page) = loop {
        match setting.verified(&second).await {
            Ok(there) => break there,
            Err(error) => ensure!(Instant::now() < deadline, "{error:#}"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let page = person.sets_password(&page, "Sesudah-Cadangan 2").await?;
    is_changed(
        setting.forest("corp.test")?,
        &second,
        &page,
        "Sesudah-Cadangan 2",
    )?;

    let lines = told(&setting)?;
    let [reset, doubt] = lines.as_slice() else {
        anyhow::bail!("more was told than happened: {lines:#?}");
    };
    ensure!(reset.contains("\"success\""), "{reset}");
    ensure!(
        doubt.contains("a backup was put back in which it was pending"),
        "{doubt}"
    );
    let forest = setting.forest("corp.test")?;
    ensure!(
        forest
            .can_bind(&first.upn, "Sebelum-Cadangan 1", forest.pdc()?)?
            .is_ok(),
        "it was written once and stays"
    );
    // The session that saw the change is not one of the restored cloud.
    let page = earlier.get("/reset/outcome").await?;
    ensure!(
        !said_changed(&page) && !page.html.contains("http-equiv=\"refresh\""),
        "a session of the backup lives: {}",
        page.text()
    );
    let verified = setting.stage.admin_ran(&["audit", "verify"])?;
    ensure!(verified.code == 0, "{}{}", verified.stdout, verified.stderr);
    Ok(())
}

/// An agent stopped a little too late has told the outcome already; then somebody else resets.
const TRIES: usize = 8;

/// Stops the agent while it writes, and says whether its outcome was not told yet.
async fn stop_the_writer(setting: &mut Setting) -> Result<bool> {
    let told = |said: &str| said.matches("the outcome is told").count();
    let began = |said: &str| said.matches("the write begins").count();
    let agent = setting.stage.agent_process(0)?;
    let before = agent.said();
    let deadline = Instant::now() + Duration::from_secs(20);
    while began(&agent.said()) == began(&before) {
        ensure!(Instant::now() < deadline, "nothing is written");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    agent.signal("STOP")?;
    // What it said before is on its way into the store.
    tokio::time::sleep(Duration::from_millis(300)).await;
    Ok(told(&agent.said()) == told(&before))
}

/// A write had begun when the backup was made, and was told afterwards. The restored cloud knows
/// that it began and not how it ended; the agent has forgotten it; the directory has not.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_had_begun_in_a_backup_is_found_in_the_directory() -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default(); TRIES]).await?;
    let file = setting.stage.dir().join("backup").display().to_string();
    let mut caught = None;
    for user in &users {
        let (person, page) = setting.verified(user).await?;
        let sending = person.sends_password(&page, "Di-Tengah-Cadangan 3");
        let (sent, stopped) = tokio::join!(sending, async {
            let stopped = stop_the_writer(&mut setting).await?;
            if stopped {
                setting.stage.admin(&["backup", &file])?;
            }
            setting.stage.agent_process(0)?.signal("CONT")?;
            anyhow::Ok(stopped)
        });
        let stopped = stopped?;
        let page = person.until_known(sent?).await?;
        let forest = setting.forest("corp.test")?;
        is_changed(forest, user, &page, "Di-Tengah-Cadangan 3")?;
        if stopped {
            caught = Some(user.clone());
            break;
        }
    }
    let user = caught.context("each time the agent was stopped too late")?;
    let ends_before = told(&setting)?.len();
    let set_before = last_set(&setting, &user)?;

    setting.stage.cloud_process()?.stop()?;
    let said = setting.stage.admin(&["restore", "--yes", &file])?;
    ensure!(said.contains("1 request of which"), "{said}");
    setting.stage.start_cloud()?;
    let deadline = Instant::now() + Duration::from_secs(120);
    let lines = loop {
        let lines = told(&setting)?;
        // The end that the backup lacks, and the doubt in its place, and then the end again.
        if lines.len() > ends_before {
            break lines;
        }
        ensure!(Instant::now() < deadline, "still not known: {lines:#?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let [end, doubt, ..] = lines.as_slice() else {
        anyhow::bail!("{lines:#?}");
    };
    ensure!(end.contains("\"success\""), "{end}");
    ensure!(
        doubt.contains("a backup was put back in which it was claimed"),
        "{doubt}"
    );
    ensure!(
        last_set(&setting, &user)? == set_before,
        "it was written again"
    );
    Ok(())
}

/// When the directory says that the password was set.
fn last_set(setting: &Setting, user: &TestUser) -> Result<Vec<Vec<u8>>> {
    let forest = setting.forest("corp.test")?;
    forest.attribute(forest.pdc()?, &user.dn, "pwdLastSet")
}
