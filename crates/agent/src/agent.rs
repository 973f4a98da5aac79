//! The agent while it runs: what the link brings is handed on, and nothing here waits for the
//! directory.

use std::{
    sync::{Arc, PoisonError, atomic::AtomicU32},
    time::Duration,
};

use tokio::{sync::mpsc, time};
use tokio_util::sync::CancellationToken;
use writeback_model::{Cause, Clock, Entropy, RequestId};
use writeback_wire::{Evidence, Hello, PROTOCOL_VERSION, ToAgent, ToCloud};

use crate::{
    anchors,
    core::Core,
    events, executor, health,
    jobs::Jobs,
    journal::Told,
    link::{Event, Link, Session},
    resolve, sign_in,
    state::{Membership, SealingKeys, StateDir, StateError},
    token::Tokens,
    transport::Transport,
};

/// How long a stop waits for what is being executed: the longest that a domain controller is
/// waited for, and some more. What is not done then is resolved after the next start.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// How many events of the link may wait. They are handed on at once.
const EVENTS: usize = 64;

/// How many offers may wait for room. A cloud that offers more asks other agents.
const OFFERS_MAX: usize = 256;

/// How often it is looked whether the sealing key's time is over.
const KEY_CHECK_EVERY: Duration = Duration::from_secs(3600);

/// Everything that goes on while the agent runs.
pub(crate) struct Agent {
    pub(crate) core: Arc<Core>,
    pub(crate) transport: Arc<Transport>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) dir: StateDir,
    pub(crate) membership: Membership,
    pub(crate) version: String,
    pub(crate) host: String,
    pub(crate) jobs: Jobs,
}

