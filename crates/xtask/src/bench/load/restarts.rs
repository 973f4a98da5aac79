//! Restarting the agents in turn, as an operator would: one at a time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::{task, time};

use super::{AGENT_HOSTS, Crowd};

/// Between two restarts: what the people meet then is told apart.
const QUIET: Duration = Duration::from_secs(5);

/// So long an agent may take until its link stands again.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// One restart: from asking the agent to end until its link stands again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Restart {
    pub(super) from: Instant,
    pub(super) to: Instant,
    /// Its resident memory before, in bytes.
    pub(super) agent_rss: u64,
}

/// One after the other, until the time is over.
pub(super) async fn in_turn(crowd: Arc<Crowd>) -> Result<Vec<Restart>> {
    let mut restarts = Vec::new();
    for agent in (0..AGENT_HOSTS.len()).cycle() {
        time::sleep(QUIET).await;
        if Instant::now() >= crowd.until {
            break;
        }
        restarts.push(restart(&crowd, agent).await?);
    }
    Ok(restarts)
}

async fn restart(crowd: &Crowd, number: usize) -> Result<Restart> {
    let process = {
        let mut stage = crowd.stage();
        let agent = stage.agents.get_mut(number).context("no such agent")?;
        agent.process.take()
    };
    let mut process = process.context("an agent is not running")?;
    process.check()?;
    let agent_rss = process.resident_bytes()?;
    let from = Instant::now();
    // It finishes what it claimed, and the people go on meanwhile.
    task::spawn_blocking(move || process.stop()).await??;
    crowd.stage().start_agent(number)?;
    let deadline = Instant::now() + BACK_WITHIN;
    loop {
        let said = crowd.stage().agent_process(number)?.said();
        if said.contains("the link to the cloud stands") {
            break;
        }
        ensure!(
            Instant::now() < deadline,
            "an agent does not come back:\n{said}"
        );
        time::sleep(Duration::from_millis(20)).await;
    }
    Ok(Restart {
        from,
        to: Instant::now(),
        agent_rss,
    })
}
