//! Which agents are connected, and what each can do. Plain data: no waiting, no store.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, Cause, DomainName, HistoryEnforcement, KeyId, TenantId};
use writeback_wire::{ForestHealth, ForestStatus, SealingKey, ServedDomain, ToAgent};

use crate::pulse::Pulse;

/// One connected agent.
#[derive(Clone, Debug)]
pub struct ConnectedAgent {
    /// Which.
    pub id: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// The name of its host.
    pub host: String,
    /// Its software's version.
    pub version: String,
    /// The key that passwords are to be sealed to.
    pub sealing_key: SealingKey,
    /// The forests it serves, as it sees them now.
    pub forests: Vec<ForestStatus>,
    /// Since when it is connected.
    pub since: Timestamp,
    /// How many requests it has claimed and not finished.
    pub busy: usize,
    /// It stops, and claims nothing more.
    pub leaving: bool,
}

impl ConnectedAgent {
    pub(crate) fn serves(&self, forest: &DomainName) -> bool {
        self.status(forest).is_some()
    }

    fn status(&self, forest: &DomainName) -> Option<&ForestStatus> {
        self.forests.iter().find(|status| status.forest == *forest)
    }
}

/// Whether a password of a forest could be written now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// At least one agent could.
    Ready {
        /// Whether resets are held to history and minimum age, by whichever agent is chosen.
        history: HistoryEnforcement,
    },
    /// Agents are connected, but none could.
    NotReady {
        /// Why the first of them could not.
        cause: Cause,
    },
    /// No agent of the forest is connected.
    NoAgent,
}

/// A link as the registry holds it.
pub(crate) struct Entry {
    pub(crate) agent: ConnectedAgent,
    pub(crate) outbox: mpsc::Sender<ToAgent>,
    pub(crate) closed: CancellationToken,
    /// Tells this link from an earlier one of the same agent.
    pub(crate) link: u64,
    pub(crate) pulse: Pulse,
}

/// How many keys of an agent are known. Requests live for seconds, and keys are rolled
/// by hand or after months.
const KEYS_MAX: usize = 8;

/// All connected agents.
#[derive(Default)]
pub(crate) struct Registry {
    entries: HashMap<AgentId, Entry>,
    /// The keys of agents, the one in use first; also of those that are away. What was sealed to a
    /// key before it was rolled is still its agent's.
    keys: HashMap<AgentId, VecDeque<KeyId>>,
}

impl Registry {
    /// Adds a link. An earlier one of the same agent is half-open and ends.
    pub(crate) fn add(&mut self, entry: Entry) {
        self.remember(entry.agent.id, entry.agent.sealing_key.id);
        if let Some(old) = self.entries.insert(entry.agent.id, entry) {
            old.closed.cancel();
        }
    }

    /// Removes a link, unless a newer one took its place. Says whether it did.
    pub(crate) fn remove(&mut self, agent: AgentId, link: u64) -> bool {
        let current = self
            .entries
            .get(&agent)
            .is_some_and(|entry| entry.link == link);
        if current && let Some(entry) = self.entries.remove(&agent) {
            entry.closed.cancel();
        }
        current
    }

    /// Takes an agent's new key.
    pub(crate) fn set_key(&mut self, agent: AgentId, key: SealingKey) {
        self.remember(agent, key.id);
        if let Some(entry) = self.entries.get_mut(&agent) {
            entry.agent.sealing_key = key;
        }
    }

    /// The keys whose envelopes an agent can open, the one in use first.
    pub(crate) fn keys_of(&self, agent: AgentId) -> impl Iterator<Item = KeyId> {
        self.keys.get(&agent).into_iter().flatten().copied()
    }

    fn remember(&mut self, agent: AgentId, key: KeyId) {
        let keys = self.keys.entry(agent).or_default();
        keys.retain(|known| *known != key);
        keys.push_front(key);
        keys.truncate(KEYS_MAX);
    }

    pub(crate) fn get(&self, agent: AgentId) -> Option<&Entry> {
        self.entries.get(&agent)
    }

    /// The link of this number, while it is its agent's.
    pub(crate) fn current(&self, agent: AgentId, link: u64) -> Option<&Entry> {
        self.entries.get(&agent).filter(|entry| entry.link == link)
    }

    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get_mut(&mut self, agent: AgentId) -> Option<&mut Entry> {
        self.entries.get_mut(&agent)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    fn of_forest<'a>(
        &'a self,
        tenant: TenantId,
        forest: &'a DomainName,
    ) -> impl Iterator<Item = (&'a Entry, &'a ForestStatus)> {
        self.entries
            .values()
            .filter(move |entry| entry.agent.tenant == tenant)
            .filter_map(move |entry| Some((entry, entry.agent.status(forest)?)))
    }

    pub(crate) fn liveness(&self, tenant: TenantId, forest: &DomainName) -> Liveness {
        let mut answer = Liveness::NoAgent;
        for (_, status) in self.of_forest(tenant, forest) {
            match (&status.health, &answer) {
                // The weakest promise of all agents that could be chosen.
                (
                    ForestHealth::Ready { .. },
                    Liveness::Ready {
                        history: HistoryEnforcement::NotEnforced,
                    },
                ) => {}
                (ForestHealth::Ready { history }, _) => {
                    answer = Liveness::Ready { history: *history };
                }
                (ForestHealth::NotReady { cause }, Liveness::NoAgent) => {
                    answer = Liveness::NotReady {
                        cause: cause.clone(),
                    };
                }
                (ForestHealth::NotReady { .. }, _) => {}
            }
        }
        answer
    }

    /// The keys of all agents that could write to a forest now.
    pub(crate) fn sealing_keys(&self, tenant: TenantId, forest: &DomainName) -> Vec<SealingKey> {
        self.of_forest(tenant, forest)
            .filter(|(_, status)| matches!(status.health, ForestHealth::Ready { .. }))
            .map(|(entry, _)| entry.agent.sealing_key.clone())
            .collect()
    }

    /// The least busy agent that could do it and that was not asked yet. One whose forest is
    /// not ready is asked last: it may have recovered, and will say exactly why not.
    pub(crate) fn choose<'a>(
        &'a self,
        tenant: TenantId,
        forest: &'a DomainName,
        has_envelope: impl Fn(KeyId) -> bool,
        asked: &[AgentId],
    ) -> Option<&'a Entry> {
        self.of_forest(tenant, forest)
            .filter(|(entry, _)| !entry.agent.leaving && !asked.contains(&entry.agent.id))
            .filter(|(entry, _)| self.keys_of(entry.agent.id).any(&has_envelope))
            .min_by_key(|(entry, status)| {
                let ready = matches!(status.health, ForestHealth::Ready { .. });
                (!ready, entry.agent.busy, entry.agent.id)
            })
            .map(|(entry, _)| entry)
    }

    /// What the connected agents say of the forests' domains, for finding the forest of a name.
    pub(crate) fn domains(&self, tenant: TenantId) -> Vec<(DomainName, Vec<ServedDomain>)> {
        self.entries
            .values()
            .filter(|entry| entry.agent.tenant == tenant)
            .flat_map(|entry| &entry.agent.forests)
            .map(|status| (status.forest.clone(), status.domains.clone()))
            .collect()
    }
}
