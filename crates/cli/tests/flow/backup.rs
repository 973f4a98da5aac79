//! A cloud that is put back to an earlier state while its agents and the directory go on.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::UserSpec;

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
