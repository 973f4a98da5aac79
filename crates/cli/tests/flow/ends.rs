//! Agent and cloud ending at bad moments.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use writeback_lab::UserSpec;
use writeback_stage::{Page, Person, Stage};

use crate::setting::{Setting, is_changed, said_changed};

/// Types a name again and again until the first page says that cause.
pub async fn until_reported(
    stage: &Stage,
    person: &Person,
    name: &str,
    cause: &str,
) -> Result<Page> {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let page = person.says_name(name).await?;
        if page.html.contains(&format!("data-cause=\"{cause}\"")) {
            return Ok(page);
        }
        if Instant::now() > deadline {
            bail!(
                "{cause} was not reported, but {}: {}\n{}",
                page.path,
                page.text(),
                stage.all_logs()
            );
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn without_an_agent_it_is_said_before_a_code_is_spent() -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    setting.stage.agent_process(0)?.stop()?;
    let person = setting.stage.person()?;
    until_reported(&setting.stage, &person, "nobody@corp.test", "no-agent").await?;
    until_reported(&setting.stage, &person, &users[0].upn, "no-agent").await?;
    let mails = setting.stage.lab.mailbox(&users[0].recovery_mail).all()?;
    assert!(mails.is_empty(), "a code was sent all the same");
    Ok(())
}

/// What the person is told in the end, however the agent fared, is so.
async fn truth_after(kill_after: Duration) -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let user = users[0].clone();
    let (person, page) = setting.verified(&user).await?;
    let sending = person.sends_password(&page, "Di-Tengah-Jalan 1");
    let killing = async {
        tokio::time::sleep(kill_after).await;
        setting.stage.agent_process(0)?.kill()?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        setting.stage.start_agent(0)
    };
    let (page, killed) = tokio::join!(sending, killing);
    killed?;
    let page = person.until_known(page?).await?;
    let forest = setting.forest("corp.test")?;
    let opens = forest
        .can_bind(&user.upn, "Di-Tengah-Jalan 1", forest.pdc()?)?
        .is_ok();
    ensure!(
        !page.html.contains("http-equiv=\"refresh\""),
        "still not known: {}",
        page.text()
    );
    ensure!(
        said_changed(&page) == opens,
        "told {}, and it is {opens}",
        page.text()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_mid_request_leaves_no_lie() -> Result<()> {
    for milliseconds in [0, 3, 8, 15, 25, 40, 80] {
        truth_after(Duration::from_millis(milliseconds)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_restarted_mid_request_leaves_no_lie() -> Result<()> {
    for milliseconds in [5_u64, 20, 40] {
        let (mut setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
        let user = users[0].clone();
        let (person, page) = setting.verified(&user).await?;
        let sending = person.sends_password(&page, "Awan-Jatuh 1");
        let killing = async {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            setting.stage.cloud_process()?.kill()?;
            setting.stage.start_cloud()
        };
        // The browser's connection broke with the cloud; the person reloads.
        let (_, killed) = tokio::join!(sending, killing);
        killed?;
        let page = person
            .until_known(person.get("/reset/outcome").await?)
            .await?;
        let forest = setting.forest("corp.test")?;
        let opens = forest
            .can_bind(&user.upn, "Awan-Jatuh 1", forest.pdc()?)?
            .is_ok();
        ensure!(
            said_changed(&page) == opens,
            "told {}, and it is {opens}",
            page.text()
        );
    }
    Ok(())
}

#[tokio::test]
async fn after_a_restart_of_everything_it_just_works() -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    setting.stage.agent_process(0)?.stop()?;
    setting.stage.cloud_process()?.stop()?;
    setting.stage.start_cloud()?;
    setting.stage.start_agent(0)?;
    let person = setting.stage.person()?;
    let deadline = Instant::now() + Duration::from_secs(30);
    while person.says_name("nobody@corp.test").await?.path != "/reset/code" {
        ensure!(Instant::now() < deadline, "the agent did not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let page = setting.reset(&users[0], "Bangun-Lagi 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[0],
        &page,
        "Bangun-Lagi 1",
    )
}
