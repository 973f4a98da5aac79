//! What the people were told, and how long it took.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::restarts::Restart;

/// How a walk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Changed,
    /// With the cause's id.
    NotChanged(String),
    /// Not known after two minutes.
    Unknown,
    /// No page that says anything; why.
    Failed(String),
}

/// One walk: from the form with the password being sent to the page with the outcome, or, where
/// nothing was sent, the whole of it.
#[derive(Clone, Debug)]
pub(super) struct Reset {
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) was_sent: bool,
    pub(super) end: End,
}

/// All walks.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) resets: Vec<Reset>,
}

impl Tally {
    pub(super) fn count(&self, is: impl Fn(&Reset) -> bool) -> usize {
        self.resets.iter().filter(|reset| is(reset)).count()
    }

    pub(super) fn not_changed(&self) -> BTreeMap<String, usize> {
        let mut causes = BTreeMap::new();
        for reset in &self.resets {
            if let End::NotChanged(cause) = &reset.end {
                *causes.entry(cause.clone()).or_default() += 1;
            }
        }
        causes
    }

    /// How long the changed ones took: those that met no restart, and those that did.
    pub(super) fn times(&self, restarts: &[Restart]) -> (Vec<Duration>, Vec<Duration>) {
        let changed = self.resets.iter().filter(|it| it.end == End::Changed);
        let (met, quiet): (Vec<_>, Vec<_>) = changed.partition(|it| {
            let meets = |restart: &Restart| it.from < restart.to && restart.from < it.to;
            restarts.iter().any(meets)
        });
        let took = |resets: Vec<&Reset>| resets.iter().map(|it| it.to - it.from).collect();
        (took(quiet), took(met))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_meets_the_restarts_that_it_overlaps() {
        let zero = Instant::now();
        let at = |seconds| zero + Duration::from_secs(seconds);
        let reset = |from, to, end| Reset {
            from: at(from),
            to: at(to),
            was_sent: true,
            end,
        };
        let tally = Tally {
            resets: vec![
                reset(0, 10, End::Changed),
                reset(9, 11, End::Changed),
                reset(12, 13, End::Changed),
                reset(19, 23, End::Changed),
                reset(20, 24, End::Changed),
                reset(12, 13, End::NotChanged("no-agent".to_owned())),
            ],
        };
        let restart = Restart {
            from: at(10),
            to: at(20),
            agent_rss: 0,
        };
        let (quiet, met) = tally.times(&[restart]);
        assert_eq!(quiet, [10, 4].map(Duration::from_secs));
        assert_eq!(met, [2, 1, 4].map(Duration::from_secs));
        assert_eq!(tally.not_changed().get("no-agent"), Some(&1));
    }
}
