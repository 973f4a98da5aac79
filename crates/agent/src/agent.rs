//! The agent while it runs: what the link brings is handed on, and nothing here waits for the
//! directory.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinHandle, time};
use tokio_util::sync::CancellationToken;
use writeback_model::{Cause, DomainName, RequestId, RunId};
use writeback_wire::{Evidence, Hello, ImportOrder, PROTOCOL_VERSION, ToAgent, ToCloud};

use crate::{
    anchors,
    core::Core,
    events, executor, health,
    import::Import,
    journal::Told,
    link::{Event, Link, Session},
    resolve,
    state::{Membership, StateDir},
    token::Tokens,
    transport::Transport,
    uploads::Uploads,
    watch::Watch,
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
    /// One per forest, kept from one import to the next.
    pub(crate) uploads: HashMap<DomainName, Arc<Uploads>>,
    /// One per forest at a time.
    pub(crate) imports: HashMap<DomainName, (RunId, JoinHandle<()>)>,
    /// One per forest at a time.
    pub(crate) watches: HashMap<DomainName, JoinHandle<()>>,
}

impl Agent {
    /// Runs until `shutdown`, then finishes what is begun.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        tracing::info!(event_id = events::STARTED, agent = %self.membership.agent,
            version = self.version, "the agent starts");
        resolve::begin_all(&self.core);
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
                _ = key_check.tick() => self.roll_key().await,
            }
        }
        self.stop(happened).await;
        close_link.cancel();
        let _ = link.await;
        tracing::info!(event_id = events::STOPPED, "the agent stopped");
    }

    /// Begins nothing more; what is begun is finished, its grants and denials still heard.
    async fn stop(&mut self, mut happened: mpsc::Receiver<Event>) {
        self.core.stop.cancel();
        let imports = self.imports.values().map(|(_, import)| import);
        for task in imports.chain(self.watches.values()) {
            task.abort();
        }
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
                tracing::warn!(event_id = events::STOPPED,
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
        };
        Link {
            transport: Arc::clone(&self.transport),
            tokens: Arc::clone(&self.tokens),
            agent: self.membership.agent,
            hello: Box::new(hello),
            events,
            entropy: Arc::clone(&self.core.entropy),
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
            ToAgent::Import(order) => self.import(order),
            ToAgent::Watch { forest, attributes } => self.watch(forest, attributes, session),
            ToAgent::Unwatch { forest } => {
                if let Some(watch) = self.watches.remove(&forest) {
                    watch.abort();
                }
            }
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
            ToAgent::Welcome { .. } | ToAgent::Restarting { .. } => {}
        }
    }

    /// A link stands: what was not heard is said again.
    fn up(&self, session: Session) {
        self.core.uplink.set(session.clone());
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
        if self.core.journal.find(request).is_some() {
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

    /// Whoever orders a new import of a forest does not want the one before any more.
    fn import(&mut self, order: ImportOrder) {
        let (run, forest) = (order.run, order.forest.clone());
        let work = Import {
            core: Arc::clone(&self.core),
            uploads: self.uploads_of(&forest),
            order,
        };
        let before = self.imports.remove(&forest);
        if let Some((before, task)) = before.filter(|(_, task)| !task.is_finished()) {
            tracing::warn!(%run, %before, %forest, event_id = events::IMPORT_FAILED,
                "an import is given up for a new one");
            task.abort();
        }
        self.imports.insert(forest, (run, tokio::spawn(work.run())));
    }

    fn watch(&mut self, forest: DomainName, attributes: Vec<String>, session: Session) {
        let work = Watch {
            core: Arc::clone(&self.core),
            uploads: self.uploads_of(&forest),
            forest: forest.clone(),
            attributes,
            session,
        };
        let watch = tokio::spawn(work.run());
        if let Some(before) = self.watches.insert(forest, watch) {
            before.abort();
        }
    }

    fn uploads_of(&mut self, forest: &DomainName) -> Arc<Uploads> {
        let uploads = self.uploads.entry(forest.clone()).or_insert_with(|| {
            let (transport, tokens) = (Arc::clone(&self.transport), Arc::clone(&self.tokens));
            Arc::new(Uploads::new(transport, tokens))
        });
        Arc::clone(uploads)
    }

    async fn roll_key(&self) {
        let rolled = {
            let core = &self.core;
            let mut keys = core.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.roll_if_due(&self.dir, &*core.clock, &*core.entropy)
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
        )
    )
}