impl Agent {
    /// Runs until `shutdown`, then finishes what is begun.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        tracing::info!(event_id = events::AGENT_STARTED, agent = %self.membership.agent,
            version = self.version, "the agent starts");
        resolve::begin_all(&self.core);
        health::follow_switch(&self.core);
        health::begin(&self.core).await;
        let (events, mut happened) = mpsc::channel(EVENTS);
        let close_link = CancellationToken::new();
        let link = tokio::spawn(self.link(events).run(close_link.clone()));
        let mut key_check = time::interval(KEY_CHECK_EVERY);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                event = happened.recv() => match event {
                    Some(event) => self.take(event).await,
                    None => break,
                },
                _ = key_check.tick() => self.roll_key(SealingKeys::roll_if_due).await,
            }
        }
        self.stop(happened).await;
        close_link.cancel();
        let _ = link.await;
        tracing::info!(event_id = events::AGENT_STOPPED, "the agent stopped");
    }

    /// Begins nothing more; what is begun is finished, its grants and denials still heard.
    async fn stop(&mut self, mut happened: mpsc::Receiver<Event>) {
        self.core.stop.cancel();
        self.core.uplink.mention(ToCloud::Leaving);
        self.jobs.stop();
        self.core.executions.close();
        let executions = self.core.executions.clone();
        let hear = async {
            while let Some(event) = happened.recv().await {
                if !begins_something(&event) {
                    self.take(event).await;
                }
            }
        };
        tokio::select! {
            () = executions.wait() => {}
            () = hear => {}
            () = time::sleep(STOP_PATIENCE) => {
                tracing::warn!(event_id = events::AGENT_STOPPED,
                    "what is not done yet is resolved after the next start");
            }
        }
    }

    fn link(&self, events: mpsc::Sender<Event>) -> Link {
        let core = Arc::clone(&self.core);
        let (version, host) = (self.version.clone(), self.host.clone());
        let hello = move || Hello {
            protocol: PROTOCOL_VERSION,
            version: version.clone(),
            host: host.clone(),
            sealing_key: core
                .keys
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .current(),
            forests: core.health.all(),
            ticket: Some(core.ticket()),
        };
        Link {
            transport: Arc::clone(&self.transport),
            tokens: Arc::clone(&self.tokens),
            agent: self.membership.agent,
            hello: Box::new(hello),
            events,
            entropy: Arc::clone(&self.core.entropy),
            spread_ms: AtomicU32::new(0),
        }
    }

    /// Hands on what the link brought. Nothing here waits for the directory.
    async fn take(&mut self, event: Event) {
        let core = &self.core;
        let (session, frame) = match event {
            Event::Up(session) => return self.up(session),
            Event::Frame(session, frame) => (session, frame),
        };
        match frame {
            ToAgent::Execute(execute) => {
                if core.executions.len() < OFFERS_MAX {
                    let work = executor::execute(Arc::clone(core), execute, session);
                    core.executions.spawn(work);
                }
            }
            ToAgent::Grant {
                request,
                start_within_ms,
            } => {
                let within = Duration::from_millis(start_within_ms.into());
                if !core.claims.granted(request, within) {
                    self.refuse_grant(request);
                }
            }
            ToAgent::Deny { request, why } => core.claims.denied(request, why),
            ToAgent::Recorded { request } => core.journal.recorded(request),
            ToAgent::Resolve(asked) => {
                let core = Arc::clone(core);
                tokio::spawn(async move { resolve::asked(&core, asked).await });
            }
            ToAgent::Import(order) => self.jobs.import(order),
            ToAgent::Watch { forest, attributes } => self.jobs.watch(forest, attributes, session),
            ToAgent::Unwatch { forest } => self.jobs.unwatch(&forest),
            ToAgent::WriteAnchors {
                run,
                forest,
                objects,
            } => {
                let core = Arc::clone(core);
                let order = anchors::Order {
                    run,
                    forest,
                    objects,
                };
                tokio::spawn(async move { anchors::write(&core, order).await });
            }
            ToAgent::SignIn(ask) => {
                if core.executions.len() < OFFERS_MAX {
                    let work = sign_in::check(Arc::clone(core), ask, session);
                    core.executions.spawn(work);
                }
            }
            ToAgent::RollKeys => self.roll_key(SealingKeys::roll).await,
            ToAgent::BannedTerms(told) => core.banned.set(told),
            ToAgent::Copied { host } => {
                tracing::error!(
                    event_id = events::COPIED,
                    host,
                    "another machine has a copy of this agent's state folder and was sent away; this \
                     one goes on. If nobody copied it, its keys were stolen: revoke this agent and \
                     enrol it anew with --replace"
                );
                session.send(ToCloud::Ticket(core.ticket())).await;
            }
            ToAgent::Welcome { .. } | ToAgent::Restarting { .. } => {}
        }
    }

    /// A link stands: what was not heard is said again.
    fn up(&self, session: Session) {
        self.core.uplink.set(session.clone());
        self.core.ticket_taken();
        let core = Arc::clone(&self.core);
        tokio::spawn(async move {
            // The first look may have ended after the hello was written.
            for status in core.health.all() {
                session.send(ToCloud::Status(status)).await;
            }
            for (request, told) in core.journal.untold() {
                let (outcome, evidence) = (told.outcome, told.evidence);
                let frame = ToCloud::Outcome {
                    request,
                    outcome,
                    evidence,
                };
                session.send(frame).await;
            }
        });
    }

    /// A grant for a request that was given up: it was never begun and never will be.
    fn refuse_grant(&self, request: RequestId) {
        if self.core.journal.find(request).is_some() || !self.core.claims.disown(request) {
            return;
        }
        let core = Arc::clone(&self.core);
        tokio::spawn(async move {
            tracing::warn!(%request, event_id = events::LINK_LOST, "a grant came too late");
            let told = Told {
                outcome: Cause::NotStartedInTime.into(),
                evidence: Evidence::default(),
            };
            core.tell(request, told).await;
        });
    }

    async fn roll_key(&self, roll: RollKey) {
        let rolled = {
            let core = &self.core;
            let mut keys = core.keys.write().unwrap_or_else(PoisonError::into_inner);
            roll(&mut keys, &self.dir, &*core.clock, &*core.entropy)
                .map(|rolled| rolled.then(|| keys.current()))
        };
        match rolled {
            Ok(None) => {}
            Ok(Some(key)) => {
                tracing::info!(event_id = events::KEY_MADE, key = %key.id, "a new sealing key was made");
                self.core.uplink.tell(ToCloud::Key(key)).await;
            }
            Err(error) => {
                tracing::error!(
                    event_id = events::STATE_UNWRITABLE,
                    error = &error as &dyn std::error::Error,
                    "no new sealing key could be made"
                );
            }
        }
    }
}

/// One way to roll the sealing key, or not to.
type RollKey =
    fn(&mut SealingKeys, &StateDir, &dyn Clock, &dyn Entropy) -> Result<bool, StateError>;

/// What a stopping agent does not take any more.
const fn begins_something(event: &Event) -> bool {
    matches!(
        event,
        Event::Frame(
            _,
            ToAgent::Execute(_)
                | ToAgent::Import(_)
                | ToAgent::Watch { .. }
                | ToAgent::WriteAnchors { .. }
                | ToAgent::SignIn(_)
        )
    )
}
