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

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn ask(staged: u64, removed_before: u64, people: u64) -> GuardAnswer {
        Guard::default().ask(RemovalFacts {
            staged,
            removed_before,
            people,
        })
    }

    #[test]
    fn the_limits_themselves_may_be_reached() {
        use GuardAnswer::{Allowed, Stopped};
        let stopped = |would_be, limit| Stopped { would_be, limit };
        let table = [
            // Five of a hundred, of 200.
            ((10, 0, 200), Allowed),
            ((11, 0, 200), stopped(11, 10)),
            ((20, 0, 200), stopped(20, 10)),
            // Two in the hundred and the first five, whoever there is.
            ((5, 0, 100), Allowed),
            ((10, 0, 100), stopped(10, 5)),
            ((5, 0, 5), Allowed),
            ((6, 0, 6), stopped(6, 5)),
            // The count, however many there are.
            ((500, 0, 1_000_000), Allowed),
            ((501, 0, 1_000_000), stopped(501, 500)),
            // What was removed before counts on both sides: of 200 people, ten.
            ((5, 5, 195), Allowed),
            ((6, 5, 195), stopped(11, 10)),
            // Nothing to be removed is never stopped.
            ((0, 400, 10), Allowed),
        ];
        for ((staged, removed_before, people), answer) in table {
            assert_eq!(ask(staged, removed_before, people), answer);
        }
    }

    #[test]
    fn the_first_few_do_not_pass_the_count() {
        let guard = Guard {
            count: 0,
            ..Guard::default()
        };
        let facts = RemovalFacts {
            staged: 1,
            removed_before: 0,
            people: 1_000,
        };
        let (would_be, limit) = (1, 0);
        assert_eq!(guard.ask(facts), GuardAnswer::Stopped { would_be, limit });
    }

    #[test]
    fn no_number_is_too_large() {
        assert_ne!(ask(u64::MAX, u64::MAX, u64::MAX), GuardAnswer::Allowed);
    }

    proptest! {
        /// Runs at some hours, each with so many people newly staged, on top of those that were
        /// stopped before. People only become fewer.
        #[test]
        fn no_day_removes_more_than_the_limits(
            count in 0_u64..60,
            percent in 1_u8..=100,
            always in 0_u64..10,
            people in 1_u64..300,
            runs in vec((0_i64..10, 0_u64..30), 1..40),
        ) {
            let guard = Guard { count, percent, always };
            let (mut now, mut there, mut staged) = (0, people, 0);
            let mut removed: Vec<(i64, u64)> = Vec::new();
            for (hours, newly) in runs {
                now += hours;
                staged = (staged + newly).min(there);
                let within = removed.iter().filter(|(at, _)| now - at < GUARD_WINDOW.as_hours());
                let removed_before = within.map(|(_, number)| number).sum::<u64>();
                let at_first = there + removed_before;
                if guard.ask(RemovalFacts { staged, removed_before, people: there })
                    != GuardAnswer::Allowed
                {
                    continue;
                }
                if staged > 0 {
                    let within_a_day = removed_before + staged;
                    prop_assert!(within_a_day <= count);
                    prop_assert!(
                        within_a_day <= always
                            || within_a_day * 100 <= u64::from(percent) * at_first
                    );
                }
                removed.push((now, staged));
                there -= staged;
                staged = 0;
            }
        }
    }
}
