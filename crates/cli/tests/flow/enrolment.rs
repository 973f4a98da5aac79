//! How an agent comes to belong, and how it is kept out.

use anyhow::Result;
use writeback_lab::Lab;
use writeback_stage::{Options, Stage};

use crate::setting::binary;

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_wrong_reused_or_mangled_token_enrols_nobody_and_says_why() -> Result<()> {
    let mut stage = Stage::set(Lab::require()?, binary(), Options::default()).await?;
    // A place that is not enrolled yet.
    let dir = stage.dir().join("other");
    std::fs::create_dir_all(&dir)?;
    let config = std::fs::read_to_string(stage.agents[0].dir.join("agent.toml"))?;
    let first = stage.agents[0].dir.display().to_string();
    std::fs::write(
        dir.join("agent.toml"),
        config.replace(&first, &dir.display().to_string()),
    )?;
    stage.agents[0].dir = dir;

    let good = stage.enrolment_token()?;
    for (token, word) in [
        ("nonsense".to_owned(), "not known"),
        (good.replace("wbenrol.", "wbenrol.0"), "not known"),
        (good.chars().take(good.len() - 1).collect(), "not known"),
    ] {
        let output = stage.enroll(0, &token)?;
        assert!(!output.status.success());
        assert!(said(&output).contains(word), "{}", said(&output));
    }
    let output = stage.enroll(0, &good)?;
    assert!(output.status.success(), "{}", said(&output));
    // It is enrolled now and says so, and the token is spent.
    let output = stage.enroll(0, &good)?;
    assert!(!output.status.success());
    std::fs::remove_dir_all(stage.agents[0].dir.join("state"))?;
    let output = stage.enroll(0, &good)?;
    assert!(!output.status.success());
    assert!(said(&output).contains("was used"), "{}", said(&output));
    Ok(())
}

#[tokio::test]
async fn a_revoked_agent_is_cut_off() -> Result<()> {
    let stage = Stage::set(Lab::require()?, binary(), Options::default()).await?;
    let list = stage.admin(&["agent", "list"])?;
    let agent = list
        .lines()
        .nth(1)
        .and_then(|line| line.split_whitespace().next())
        .unwrap();
    stage.admin(&["agent", "revoke", agent])?;
    let person = stage.person()?;
    crate::ends::until_reported(&stage, &person, "anybody@corp.test", "no-agent").await?;
    Ok(())
}
