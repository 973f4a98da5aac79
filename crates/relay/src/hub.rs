//! The in-process hub: one cloud, any number of agents.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, Clock, DomainName, Outcome, RequestId, TenantId};
use writeback_store::{Agent, Request, Store};
use writeback_wire::{Hello, SealingKey, ServedDomain, ToAgent};

use crate::{
    OUTBOX_FRAMES,
    dispatch::InFlight,
    pulse::Pulse,
    registry::{ConnectedAgent, Entry, Liveness, Registry},
    sign_in::SignIns,
    spread::reconnect_within_ms,
};

/// A request that ended just now, for whoever tells the person.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The request as it was before.
    pub request: Request,
    /// How it ended.
    pub outcome: Outcome,
}

/// Knows which agents are connected and brings requests to them.
pub struct Hub {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    registry: Mutex<Registry>,
    in_flight: Mutex<HashMap<RequestId, Arc<InFlight>>>,
    pub(crate) sign_ins: SignIns,
    next_link: AtomicU64,
    ended: mpsc::UnboundedSender<Ended>,
}

/// One agent's link, for as long as it holds. Dropped, the agent counts as gone.
pub struct Link {
    pub(crate) hub: Arc<Hub>,
    pub(crate) agent: AgentId,
    pub(crate) tenant: TenantId,
    pub(crate) number: u64,
    /// Whether the agent is still there, asked and answered on this link.
    pub pulse: Pulse,
    /// The frames that are to be sent to the agent.
    pub outbox: mpsc::Receiver<ToAgent>,
    /// Cancelled when the link is to be closed: a newer one took its place, or the agent was
    /// revoked.
    pub closed: CancellationToken,
}

impl Hub {
    /// A hub without agents. What ends is also told to `ended`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ended: mpsc::UnboundedSender<Ended>,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            clock,
            registry: Mutex::default(),
            in_flight: Mutex::default(),
            sign_ins: SignIns::default(),
            next_link: AtomicU64::new(1),
            ended,
        })
    }

    /// Registers an agent that has said hello. `welcome` goes before everything else: from then on
    /// others send to it, too.
    pub fn connect(self: &Arc<Self>, agent: &Agent, hello: Hello, welcome: ToAgent) -> Link {
        let (sender, outbox) = mpsc::channel(OUTBOX_FRAMES);
        // There is room: nothing was sent yet.
        let _ = sender.try_send(welcome);
        let closed = CancellationToken::new();
        let pulse = Pulse::new();
        let number = self.next_link.fetch_add(1, Ordering::Relaxed);
        self.registry().add(Entry {
            agent: ConnectedAgent {
                id: agent.id,
                tenant: agent.tenant,
                host: hello.host,
                version: hello.version,
                sealing_key: hello.sealing_key,
                forests: hello.forests,
                since: self.clock.now(),
                busy: 0,
                leaving: false,
            },
            outbox: sender,
            closed: closed.clone(),
            link: number,
            pulse: pulse.clone(),
        });
        // Somebody's request may have waited for it.
        self.move_offers();
        Link {
            hub: Arc::clone(self),
            agent: agent.id,
            tenant: agent.tenant,
            number,
            pulse,
            outbox,
            closed,
        }
    }

    /// Whether a password of a forest could be written now.
    pub fn liveness(&self, tenant: TenantId, forest: &DomainName) -> Liveness {
        self.registry().liveness(tenant, forest)
    }

    /// The keys that a password for this forest is to be sealed to, one for each agent that
    /// could write it now.
    pub fn sealing_keys(&self, tenant: TenantId, forest: &DomainName) -> Vec<SealingKey> {
        self.registry().sealing_keys(tenant, forest)
    }

    /// The domains of the forests that the tenant's connected agents serve.
    pub fn domains(&self, tenant: TenantId) -> Vec<(DomainName, Vec<ServedDomain>)> {
        self.registry().domains(tenant)
    }

    /// All connected agents.
    pub fn agents(&self) -> Vec<ConnectedAgent> {
        self.registry()
            .all()
            .map(|entry| entry.agent.clone())
            .collect()
    }

    /// Sends a frame to one agent. `false` when it is not connected or does not read.
    pub fn send(&self, agent: AgentId, frame: ToAgent) -> bool {
        self.registry()
            .get(agent)
            .is_some_and(|entry| entry.outbox.try_send(frame).is_ok())
    }

    /// Whether the other end of an agent's link answers within that time. One that is dead, half-open
    /// or not there does not.
    pub async fn answers(&self, agent: AgentId, within: Duration) -> bool {
        let pulse = self.registry().get(agent).map(|entry| entry.pulse.clone());
        match pulse {
            Some(pulse) => pulse.beats(within).await && self.is_connected(agent),
            None => false,
        }
    }

    /// Within which time agents are to spread their return after a loss, in milliseconds: the more
    /// there are, the longer.
    pub fn reconnect_within_ms(&self) -> u32 {
        reconnect_within_ms(self.registry().count())
    }

    /// Waits until no request is under way that an agent may yet begin or end.
    pub async fn idle(&self) {
        // Only a cloud that stops waits for this, and not for long.
        const LOOK_EVERY: Duration = Duration::from_millis(20);
        while self.in_flight().values().any(|it| it.is_open()) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Whether an agent is connected.
    pub fn is_connected(&self, agent: AgentId) -> bool {
        self.registry().get(agent).is_some()
    }

    /// Whether a request of the tenant is under way that an agent may yet begin or end.
    pub fn has_work(&self, tenant: TenantId) -> bool {
        let in_flight = self.in_flight();
        in_flight
            .values()
            .any(|it| it.asked.tenant == tenant && it.is_open())
    }

    /// Closes an agent's link, if it has one.
    pub fn disconnect(&self, agent: AgentId) {
        if let Some(entry) = self.registry().get(agent) {
            entry.closed.cancel();
        }
    }

    /// Tells every agent that the cloud restarts, so that they come back one by one.
    pub fn announce_restart(&self) {
        let registry = self.registry();
        let reconnect_within_ms = reconnect_within_ms(registry.count());
        for entry in registry.all() {
            // One that does not read cannot be told; it finds out by itself.
            let _ = entry.outbox.try_send(ToAgent::Restarting {
                reconnect_within_ms,
            });
        }
    }

    pub(crate) fn tell_ended(&self, request: Request, outcome: Outcome) {
        // Nobody listens only when the cloud is stopping; the store has it all the same.
        let _ = self.ended.send(Ended { request, outcome });
    }

    // A panic while a lock is held is a bug, but plain data stays usable after it.
    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn in_flight(&self) -> MutexGuard<'_, HashMap<RequestId, Arc<InFlight>>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.hub.registry().remove(self.agent, self.number) {
            self.hub.agent_lost(self.agent);
            self.hub.sign_ins.forget_agent(self.agent);
        }
    }
}
