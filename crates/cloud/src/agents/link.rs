//! `GET /agent/v1/link`: the WebSocket on which an agent waits for work.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{
            CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code,
            rejection::WebSocketUpgradeRejection,
        },
    },
    response::Response,
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;
use writeback_model::event;
use writeback_relay::Link;
use writeback_store::{Actor, Agent, AuditRecord, activity};
use writeback_wire::{
    CLOSE_COPIED, FRAME_BYTES_MAX, Hello, PING_SECONDS, PROTOCOL_VERSION, SILENCE_SECONDS,
    SUBPROTOCOL, ToAgent, ToCloud, WireError, decode, encode,
};

use super::{auth::Caller, copies, error::AgentApiError};
use crate::{
    state::Cloud,
    sync::{AnchorsWritten, ImportEnd},
};

/// How long a new link may wait with its first frame.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// How long a link that is being closed may take to be told.
const CLOSING_PATIENCE: Duration = Duration::from_secs(2);

/// How often a link notes that its agent is still connected.
pub(crate) const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Said to the agents of a disabled tenant.
const TENANT_DISABLED: &str =
    "its organisation is disabled here; it may come back once the cloud's operator has enabled it";

/// Said to a copy of an agent.
const COPIED: &str = "this state folder was copied, or restored from a backup: another machine is this agent; enrol this one anew";

/// How many forests an agent may serve: a bound on what a broken one can make the cloud keep.
const FORESTS_MAX: usize = 100;

pub(super) async fn link(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, AgentApiError> {
    let upgrade = upgrade
        .map_err(|_| AgentApiError::Upgrade)?
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(AgentApiError::Upgrade);
    }
    Ok(upgrade.on_upgrade(move |socket| async move { serve(cloud, agent, socket).await }))
}

async fn serve(cloud: Arc<Cloud>, agent: Agent, mut socket: WebSocket) {
    let hello = match time::timeout(HELLO_WITHIN, hello(&mut socket)).await {
        Ok(Ok(hello)) => hello,
        Ok(Err(why)) => return close(socket, &agent, why).await,
        Err(_) => return close(socket, &agent, "it did not say hello in time").await,
    };
    if hello.protocol != PROTOCOL_VERSION {
        return close(
            socket,
            &agent,
            "it speaks another version of the protocol: upgrade it",
        )
        .await;
    }
    if hello.forests.len() > FORESTS_MAX {
        return close(socket, &agent, "it serves too many forests").await;
    }
    match copies::admit(&cloud, &agent, &hello).await {
        Ok(true) => {}
        Ok(false) => {
            let _ = socket.send(close_message(CLOSE_COPIED, COPIED)).await;
            return;
        }
        Err(error) => {
            tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
            return close(socket, &agent, "the cloud's store cannot be reached").await;
        }
    }
    let now = cloud.clock.now();
    let forests = hello.forests.clone();
    let kept = async {
        cloud
            .store
            .agent_seen(agent.id, &hello.version, now)
            .await?;
        for status in &forests {
            cloud
                .store
                .report_forest(agent.tenant, &status.forest, &status.domains)
                .await?;
        }
        Ok::<_, writeback_store::StoreError>(())
    };
    if let Err(error) = kept.await {
        tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
        return close(socket, &agent, "the cloud's store cannot be reached").await;
    }

    let version = hello.version.clone();
    let welcome = ToAgent::Welcome {
        agent: agent.id,
        tenant: agent.tenant,
        server_time: now,
        reconnect_within_ms: cloud.hub.reconnect_within_ms(),
    };
    let mut link = cloud.hub.connect(&agent, hello, welcome);
    tracing::info!(agent = %agent.id, event_id = event::AGENT_CONNECTED, "an agent is connected");
    record(&cloud, &agent, activity::AGENT_CONNECTED, "").await;
    if let Some(copied) = &agent.copied {
        let host = copied.host.clone();
        cloud.hub.send(agent.id, ToAgent::Copied { host });
    }
    match cloud.banned_terms(agent.tenant).await {
        Ok(terms) => {
            cloud.hub.send(agent.id, ToAgent::BannedTerms(terms));
        }
        Err(error) => {
            tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
        }
    }
    if let Err(error) = link.ask_about_doubts(&forests).await {
        tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
    }

    let (sink, stream) = socket.split();
    let (never, empty) = tokio::sync::mpsc::channel(1);
    drop(never);
    let outbox = std::mem::replace(&mut link.outbox, empty);
    let closed = link.closed.clone();
    let ended = tokio::select! {
        why = write(sink, outbox, &link, &closed, &cloud, &agent) => why,
        why = read(stream, &link, &cloud, &agent) => why,
        never = keep_seen(&cloud, &agent, &version) => match never {},
    };
    tracing::info!(agent = %agent.id, why = ended, event_id = event::AGENT_DISCONNECTED, "an agent's link ended");
    record(&cloud, &agent, activity::AGENT_DISCONNECTED, ended).await;
}

