//! An agent whose state folder was copied to a second machine, and both run.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use writeback_lab::UserSpec;
use writeback_stage::{AgentPlace, AgentProcess, Stage};

use crate::setting::{Setting, is_changed};

/// What an agent logs when it or another one is a copy.
const COPIED: &str = "34116";

/// The first agent's files, copied as they are to where a second one would have them; its number.
fn copy(stage: &mut Stage) -> Result<usize> {
    let first = stage.agents.first().context("an agent")?;
    let dir = stage.dir().join("agent1");
    let copied = Command::new("cp")
        .arg("--archive")
        .args([&first.dir, &dir])
        .status()?;
    ensure!(copied.success());
    let config = std::fs::read_to_string(first.dir.join("agent.toml"))?;
    let text = |path: &Path| path.display().to_string();
    std::fs::write(
        dir.join("agent.toml"),
        config.replace(&text(&first.dir), &text(&dir)),
    )?;
    let place = AgentPlace {
        netns: "wb-agent2".to_owned(),
        ..AgentPlace::corp()
    };
    stage.agents.push(AgentProcess {
        place,
        dir,
        process: None,
    });
    Ok(stage.agents.len() - 1)
}

async fn until_said(stage: &mut Stage, agent: usize, words: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !stage.agent_process(agent)?.said().contains(words) {
        ensure!(
            Instant::now() < deadline,
            "agent {agent} does not say {words}:\n{}",
            stage.all_logs()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_copy_is_sent_away_both_are_told_and_the_one_that_stood_goes_on() -> Result<()> {
    let (mut setting, users) = Setting::corp(vec![UserSpec::default(); 2]).await?;
    let copy = copy(&mut setting.stage)?;
    setting.stage.start_agent(copy)?;
    until_said(&mut setting.stage, copy, COPIED).await?;
    until_said(&mut setting.stage, 0, COPIED).await?;
    let listed = setting.stage.admin(&["agent", "list"])?;
    ensure!(listed.contains("copied: "), "{listed}");
    let page = setting.reset(&users[0], "Hanya-Satu 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[0],
        &page,
        "Hanya-Satu 1",
    )?;

    // It takes the place of the other one never, also not while that one is away.
    setting.stage.agent_process(0)?.stop()?;
    setting.stage.agent_process(copy)?.kill()?;
    setting.stage.start_agent(copy)?;
    until_said(&mut setting.stage, copy, COPIED).await?;
    setting.stage.start_agent(0)?;
    until_said(&mut setting.stage, 0, "the link to the cloud stands").await?;
    let page = setting.reset(&users[1], "Tetap-Satu 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[1],
        &page,
        "Tetap-Satu 1",
    )?;
    let said = std::fs::read_to_string(setting.stage.dir().join("agent1.log"))?;
    ensure!(
        !said.contains("a request was seen") && !said.contains("the link to the cloud stands"),
        "the copy was given something:\n{said}"
    );
    Ok(())
}
