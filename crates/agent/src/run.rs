//! The agent from its start to its end.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::{Mutex, Semaphore, mpsc},
    task::JoinHandle,
    time,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use writeback_model::{Cause, Clock, DomainName, Entropy, ImportId, RequestId};
use writeback_wire::{Evidence, Hello, PROTOCOL_VERSION, ToAgent, ToCloud};

use crate::{
    config::AgentConfig,
    core::Core,
    events,
    executor::{self, EXECUTIONS_MAX, claims::Claims, locks::ObjectLocks},
    forest::{ForestError, forests},
    health::{self, Health},
    import::Import,
    journal::{Journal, JournalError, Told},
    link::{Event, Link, Session},
    resolve,
    state::{Identity, Membership, SealingKeys, StateDir, StateError},
    token::Tokens,
    transport::{Proxy, ProxyError, Transport, TransportError},
    uplink::Uplink,
};

/// What the program hands in.
pub struct Parts {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The version of the software.
    pub version: String,
    /// This host's name, for people.
    pub host: String,
}

/// Why the agent cannot run. All of these are found at the start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It never enrolled.
    #[error(
        "this agent is not enrolled; make a token in the cloud's admin pages and run `writeback agent enroll`"
    )]
    NotEnrolled,
    /// The proxy's settings cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The way to the cloud cannot be prepared.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A forest cannot be served.
    #[error(transparent)]
    Forest(#[from] ForestError),
}

/// How long a stop waits for what is being executed: the longest that a domain controller is
/// waited for, and some more. What is not done then is resolved after the next start.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// How many events of the link may wait. They are handed on at once.
const EVENTS: usize = 64;

/// How many offers may wait for room. A cloud that offers more asks other agents.
const OFFERS_MAX: usize = 256;

/// How often it is looked whether the sealing key's time is over.
const KEY_CHECK_EVERY: Duration = Duration::from_secs(3600);

/// Runs until `shutdown`, then finishes what is being executed and tells its outcome.
pub async fn run(
    config: AgentConfig,
    parts: Parts,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let dir = StateDir::open(&config.state_dir)?;
    let membership = Membership::load(&dir)?.ok_or(RunError::NotEnrolled)?;
    let _lock = dir.lock()?;
    let identity = Identity::load(&dir)?.ok_or(RunError::NotEnrolled)?;
    let mut keys = SealingKeys::load_or_create(&dir, &*parts.clock, &*parts.entropy)?;
    keys.roll_if_due(&dir, &*parts.clock, &*parts.entropy)?;
    let proxy = config.proxy.as_ref().map(Proxy::try_from).transpose()?;
    let ca_file = config.ca_file.as_deref();
    let transport = Arc::new(Transport::new(config.cloud.clone(), ca_file, proxy)?);
    let forests = forests(&config)?;
    // Named after the agent: what is left to say from an earlier enrolment is nothing to the
    // cloud of a later one.
    let journal = Journal::open(&dir.file(&format!("journal-{}.jsonl", membership.agent)))?;
    let core = Arc::new(Core {
        tenant: membership.tenant,
        health: Health::new(&forests),
        forests,
        keys: RwLock::new(keys),
        journal,
        uplink: Uplink::default(),
        claims: Arc::new(Claims::default()),
        locks: ObjectLocks::default(),
        room: Semaphore::new(EXECUTIONS_MAX),
        clock: parts.clock,
        entropy: parts.entropy,
        executions: TaskTracker::new(),
        stop: CancellationToken::new(),
    });
    let tokens = Arc::new(Tokens {
        transport: Arc::clone(&transport),
        identity,
        agent: membership.agent,
        clock: Arc::clone(&core.clock),
        entropy: Arc::clone(&core.entropy),
        kept: Mutex::new(None),
    });
    let agent = Agent {
        core,
        transport,
        tokens,
        dir,
        membership,
        version: parts.version,
        host: parts.host,
        imports: HashMap::new(),
    };
    agent.run(shutdown).await;
    Ok(())
}

struct Agent {
    core: Arc<Core>,
    transport: Arc<Transport>,
    tokens: Arc<Tokens>,
    dir: StateDir,
    membership: Membership,
    version: String,
    host: String,
    /// One per forest at a time.
    imports: HashMap<DomainName, (ImportId, JoinHandle<()>)>,
}

impl Agent {
    async fn run(mut self, shutdown: CancellationToken) {
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
        for (_, import) in self.imports.values() {
            import.abort();
        }
        self.core.executions.close();
        let executions = self.core.executions.clone();
        let hear = async {
            while let Some(event) = happened.recv().await {
                if !matches!(
                    event,
                    Event::Frame(_, ToAgent::Execute(_) | ToAgent::Import { .. })
                ) {
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
            clock: Arc::clone(&self.core.clock),
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
            ToAgent::Import { import, forest } => self.import(import, forest),
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

    fn import(&mut self, import: ImportId, forest: DomainName) {
        self.imports.retain(|_, (_, task)| !task.is_finished());
        if let Some((running, _)) = self.imports.get(&forest) {
            tracing::warn!(%import, %running, "an import of the forest is running; the new one waits for nobody and is dropped");
            return;
        }
        let work = Import {
            core: Arc::clone(&self.core),
            transport: Arc::clone(&self.transport),
            tokens: Arc::clone(&self.tokens),
            import,
            forest: forest.clone(),
        };
        let task = tokio::spawn(work.run());
        self.imports.insert(forest, (import, task));
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
