//! One link from its first frame to its last.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::mpsc,
    time::{self, MissedTickBehavior},
};
use tokio_tungstenite::tungstenite::{
    Error as SocketError, Message, Utf8Bytes, error::CapacityError, protocol::CloseFrame,
};
use tokio_util::sync::CancellationToken;
use writeback_wire::{
    CLOSE_COPIED, PING_SECONDS, PROTOCOL_VERSION, SILENCE_SECONDS, ToAgent, ToCloud, WireError,
    decode, encode,
};

use super::{Ended, Event, Link, Session};
use crate::{events, transport::Socket};

/// How long a link that is being closed may take to send its last frames.
const CLOSING_PATIENCE: Duration = Duration::from_secs(5);

type Sink = SplitSink<Socket, Message>;
type Source = SplitStream<Socket>;

impl Link {
    /// Says hello, then reads and writes until one of the two ends.
    pub(super) async fn attend(
        &self,
        socket: Socket,
        session: Session,
        outgoing: mpsc::Receiver<ToCloud>,
        stop: &CancellationToken,
    ) -> Result<(), Ended> {
        let (mut sink, source) = socket.split();
        let hello = ToCloud::Hello((self.hello)());
        send(&mut sink, &hello).await?;
        tokio::select! {
            ended = self.read(source, &session) => Err(ended),
            ended = write(sink, outgoing, stop) => ended,
        }
    }

    async fn read(&self, mut source: Source, session: &Session) -> Ended {
        let mut welcomed = false;
        let mut restart_within = None;
        let lost = |why: String, restart_within| Ended::Lost {
            why,
            restart_within,
        };
        loop {
            let silence = Duration::from_secs(SILENCE_SECONDS);
            let text = match time::timeout(silence, source.next()).await {
                Err(_) => {
                    return lost(
                        format!(
                            "nothing came for {SILENCE_SECONDS} seconds; a firewall in between may have dropped it"
                        ),
                        restart_within,
                    );
                }
                Ok(None) => return lost("the cloud closed it".into(), restart_within),
                Ok(Some(Err(error))) => return lost(broken(&error), restart_within),
                Ok(Some(Ok(Message::Text(text)))) => text,
                Ok(Some(Ok(Message::Close(Some(frame)))))
                    if u16::from(frame.code) == CLOSE_COPIED =>
                {
                    return Ended::Copied(closed_by_cloud(Some(&frame)));
                }
                Ok(Some(Ok(Message::Close(frame)))) => {
                    return lost(closed_by_cloud(frame.as_ref()), restart_within);
                }
                Ok(Some(Ok(Message::Binary(_)))) => {
                    return violation("a binary message, which this protocol has not");
                }
                Ok(Some(Ok(_))) => continue,
            };
            let frame = match decode::<ToAgent>(&text) {
                Ok(frame) => frame,
                Err(WireError::UnknownType) => {
                    tracing::debug!("a frame of a newer cloud was ignored");
                    continue;
                }
                Err(error) => return violation(&error.to_string()),
            };
            match frame {
                ToAgent::Welcome {
                    agent,
                    server_time,
                    reconnect_within_ms,
                    ..
                } => {
                    if agent != self.agent || welcomed {
                        return violation("a welcome for another agent, or a second one");
                    }
                    welcomed = true;
                    self.tokens.clock.hear(server_time);
                    self.spread_ms.store(reconnect_within_ms, Ordering::Relaxed);
                    tracing::info!(
                        event_id = events::LINK_UP,
                        protocol = PROTOCOL_VERSION,
                        "the link to the cloud stands"
                    );
                    if self.events.send(Event::Up(session.clone())).await.is_err() {
                        return lost("the agent is ending".into(), None);
                    }
                }
                _ if !welcomed => return violation("a frame before the welcome"),
                ToAgent::Restarting {
                    reconnect_within_ms,
                } => {
                    restart_within = Some(Duration::from_millis(reconnect_within_ms.into()));
                }
                frame => {
                    let event = Event::Frame(session.clone(), frame);
                    if self.events.send(event).await.is_err() {
                        return lost("the agent is ending".into(), None);
                    }
                }
            }
        }
    }
}

/// What the cloud said when it closed the link, as far as it can stand in a line.
fn closed_by_cloud(frame: Option<&CloseFrame>) -> String {
    let code = frame.map_or(1005, |frame| u16::from(frame.code));
    let reason = frame.map_or("", |frame| frame.reason.as_str());
    let reason: String = reason.chars().filter(|it| !it.is_control()).collect();
    match reason.as_str() {
        "" => format!("the cloud closed it (code {code})"),
        reason => format!("the cloud closed it (code {code}): {reason}"),
    }
}

/// Sends what comes, and a ping when nothing does for a while. Told to stop, it sends what waits
/// and closes.
async fn write(
    mut sink: Sink,
    mut outgoing: mpsc::Receiver<ToCloud>,
    stop: &CancellationToken,
) -> Result<(), Ended> {
    let mut ping = time::interval(Duration::from_secs(PING_SECONDS));
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            frame = outgoing.recv() => match frame {
                Some(frame) => {
                    send(&mut sink, &frame).await?;
                    ping.reset();
                }
                None => break,
            },
            _ = ping.tick() => {
                let ping = Message::Ping(bytes::Bytes::new());
                sink.send(ping).await.map_err(|error| lost(&error))?;
            }
        }
    }
    let last = async {
        outgoing.close();
        while let Some(frame) = outgoing.recv().await {
            send(&mut sink, &frame).await?;
        }
        sink.close().await.map_err(|error| lost(&error))
    };
    // What could not be sent any more is in the journal, and said at the next start.
    let _ = time::timeout(CLOSING_PATIENCE, last).await;
    Ok(())
}

async fn send(sink: &mut Sink, frame: &ToCloud) -> Result<(), Ended> {
    match encode(frame) {
        Ok(text) => sink
            .send(Message::Text(Utf8Bytes::from(text)))
            .await
            .map_err(|error| lost(&error)),
        Err(error) => {
            tracing::error!(event_id = events::CLOUD_INVALID, %error, "a frame was not sent");
            Ok(())
        }
    }
}

fn violation(what: &str) -> Ended {
    tracing::error!(
        event_id = events::CLOUD_INVALID,
        what,
        "the cloud broke the protocol; check that agent and cloud are of matching versions"
    );
    Ended::Lost {
        why: format!("the cloud broke the protocol: {what}"),
        restart_within: None,
    }
}

fn lost(error: &SocketError) -> Ended {
    Ended::Lost {
        why: broken(error),
        restart_within: None,
    }
}

/// Says how the socket broke, and never what was in it.
fn broken(error: &SocketError) -> String {
    match error {
        SocketError::Io(error) => format!("the connection broke ({})", error.kind()),
        SocketError::Capacity(CapacityError::MessageTooLong { size, .. }) => {
            format!("the cloud sent a message of {size} bytes, more than a frame may have")
        }
        SocketError::Utf8(_) => "the cloud sent a message that is no text".into(),
        SocketError::Protocol(error) => format!("the cloud broke the WebSocket protocol: {error}"),
        SocketError::ConnectionClosed | SocketError::AlreadyClosed => "it was closed".into(),
        _ => "it broke".into(),
    }
}
