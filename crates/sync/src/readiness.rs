//! Whether passwords of a forest can be written back, and if not, why.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// After so long without any import the people may be others than the cloud thinks.
pub const IMPORT_TOO_OLD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the store and the links know of a forest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForestFacts {
    /// When the last full import was complete.
    pub full_import_at: Option<Timestamp>,
    /// When the last full synchronisation was complete.
    pub full_sync_at: Option<Timestamp>,
    /// When the last delta import was complete.
    pub delta_import_at: Option<Timestamp>,
    /// Whether an agent of the forest is connected and ready.
    pub agent_ready: bool,
    /// Whether any agent of the forest is connected.
    pub agent_connected: bool,
    /// Whether the guard waits for a person.
    pub guard_waiting: bool,
    /// Whether connected agents of the forest have different scopes.
    pub scopes_differ: bool,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotReady {
    /// No full import was ever complete.
    NeverImported,
    /// No full synchronisation was ever complete.
    NeverSynchronised,
    /// The last import is too old.
    ImportTooOld,
    /// No agent of the forest is connected.
    NoAgent,
    /// Agents are connected, but none can write to the forest.
    NoAgentReady,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Empty: passwords can be written back.
    pub not_ready: Vec<NotReady>,
    /// How old the last full import is.
    pub full_import_age: Option<SignedDuration>,
    /// How old the last full synchronisation is.
    pub full_sync_age: Option<SignedDuration>,
    /// How old the last import of any kind is.
    pub import_age: Option<SignedDuration>,
    /// What an administrator should look at although passwords can be written.
    pub warnings: Vec<&'static str>,
}

/// Whether passwords of a forest can be written back now.
pub fn readiness(facts: &ForestFacts, now: Timestamp) -> Readiness {
    // A clock that was set back makes nothing younger than it is.
    let age = |at: Timestamp| now.duration_since(at).max(SignedDuration::ZERO);
    let imports = [facts.full_import_at, facts.delta_import_at];
    let import_age = imports.into_iter().flatten().map(age).min();
    let mut not_ready = Vec::new();
    if facts.full_import_at.is_none() {
        not_ready.push(NotReady::NeverImported);
    } else if import_age.is_some_and(|age| age > IMPORT_TOO_OLD) {
        not_ready.push(NotReady::ImportTooOld);
    }
    if facts.full_sync_at.is_none() {
        not_ready.push(NotReady::NeverSynchronised);
    }
    if !facts.agent_connected {
        not_ready.push(NotReady::NoAgent);
    } else if !facts.agent_ready {
        not_ready.push(NotReady::NoAgentReady);
    }
    let warnings = [
        (facts.guard_waiting, "guard-waiting"),
        (facts.scopes_differ, "scopes-differ"),
    ];
    Readiness {
        not_ready,
        full_import_age: facts.full_import_at.map(age),
        full_sync_age: facts.full_sync_at.map(age),
        import_age,
        warnings: warnings
            .into_iter()
            .filter_map(|(is_so, name)| is_so.then_some(name))
            .collect(),
    }
}
