//! The one link to the cloud: dialled out, kept up, and dialled again when it is lost.

mod backoff;
mod session;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, Entropy};
use writeback_wire::{Hello, ToAgent, ToCloud};

use self::backoff::{Backoff, random_up_to};
use crate::{
    events,
    token::Tokens,
    transport::{Transport, TransportError},
};

/// How many frames may wait to be sent. Far more than the executions at once produce; when it
/// is full the cloud does not read, and senders wait until it does or the link is given up.
const OUTGOING_FRAMES: usize = 256;

/// A cloud cannot send an agent away for longer than this by announcing a restart.
const RESTART_WAIT_MAX: Duration = Duration::from_secs(300);

/// How long a copy that was sent away waits: until somebody enrols it anew nothing changes.
const COPIED_WAIT: Duration = Duration::from_secs(300);

/// One link while it stands.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    out: mpsc::Sender<ToCloud>,
    /// Cancelled when the link is lost.
    pub(crate) lost: CancellationToken,
}

impl Session {
    /// A link that takes frames and sends them nowhere.
    #[cfg(test)]
    pub(crate) fn for_test(lost: CancellationToken) -> Self {
        Self {
            out: mpsc::channel(1).0,
            lost,
        }
    }

    /// Puts a frame into the queue. `false` when the link is lost: then it was not sent.
    pub(crate) async fn send(&self, frame: ToCloud) -> bool {
        self.lost
            .run_until_cancelled(self.out.send(frame))
            .await
            .is_some_and(|sent| sent.is_ok())
    }

    /// Puts a frame into the queue if there is room.
    pub(crate) fn mention(&self, frame: ToCloud) {
        let _ = self.out.try_send(frame);
    }
}

/// What the link tells the rest of the agent.
#[derive(Debug)]
pub(crate) enum Event {
    /// The cloud has accepted the link.
    Up(Session),
    /// The cloud said something; never `Welcome` or `Restarting`.
    Frame(Session, ToAgent),
}

/// Why a link ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    /// It could not be opened.
    #[error(transparent)]
    NotOpened(#[from] TransportError),
    /// It was opened and ended.
    #[error("{why}")]
    Lost {
        why: String,
        restart_within: Option<Duration>,
    },
    /// The cloud takes this agent for a copy of another one.
    #[error("{0}")]
    Copied(String),
}

/// Keeps the link up.
pub(crate) struct Link {
    pub(crate) transport: Arc<Transport>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) agent: AgentId,
    /// What to say first, made anew for every link.
    pub(crate) hello: Box<dyn Fn() -> Hello + Send + Sync>,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Over how long the cloud's agents spread their return, as the cloud said last.
    pub(crate) spread_ms: AtomicU32,
}

impl Link {
    /// Runs until `stop`; then what waits to be sent is sent.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut backoff = Backoff::default();
        while !stop.is_cancelled() {
            let opened_at = Instant::now();
            let wait = match self.once(&stop).await {
                Ok(()) => return,
                Err(Ended::NotOpened(error)) => {
                    if matches!(error, TransportError::NotAccepted { .. }) {
                        self.tokens.forget().await;
                    }
                    tracing::warn!(
                        event_id = events::LINK_FAILED,
                        error = &error as &dyn std::error::Error,
                        "the link to the cloud cannot be opened; trying again"
                    );
                    self.wait(&mut backoff)
                }
                Err(Ended::Lost {
                    why,
                    restart_within,
                }) => {
                    backoff.held(opened_at.elapsed());
                    tracing::warn!(
                        event_id = events::LINK_LOST,
                        why,
                        "the link to the cloud was lost"
                    );
                    match restart_within {
                        Some(within) => random_up_to(within.min(RESTART_WAIT_MAX), &*self.entropy),
                        None => self.wait(&mut backoff),
                    }
                }
                Err(Ended::Copied(why)) => {
                    tracing::error!(
                        event_id = events::COPIED,
                        why,
                        "this state folder is a copy of another machine's, or was restored from a \
                         backup: nothing is executed here; enrol this agent anew with --replace"
                    );
                    COPIED_WAIT / 2 + random_up_to(COPIED_WAIT / 2, &*self.entropy)
                }
            };
            let _ = stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
    }

    fn wait(&self, backoff: &mut Backoff) -> Duration {
        let spread = Duration::from_millis(self.spread_ms.load(Ordering::Relaxed).into());
        backoff.next(spread.min(RESTART_WAIT_MAX), &*self.entropy)
    }

    /// One link from its opening to its end. `Ok` when it was told to stop.
    async fn once(&self, stop: &CancellationToken) -> Result<(), Ended> {
        let opening = async {
            let token = self.tokens.get().await?;
            self.transport.websocket(token.expose()).await
        };
        let Some(socket) = stop.run_until_cancelled(opening).await else {
            return Ok(());
        };
        let socket = socket?;
        let (out, outgoing) = mpsc::channel(OUTGOING_FRAMES);
        let session = Session {
            out,
            lost: CancellationToken::new(),
        };
        // Whichever way this ends, everybody who waits for the link hears it.
        let _guard = session.lost.clone().drop_guard();
        self.attend(socket, session, outgoing, stop).await
    }
}
