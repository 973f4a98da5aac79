//! Two agents of one forest: one is lost for good in the middle of a reset; one is switched off,
//! then both.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::UserSpec;
use writeback_stage::{AgentPlace, Options, Page, Stage};

use crate::setting::{Setting, cause, is_changed, said_changed};

/// An agent killed a little too late has told the outcome itself; then somebody else resets.
const TRIES: usize = 8;

fn two() -> Options {
    let place = |netns: &str| AgentPlace {
        netns: netns.to_owned(),
        ..AgentPlace::corp()
    };
    Options {
        agents: vec![place("wb-agent1"), place("wb-agent2")],
        ..Options::default()
    }
}

/// How often each agent has begun to write.
fn begun(stage: &mut Stage) -> Result<[usize; 2]> {
    let mut count = |agent: usize| -> Result<usize> {
        let said = stage.agent_process(agent)?.said();
        Ok(said.matches("the write begins").count())
    };
    Ok([count(0)?, count(1)?])
}

/// Kills the agent that begins to write next, while the domain controller writes; which it was.
async fn kill_the_writer(stage: &mut Stage) -> Result<usize> {
    let before = begun(stage)?;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let now = begun(stage)?;
        if let Some(agent) = (0..2).find(|agent| now[*agent] > before[*agent]) {
            // It is on its way after a millisecond, and answered after some thirty.
            tokio::time::sleep(Duration::from_millis(10)).await;
            stage.agent_process(agent)?.kill()?;
            return Ok(agent);
        }
        ensure!(Instant::now() < deadline, "nobody writes");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_killed_between_write_and_report_and_the_other_says_changed() -> Result<()> {
    let users = vec![UserSpec::default(); TRIES];
    let (mut setting, users) = Setting::of("corp.test", two(), users).await?;
    for user in &users {
        let (person, page) = setting.verified(user).await?;
        let sending = person.sets_password(&page, "Yang-Lain-Tahu 1");
        let (page, killed) = tokio::join!(sending, kill_the_writer(&mut setting.stage));
        let (page, killed) = (page?, killed?);
        let told_itself = setting
            .stage
            .agent_process(killed)?
            .said()
            .lines()
            .any(|line| line.contains("the outcome is told"));
        ensure!(said_changed(&page), "{}", page.text());
        let forest = setting.forest("corp.test")?;
        is_changed(forest, user, &page, "Yang-Lain-Tahu 1")?;
        if !told_itself {
            let other = setting.stage.agent_process(1 - killed)?.said();
            ensure!(other.contains("LearntFromReceipt"), "{other}");
            return Ok(());
        }
        setting.stage.start_agent(killed)?;
    }
    anyhow::bail!("each of {TRIES} agents was killed too late")
}

/// What the first page says once an agent's switch has been heard of.
async fn said_at_first(stage: &Stage, user: &str, available: bool) -> Result<Page> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let page = stage.person()?.says_name(user).await?;
        if (page.status != 503) == available {
            return Ok(page);
        }
        ensure!(
            Instant::now() < deadline,
            "{}: {}",
            page.status,
            page.text()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_switched_off_takes_nothing_also_after_a_restart() -> Result<()> {
    let users = vec![UserSpec::default(); 4];
    let (mut setting, users) = Setting::of("corp.test", two(), users).await?;
    let said = setting.stage.agent_switch(0, "disable")?;
    ensure!(said.contains("takes nothing more from now on"), "{said}");
    let said = setting.stage.agent_switch(0, "disable")?;
    ensure!(said.contains("was off on this machine already"), "{said}");
    let before = begun(&mut setting.stage)?;
    // It takes turns with the other otherwise: the least busy one is asked, and both are idle.
    for user in users.iter().take(2) {
        let page = setting.reset(user, "Yang-Lain-Tahu 1").await?;
        is_changed(
            setting.forest("corp.test")?,
            user,
            &page,
            "Yang-Lain-Tahu 1",
        )?;
    }
    setting.stage.agent_process(0)?.kill()?;
    setting.stage.start_agent(0)?;
    let page = setting.reset(&users[2], "Yang-Lain-Tahu 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[2],
        &page,
        "Yang-Lain-Tahu 1",
    )?;
    let after = begun(&mut setting.stage)?;
    ensure!(after[1] == before[1] + 3, "{before:?}, {after:?}");

    setting.stage.agent_switch(1, "disable")?;
    let page = said_at_first(&setting.stage, &users[3].upn, false).await?;
    ensure!(cause(&page)? == "agent-disabled", "{}", page.html);
    setting.stage.agent_switch(0, "enable")?;
    said_at_first(&setting.stage, &users[3].upn, true).await?;
    let page = setting.reset(&users[3], "Yang-Lain-Tahu 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[3],
        &page,
        "Yang-Lain-Tahu 1",
    )?;
    let said = setting.stage.agent_process(0)?.said();
    ensure!(said.contains("34121") && said.contains("34122"), "{said}");
    Ok(())
}
