//! What is due: pure decisions over what the store knows of a forest.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use writeback_store::Forest;
use writeback_sync::Profile;

use super::{Key, Schedule};

/// How long to wait after a cycle that failed; doubled with each one in a row.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// How long at most.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// A cycle that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// Its profiles, in order.
    pub(super) profiles: &'static [Profile],
    /// Why, for people to read.
    pub(super) why: &'static str,
    /// Whether it leaves no trace where it brings nothing.
    pub(super) quiet: bool,
}

/// What a forest needs when people of its were changed through another one.
pub(super) const TOUCHED: Due = Due {
    profiles: &[Profile::DeltaSync, Profile::Export],
    why: "change in another forest",
    quiet: true,
};

const FULL: &[Profile] = &[Profile::FullImport, Profile::FullSync, Profile::Export];
const DELTA: &[Profile] = &[Profile::DeltaImport, Profile::DeltaSync, Profile::Export];

/// What a forest needs now. `scope` is what its agents act on, where that is known.
pub(super) fn due(
    forest: &Forest,
    scope: Option<&str>,
    changed: bool,
    schedule: &Schedule,
    now: Timestamp,
) -> Option<Due> {
    let full = |why| {
        Some(Due {
            profiles: FULL,
            why,
            quiet: false,
        })
    };
    let is_old = |at: Option<Timestamp>, every: SignedDuration| {
        at.is_none_or(|at| now.duration_since(at) >= every)
    };
    // The agent has not found its organizational units yet.
    let scope = scope?;
    let Some(full_import_at) = forest.full_import_at else {
        return full("first import");
    };
    if forest.scope.as_deref() != Some(scope) {
        return full("the agents' scope changed");
    }
    if forest.positions.is_empty() {
        return full("the domain controllers do not know the last position any more");
    }
    if is_old(Some(full_import_at), schedule.full_every) {
        return full("schedule");
    }
    // Without seeing deletions only full imports find whom the directory has no more.
    if !forest.sees_deletions && is_old(Some(full_import_at), schedule.delta_every) {
        return full("schedule");
    }
    if changed {
        return Some(Due {
            profiles: DELTA,
            why: "change in the directory",
            quiet: true,
        });
    }
    let last = forest.delta_import_at.max(Some(full_import_at));
    is_old(last, schedule.delta_every).then_some(Due {
        profiles: DELTA,
        why: "schedule",
        quiet: false,
    })
}

/// Forests whose last cycle failed wait a little.
#[derive(Default)]
pub(super) struct Pauses(HashMap<Key, (u32, Timestamp)>);

impl Pauses {
    pub(super) fn note(&mut self, key: &Key, went_well: bool, now: Timestamp) {
        if went_well {
            self.0.remove(key);
        } else {
            let failures = self.0.get(key).map_or(0, |(failures, _)| *failures);
            let pause = (PAUSE * 2_i32.pow(failures.min(10))).min(PAUSE_MAX);
            self.0
                .insert(key.clone(), (failures.saturating_add(1), now + pause));
        }
    }

    pub(super) fn is_over(&self, key: &Key, now: Timestamp) -> bool {
        self.0.get(key).is_none_or(|(_, until)| now >= *until)
    }
}

#[cfg(test)]
mod tests {
    use writeback_wire::Position;

    use super::*;

    const SCHEDULE: Schedule = Schedule {
        delta_every: SignedDuration::from_mins(30),
        full_every: SignedDuration::from_hours(24),
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    fn forest() -> Forest {
        Forest {
            name: "corp.test".parse().unwrap(),
            domains: vec![],
            full_import_at: Some(at(0)),
            delta_import_at: None,
            full_sync_at: Some(at(0)),
            delta_sync_at: None,
            export_at: None,
            scope: Some("all".into()),
            sees_deletions: true,
            positions: vec![Position {
                domain: "corp.test".parse().unwrap(),
                cookie: Some(String::new()),
                controller: String::new(),
                usn: 1,
            }],
            full_import_positions: vec![],
            guard_stopped_at: None,
        }
    }

    fn ask(forest: &Forest, changed: bool, minute: i64) -> Option<(Profile, &'static str)> {
        due(forest, Some("all"), changed, &SCHEDULE, at(minute))
            .map(|due| (due.profiles[0], due.why))
    }

    #[test]
    fn a_full_import_comes_first_and_when_nothing_else_helps() {
        let never = Forest {
            full_import_at: None,
            ..forest()
        };
        assert_eq!(
            ask(&never, true, 1),
            Some((Profile::FullImport, "first import"))
        );
        let lost = Forest {
            positions: vec![],
            ..forest()
        };
        assert_eq!(ask(&lost, false, 1).unwrap().0, Profile::FullImport);
        let other = due(&forest(), Some("less"), false, &SCHEDULE, at(1)).unwrap();
        assert_eq!(other.why, "the agents' scope changed");
        assert_eq!(due(&never, None, true, &SCHEDULE, at(1)), None);
        assert_eq!(
            ask(&forest(), false, 24 * 60).unwrap().0,
            Profile::FullImport
        );
    }

    #[test]
    fn a_delta_import_comes_with_a_change_and_by_the_clock() {
        assert_eq!(ask(&forest(), false, 29), None);
        assert_eq!(ask(&forest(), true, 1).unwrap().0, Profile::DeltaImport);
        assert_eq!(
            ask(&forest(), false, 30),
            Some((Profile::DeltaImport, "schedule"))
        );
        let delta = Forest {
            delta_import_at: Some(at(20)),
            ..forest()
        };
        assert_eq!(ask(&delta, false, 49), None);
        let blind = Forest {
            sees_deletions: false,
            ..forest()
        };
        assert_eq!(ask(&blind, true, 30).unwrap().0, Profile::FullImport);
        assert_eq!(ask(&blind, true, 29).unwrap().0, Profile::DeltaImport);
    }

    #[test]
    fn failures_in_a_row_make_longer_pauses() {
        let key = (
            writeback_model::TenantId::from_uuid(uuid::Uuid::nil()),
            "corp.test".parse().unwrap(),
        );
        let mut pauses = Pauses::default();
        assert!(pauses.is_over(&key, at(0)));
        pauses.note(&key, false, at(0));
        assert!(!pauses.is_over(&key, at(0)));
        assert!(pauses.is_over(&key, at(0) + PAUSE));
        for _ in 0..20 {
            pauses.note(&key, false, at(0));
        }
        assert!(!pauses.is_over(&key, at(4)));
        assert!(pauses.is_over(&key, at(5)));
        pauses.note(&key, true, at(0));
        assert!(pauses.is_over(&key, at(0)));
    }
}
