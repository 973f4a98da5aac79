//! The company's firewall: nothing comes in, only 443 goes out, or a proxy is the only way.

use std::{net::TcpStream, time::Duration};

use anyhow::Result;
use writeback_lab::{Lab, UserSpec};
use writeback_stage::{AgentPlace, Options, Route};

use crate::setting::{Setting, is_changed};

async fn through(route: Route, netns: &str) -> Result<()> {
    let place = AgentPlace {
        netns: netns.to_owned(),
        route,
        ..AgentPlace::corp()
    };
    let options = Options {
        agents: vec![place],
        ..Options::default()
    };
    let (setting, users) = Setting::of("corp.test", options, vec![UserSpec::default()]).await?;
    let page = setting.reset(&users[0], "Lewat-Proksi 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[0],
        &page,
        "Lewat-Proksi 1",
    )
}

#[tokio::test]
async fn an_agent_works_through_a_proxy() -> Result<()> {
    through(Route::OpenProxy, "wb-agent-proxied").await
}

#[tokio::test]
async fn an_agent_works_through_a_proxy_with_credentials() -> Result<()> {
    through(Route::BasicProxy, "wb-agent-proxied").await
}

#[tokio::test]
async fn the_agents_host_has_no_open_port_and_is_not_reachable() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let lab = Lab::require()?;
    // Nothing listens where the agent runs.
    let listening = lab
        .command_in("wb-agent1", "ss")
        .args(["-Hltun"])
        .output()?;
    assert!(listening.status.success());
    assert_eq!(String::from_utf8_lossy(&listening.stdout).trim(), "");
    // From the internet side there is no way in through the router, not even to ports that
    // listen on its other side: its name server and its proxies.
    for address in ["198.51.100.2:53", "198.51.100.2:3128", "198.51.100.2:443"] {
        let probe = format!(
            "timeout 2 bash -c '</dev/tcp/{}'",
            address.replace(':', "/")
        );
        let answer = lab
            .command_in(writeback_lab::INTERNET, "bash")
            .args(["-c", &probe])
            .output()?;
        assert!(
            !answer.status.success(),
            "{address} is reachable from outside"
        );
    }
    // From inside, the mail server outside is not reachable, since it is not on 443.
    let mail = writeback_lab::MAIL_ADDRESS.parse()?;
    assert!(TcpStream::connect_timeout(&mail, Duration::from_secs(1)).is_err());
    let page = setting.reset(&users[0], "Tanpa-Pintu 1").await?;
    is_changed(
        setting.forest("corp.test")?,
        &users[0],
        &page,
        "Tanpa-Pintu 1",
    )
}

#[tokio::test]
async fn one_agent_serves_two_forests() -> Result<()> {
    let place = AgentPlace {
        forests: vec!["corp.test".into(), "fabrikam.test".into()],
        ..AgentPlace::corp()
    };
    let options = Options {
        agents: vec![place],
        ..Options::default()
    };
    let users = vec![UserSpec::default()];
    let (setting, users) = Setting::of("fabrikam.test", options, users).await?;
    let page = setting.reset(&users[0], "Hutan-Kedua 1").await?;
    is_changed(
        setting.forest("fabrikam.test")?,
        &users[0],
        &page,
        "Hutan-Kedua 1",
    )
}
