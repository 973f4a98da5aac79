//! A tenant's agents.

use jiff::{SignedDuration, Timestamp};
use writeback_doctor::Finding;
use writeback_store::{Agent, KeyRoll};

use super::{At, second};
use crate::{AdminError, agents::SEEN_EVERY};

/// An agent makes a key within a second, once it is connected.
const ROLL_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Whether the link of an agent notes so at this time: one note may be late.
fn is_connected(agent: &Agent, now: Timestamp) -> bool {
    let patience = SignedDuration::try_from(SEEN_EVERY * 3).unwrap_or(SignedDuration::MAX);
    agent
        .seen_at
        .is_some_and(|seen| now.duration_since(seen) <= patience)
}

/// Adds what is found of all of them; whether one is connected. Without a running cloud none is,
/// and that is not theirs.
pub(super) async fn findings(
    at: &At<'_>,
    agents: &[Agent],
    found: &mut Vec<Finding>,
) -> Result<bool, AdminError> {
    let now = at.around.clock.now();
    let agents: Vec<_> = agents.iter().filter(|it| it.revoked_at.is_none()).collect();
    let enrolled = at.judge("agents-enrolled", !agents.is_empty());
    found.push(enrolled.name("cloud", &at.around.origin));
    let rolls = at.store.key_rolls(at.tenant.id).await?;
    for agent in &agents {
        found.push(version(at, agent));
        found.push(copied(at, agent));
        found.push(sealing_key(at, agent, &rolls, now));
    }
    if agents.is_empty() || !at.around.cloud_runs || at.tenant.disabled_at.is_some() {
        return Ok(false);
    }
    let connected = agents.iter().any(|it| is_connected(it, now));
    let any = at.judge("agents-connected", connected);
    let last = agents.iter().filter_map(|it| it.seen_at).max();
    found.push(match last {
        Some(last) if !connected => any.seen("last connected", second(last)),
        _ => any,
    });
    if connected {
        found.extend(agents.iter().map(|it| each(at, it, now)));
    }
    Ok(connected)
}

fn of(at: &At<'_>, agent: &Agent, finding: Finding) -> Finding {
    at.named(finding)
        .name("host", &agent.host)
        .name("agent", agent.id)
}

fn subject(agent: &Agent) -> String {
    format!("{} ({})", agent.host, agent.id)
}

fn each(at: &At<'_>, agent: &Agent, now: Timestamp) -> Finding {
    const CHECK: &str = "agent-connected";
    if is_connected(agent, now) {
        return Finding::fine(CHECK, subject(agent));
    }
    let finding = of(at, agent, Finding::warning(CHECK, subject(agent)));
    match agent.seen_at {
        Some(seen) => finding.seen("last connected", second(seen)),
        None => finding.seen("last connected", "never"),
    }
}

fn version(at: &At<'_>, agent: &Agent) -> Finding {
    const CHECK: &str = "agent-version";
    let ours = env!("CARGO_PKG_VERSION");
    if agent.version == ours {
        return Finding::fine(CHECK, subject(agent));
    }
    of(at, agent, Finding::warning(CHECK, subject(agent)))
        .seen("agent", &agent.version)
        .seen("this program", ours)
}

fn copied(at: &At<'_>, agent: &Agent) -> Finding {
    const CHECK: &str = "agent-not-copied";
    match &agent.copied {
        None => Finding::fine(CHECK, subject(agent)),
        Some(copied) => of(at, agent, Finding::warning(CHECK, subject(agent)))
            .seen("last seen", second(copied.at))
            .seen("calls itself", &copied.host),
    }
}

fn sealing_key(at: &At<'_>, agent: &Agent, rolls: &[KeyRoll], now: Timestamp) -> Finding {
    const CHECK: &str = "sealing-key-rolled";
    let due = rolls.iter().find(|it| {
        it.agent == agent.id
            && it.rolled.is_none()
            && now.duration_since(it.wanted_at) > ROLL_WITHIN
    });
    match due {
        None => Finding::fine(CHECK, subject(agent)),
        Some(roll) => of(at, agent, Finding::warning(CHECK, subject(agent)))
            .seen("asked for", second(roll.wanted_at)),
    }
}
