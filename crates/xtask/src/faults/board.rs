//! How far each request under way has come, as the logs have it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use super::{plan::Step, steps::Seen};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// Accepted; no agent has claimed it.
    BeforeClaim,
    /// An agent has claimed it, and not begun.
    Claimed,
    /// The write is on its way to the directory.
    Writing,
    /// Over as far as the agent is concerned; the cloud does not know.
    Written,
    /// The cloud has recorded its outcome.
    Answered,
}

/// How many requests a fault hit, by where they stood.
pub(super) type Hits = BTreeMap<State, usize>;

const fn state_after(step: Step) -> State {
    match step {
        Step::Accepted | Step::Offered | Step::Seen => State::BeforeClaim,
        Step::ClaimTaken | Step::Granted => State::Claimed,
        Step::WriteBegins => State::Writing,
        Step::Written | Step::OutcomeTold => State::Written,
        Step::Recorded => State::Answered,
    }
}

struct Place {
    state: State,
    /// Which agent has it, once one was granted it.
    agent: Option<usize>,
}

/// The requests under way.
#[derive(Default)]
pub(super) struct Board(Mutex<HashMap<String, Place>>);

impl Board {
    /// Logs of several processes are read in any order: a request only moves forward.
    pub(super) fn note(&self, seen: &Seen) {
        let mut places = self.places();
        if seen.step == Step::Accepted {
            places.entry(seen.request.clone()).or_insert(Place {
                state: State::BeforeClaim,
                agent: None,
            });
        }
        if let Some(place) = places.get_mut(&seen.request) {
            place.state = place.state.max(state_after(seen.step));
            if seen.step >= Step::Granted {
                place.agent = seen.agent.or(place.agent);
            }
        }
    }

    /// Its person has their answer.
    pub(super) fn forget(&self, request: &str) {
        self.places().remove(request);
    }

    /// What a fault of one agent, or of everything, hits now.
    pub(super) fn hits(&self, agent: Option<usize>) -> Hits {
        let mut hits = Hits::new();
        for place in self.places().values() {
            if agent.is_none() || place.agent.is_none() || place.agent == agent {
                *hits.entry(place.state).or_default() += 1;
            }
        }
        hits
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_what_its_agent_has_and_what_nobody_has() {
        let board = Board::default();
        let see = |request: &str, step, agent| {
            board.note(&Seen {
                request: request.to_owned(),
                step,
                user: None,
                agent,
            });
        };
        see("free", Step::Accepted, None);
        see("first", Step::Accepted, None);
        see("first", Step::WriteBegins, Some(0));
        // Read late from another log: it does not go back.
        see("first", Step::ClaimTaken, None);
        see("second", Step::Accepted, None);
        see("second", Step::Recorded, Some(1));
        see("never accepted here", Step::Seen, Some(0));
        let hits = board.hits(Some(0));
        assert_eq!(hits, [(State::BeforeClaim, 1), (State::Writing, 1)].into());
        assert_eq!(board.hits(None).values().sum::<usize>(), 3);
        board.forget("first");
        assert_eq!(board.hits(Some(0)), [(State::BeforeClaim, 1)].into());
    }
}
