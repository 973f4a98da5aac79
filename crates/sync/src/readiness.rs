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

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn good() -> ForestFacts {
        ForestFacts {
            full_import_at: Some(hour(1)),
            full_sync_at: Some(hour(2)),
            delta_import_at: None,
            agent_ready: true,
            agent_connected: true,
            guard_waiting: false,
            scopes_differ: false,
        }
    }

    #[test]
    fn a_forest_is_ready_when_it_was_imported_and_synchronised_whole() {
        let answer = readiness(&good(), hour(3));
        assert_eq!(answer.not_ready, []);
        assert_eq!(answer.full_import_age, Some(SignedDuration::from_hours(2)));
        assert_eq!(answer.full_sync_age, Some(SignedDuration::from_hours(1)));
        assert_eq!(answer.import_age, Some(SignedDuration::from_hours(2)));
        assert_eq!(answer.warnings, [] as [&str; 0]);
    }

    #[test]
    fn every_reason_is_given() {
        let nothing = ForestFacts {
            full_import_at: None,
            full_sync_at: None,
            agent_ready: false,
            agent_connected: false,
            ..good()
        };
        assert_eq!(
            readiness(&nothing, hour(3)).not_ready,
            [
                NotReady::NeverImported,
                NotReady::NeverSynchronised,
                NotReady::NoAgent
            ]
        );
        let not_writing = ForestFacts {
            agent_ready: false,
            ..good()
        };
        assert_eq!(
            readiness(&not_writing, hour(3)).not_ready,
            [NotReady::NoAgentReady]
        );
    }

    #[test]
    fn any_import_keeps_a_forest_ready() {
        let week = IMPORT_TOO_OLD.as_hours();
        let mut facts = good();
        assert_eq!(readiness(&facts, hour(week + 1)).not_ready, []);
        let late = hour(week + 2);
        assert_eq!(readiness(&facts, late).not_ready, [NotReady::ImportTooOld]);
        facts.delta_import_at = Some(hour(100));
        let answer = readiness(&facts, late);
        assert_eq!(answer.not_ready, []);
        assert_eq!(
            answer.import_age,
            Some(SignedDuration::from_hours(week + 2 - 100))
        );
        // A delta import of a forest that was never imported whole is no import.
        facts.full_import_at = None;
        assert_eq!(readiness(&facts, late).not_ready, [NotReady::NeverImported]);
    }

    #[test]
    fn no_age_is_negative_when_the_clock_was_set_back() {
        let answer = readiness(&good(), hour(-5));
        assert_eq!(answer.not_ready, []);
        for age in [
            answer.full_import_age,
            answer.full_sync_age,
            answer.import_age,
        ] {
            assert_eq!(age, Some(SignedDuration::ZERO));
        }
    }

    #[test]
    fn warnings_keep_nothing_from_being_ready() {
        let facts = ForestFacts {
            guard_waiting: true,
            scopes_differ: true,
            ..good()
        };
        let answer = readiness(&facts, hour(3));
        assert_eq!(answer.not_ready, []);
        assert_eq!(answer.warnings, ["guard-waiting", "scopes-differ"]);
    }
}