/// Notes again and again that the agent is connected: whoever looks at the database sees it there.
async fn keep_seen(cloud: &Cloud, agent: &Agent, version: &str) -> std::convert::Infallible {
    loop {
        time::sleep(SEEN_EVERY).await;
        let now = cloud.clock.now();
        if let Err(error) = cloud.store.agent_seen(agent.id, version, now).await {
            tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
        }
    }
}

async fn record(cloud: &Cloud, agent: &Agent, activity: &'static str, detail: &str) {
    let audit = AuditRecord {
        tenant: Some(agent.tenant),
        at: cloud.clock.now(),
        actor: Actor::Agent(agent.id),
        activity,
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: detail.to_owned(),
    };
    if let Err(error) = cloud.store.audit(&audit).await {
        tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
    }
}

/// The first frame, which must be a hello.
async fn hello(socket: &mut WebSocket) -> Result<Hello, &'static str> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => {
                return match decode::<ToCloud>(&text) {
                    Ok(ToCloud::Hello(hello)) => Ok(hello),
                    _ => Err("its first frame was no hello"),
                };
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return Err("its first frame was no hello"),
        }
    }
}

/// What the link waits for to send.
enum Next {
    /// A frame; or nothing for a while.
    Frame(Result<Option<ToAgent>, time::error::Elapsed>),
    /// A sign of life is to be asked for, with this number.
    Ask(u64),
}

/// Sends what is to be sent, and a ping when nothing was for a while. A link that is to be
/// closed is told why.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut outbox: tokio::sync::mpsc::Receiver<ToAgent>,
    link: &Link,
    closed: &CancellationToken,
    cloud: &Cloud,
    agent: &Agent,
) -> &'static str {
    let pause = Duration::from_secs(PING_SECONDS);
    let mut asked = 0;
    loop {
        let next = async {
            tokio::select! {
                next = time::timeout(pause, outbox.recv()) => Next::Frame(next),
                number = link.pulse.asked(asked) => Next::Ask(number),
            }
        };
        let Some(next) = closed.run_until_cancelled(next).await else {
            let why = why_closed(cloud, agent).await;
            // It is to be closed either way.
            let _ = time::timeout(
                CLOSING_PATIENCE,
                sink.send(close_message(close_code::POLICY, why)),
            )
            .await;
            return why;
        };
        let message = match next {
            Next::Ask(number) => {
                asked = number;
                Message::Ping(number.to_be_bytes().to_vec().into())
            }
            Next::Frame(Ok(Some(frame))) => match encode(&frame) {
                Ok(text) => Message::Text(text.into()),
                Err(error) => {
                    tracing::error!(event_id = event::AGENT_INVALID, agent = %agent.id, %error, "a frame could not be written");
                    continue;
                }
            },
            Next::Frame(Ok(None)) => return "it was closed",
            Next::Frame(Err(_)) => {
                if is_revoked(cloud, agent).await {
                    return "it was revoked";
                }
                Message::Ping(Vec::new().into())
            }
        };
        // A peer that takes nothing is as good as gone.
        match time::timeout(pause, sink.send(message)).await {
            Ok(Ok(())) => {}
            _ => return "nothing could be sent",
        }
    }
}

