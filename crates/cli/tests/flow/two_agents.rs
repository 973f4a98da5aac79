//! Two agents of one forest, and one of them is lost for good in the middle of a reset.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::UserSpec;
use writeback_stage::{AgentPlace, Options, Stage};

use crate::setting::{Setting, is_changed, said_changed};

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
