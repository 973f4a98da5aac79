//! The deletion guard: how many people may be removed before somebody is asked.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Over how long removals are counted. Changes are known within seconds, so that an accident
/// comes in many small runs: counted run by run it would never be stopped.
pub const GUARD_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How many may be removed from one forest within [`GUARD_WINDOW`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guard {
    /// At most so many people.
    pub count: u64,
    /// At most so many of a hundred of the forest's people.
    pub percent: u8,
    /// So many are never stopped by the percentage, so that a small company can take leave of
    /// somebody.
    pub always: u64,
}

/// What is known when removals are to be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovalFacts {
    /// Staged, and not approved by a person.
    pub staged: u64,
    /// Removed without approval within the window.
    pub removed_before: u64,
    /// People of the forest, the staged ones included.
    pub people: u64,
}

/// What the guard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardAnswer {
    /// Go on.
    Allowed,
    /// Remove nobody; ask a person. Which limit was passed.
    Stopped {
        /// How many this would make.
        would_be: u64,
        /// How many may be.
        limit: u64,
    },
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            count: 500,
            percent: 5,
            always: 5,
        }
    }
}

impl Guard {
    /// Whether the staged removals may be carried out, all of them.
    ///
    /// What counts is how many would then have been removed within the window, and of whom: of
    /// those who are there and those already removed in it, that is, of those who were there
    /// when it began. The limit itself may be reached.
    pub fn ask(&self, facts: RemovalFacts) -> GuardAnswer {
        let would_be = facts.staged.saturating_add(facts.removed_before);
        let people = facts.people.saturating_add(facts.removed_before);
        let percentage = u128::from(people) * u128::from(self.percent) / 100;
        let percentage = u64::try_from(percentage).unwrap_or(u64::MAX);
        let limit = self.count.min(percentage.max(self.always));
        if facts.staged == 0 || would_be <= limit {
            GuardAnswer::Allowed
        } else {
            GuardAnswer::Stopped { would_be, limit }
        }
    }
}
