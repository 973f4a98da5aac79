//! Telling an agent from a copy of it, before its link counts.
//!
//! Two things tell. While the link of an agent stands and its other end answers, whoever calls with
//! the same keys is a second one. And every link spends a ticket (`LinkTicket`): who shows a spent
//! one has a state that was copied, or restored from a backup.
//!
//! The one whose link stands goes on. It is told, and draws a new ticket at once: the copy can never
//! take its place, also not while it restarts. The copy is sent away and told why.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, event};
use writeback_store::{Actor, Agent, AuditRecord, Copied, StoreError, activity};
use writeback_wire::{Hello, LinkTicket, ToAgent};

use crate::state::Cloud;

/// How long the standing link may take to answer: a round trip to anywhere, and a busy machine.
/// Only who comes back while an older link looks alive waits for it.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// A copy that calls again and again is noted so often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// How often it is looked for agents that were revoked: what an operator does is to take effect
/// within a second.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How many characters of a host's name are kept (RFC 1035).
const HOST_CHARS_MAX: usize = 253;

/// Whether a link may take the place of what went before it. Where it is of a copy, everybody
/// concerned is told.
pub(super) async fn admit(cloud: &Cloud, agent: &Agent, hello: &Hello) -> Result<bool, StoreError> {
    let is_second = cloud.hub.answers(agent.id, ANSWER_WITHIN).await;
    let ticket = hello.ticket.as_ref();
    if !is_second
        && cloud
            .store
            .spend_link_ticket(agent.tenant, agent.id, ticket)
            .await?
    {
        return Ok(true);
    }
    let host: String = hello.host.chars().take(HOST_CHARS_MAX).collect();
    tracing::error!(agent = %agent.id, host, event_id = event::AGENT_COPIED,
        "a second machine called with the keys of an agent and was sent away: if nobody copied or \
         restored that agent's state folder, its keys were stolen; revoke it and enrol it anew");
    let told = ToAgent::Copied { host: host.clone() };
    cloud.hub.send(agent.id, told);
    note(cloud, agent, host).await?;
    Ok(false)
}

async fn note(cloud: &Cloud, agent: &Agent, host: String) -> Result<(), StoreError> {
    let at = cloud.clock.now();
    let is_news = |last: &Copied| last.host != host || at.duration_since(last.at) >= NOTED_EVERY;
    if !agent.copied.as_ref().is_none_or(is_news) {
        return Ok(());
    }
    let audit = AuditRecord {
        tenant: Some(agent.tenant),
        at,
        actor: Actor::Agent(agent.id),
        activity: activity::AGENT_COPIED,
        user: None,
        correlation: None,
        address: None,
        result: "refused".to_owned(),
        detail: format!("host {host}"),
    };
    let copied = Copied { at, host };
    cloud
        .store
        .note_copied(agent.tenant, agent.id, &copied, &audit)
        .await
}

/// An agent drew a new ticket in the course of its link.
pub(super) async fn renew(
    cloud: &Cloud,
    agent: &Agent,
    ticket: &LinkTicket,
) -> Result<(), StoreError> {
    let renewed = cloud
        .store
        .spend_link_ticket(agent.tenant, agent.id, Some(ticket))
        .await?;
    if !renewed {
        tracing::warn!(event_id = event::AGENT_REFUSED, agent = %agent.id, "an agent showed a ticket that was spent before");
    }
    Ok(())
}

/// Closes the links of revoked agents until `stop`.
pub async fn keep_revoked_out(cloud: Arc<Cloud>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        match cloud.store.revoked_agents().await {
            Ok(revoked) => close_links(&cloud, &revoked),
            Err(error) => tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "revoked agents could not be looked for"
            ),
        }
    }
}

fn close_links(cloud: &Cloud, revoked: &[AgentId]) {
    for agent in revoked {
        cloud.hub.disconnect(*agent);
    }
}