/// Takes what the agent says until it is silent for too long.
async fn read(
    mut stream: SplitStream<WebSocket>,
    link: &Link,
    cloud: &Cloud,
    agent: &Agent,
) -> &'static str {
    let patience = Duration::from_secs(SILENCE_SECONDS);
    let mut deadline = Instant::now() + patience;
    loop {
        let message = match time::timeout_at(deadline, stream.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(_))) => return "it broke, or a frame was too large",
            Ok(None) => return "the agent closed it",
            Err(_) => return "it was silent for too long",
        };
        deadline = Instant::now() + patience;
        let text = match message {
            Message::Text(text) => text,
            Message::Pong(answer) => {
                if let Ok(number) = <[u8; 8]>::try_from(&*answer) {
                    link.pulse.heard(u64::from_be_bytes(number));
                }
                continue;
            }
            Message::Ping(_) => continue,
            Message::Close(_) => return "the agent closed it",
            Message::Binary(_) => return "it sent bytes, not text",
        };
        let frame = match decode::<ToCloud>(&text) {
            Ok(frame) => frame,
            Err(WireError::UnknownType) => {
                tracing::info!(agent = %agent.id, "a frame of a newer agent was ignored");
                continue;
            }
            Err(error) => {
                tracing::warn!(event_id = event::AGENT_INVALID, agent = %agent.id, %error, "an agent sent no frame");
                return "it sent no frame";
            }
        };
        if let Err(error) = beside(&frame, cloud, agent).await {
            tracing::error!(event_id = event::STORE_FAILED, agent = %agent.id, error = &error as &dyn std::error::Error, "the store failed");
        }
        if let Err(error) = link.take(frame).await {
            tracing::warn!(event_id = event::AGENT_INVALID, agent = %agent.id, error = &error as &dyn std::error::Error, "a link is closed");
            return "the agent broke the protocol, or the store failed";
        }
    }
}

/// What a frame means to the cloud besides its meaning to the hub.
async fn beside(
    frame: &ToCloud,
    cloud: &Cloud,
    agent: &Agent,
) -> Result<(), writeback_store::StoreError> {
    match frame {
        ToCloud::Status(status) => {
            cloud
                .store
                .report_forest(agent.tenant, &status.forest, &status.domains)
                .await
        }
        ToCloud::ImportFailed {
            run,
            cause,
            detail,
            cookie_refused,
        } => {
            tracing::warn!(event_id = event::IMPORT_TROUBLE, %run, agent = %agent.id, cause = cause.info().id, detail,
                "an import failed");
            let found = cloud.store.run(agent.tenant, *run).await?;
            if found.is_some_and(|found| found.agent == Some(agent.id)) {
                let end = ImportEnd::Failed {
                    why: format!("{}: {detail}", cause.info().id),
                    cookie_refused: *cookie_refused,
                };
                cloud.sync.import_ended(*run, end);
            }
            Ok(())
        }
        ToCloud::Ticket(ticket) => copies::renew(cloud, agent, ticket).await,
        ToCloud::Key(key) => cloud.note_key(agent.tenant, agent.id, key.id).await,
        ToCloud::Changed { forest } => {
            cloud.sync.changed(agent.tenant, forest);
            Ok(())
        }
        ToCloud::AnchorsWritten {
            run,
            written,
            refused,
            why,
            ..
        } => {
            // A run of another tenant is none of this agent's.
            if cloud.store.run(agent.tenant, *run).await?.is_none() {
                return Ok(());
            }
            let written = AnchorsWritten {
                written: *written,
                refused: *refused,
                why: why.clone(),
            };
            cloud.sync.anchors_written(*run, written);
            Ok(())
        }
        _ => Ok(()),
    }
}

async fn is_revoked(cloud: &Cloud, agent: &Agent) -> bool {
    match cloud.store.agent(agent.id).await {
        Ok(Some(agent)) => agent.revoked_at.is_some(),
        Ok(None) => true,
        // Not being able to ask is no reason to cut everybody off.
        Err(_) => false,
    }
}

/// Why a link is being closed that stood.
async fn why_closed(cloud: &Cloud, agent: &Agent) -> &'static str {
    match cloud.enabled_tenant(agent.tenant).await {
        Ok(None) => TENANT_DISABLED,
        Ok(Some(_)) if is_revoked(cloud, agent).await => "it was revoked",
        _ => "a newer link took its place",
    }
}

async fn close(mut socket: WebSocket, agent: &Agent, why: &'static str) {
    tracing::warn!(event_id = event::AGENT_REFUSED, agent = %agent.id, why, "an agent's link was refused");
    // It is to be closed either way.
    let _ = socket.send(close_message(close_code::POLICY, why)).await;
}

/// `why` has at most 123 bytes: more than a control frame holds (RFC 6455, section 5.5).
fn close_message(code: u16, why: &'static str) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: why.into(),
    }))
}
