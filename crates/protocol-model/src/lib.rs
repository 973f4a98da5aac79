//! The outcome protocol as a state machine, checked exhaustively.
//!
//! One request, one cloud, two agents and the domain controller that both write to. Between
//! them frames are lost, doubled and reordered, links and connections break, and each of the
//! four crashes and comes back, in every order that the [`Bounds`] allow. In every state that can
//! be reached the promises of `docs/reliability.md` are looked at:
//!
//! - P1: told *changed*, the domain controller took the password.
//! - P2: told *not changed*, it has not; as no state takes a word back, it never does.
//! - P3: it took it once at most.
//! - P4: from here on, left alone, the request ends: with both agents, and with either of them
//!   once the other is gone for good, as far as the cloud knows where that one was to write.
//!
//! This is a tool of the tests. No shipped crate depends on it.
//!
//! What a rule of the protocol is worth is shown by a [`Broken`] one: a model without it must
//! have a counterexample.

mod agent;
mod cloud;
mod directory;
mod recover;
mod state;
mod step;

use stateright::{Model, Property};

pub use state::{Agent, Bounds, Broken, Frame, Phase, Row, State, Word};
pub use step::Step;

/// The names of the properties.
pub const P1: &str = "P1: changed is true";
/// See [`P1`].
pub const P2: &str = "P2: not changed is true, and stays so";
/// See [`P1`].
pub const P3: &str = "P3: executed at most once";
/// See [`P1`].
pub const P4: &str = "P4: it ends by itself";
/// See [`P1`].
pub const P4_ALONE: &str = "P4: either agent alone ends what was said to have begun";

/// The protocol within bounds, whole or with one rule broken.
#[derive(Clone, Debug, Default)]
pub struct Protocol {
    /// How much may go wrong.
    pub bounds: Bounds,
    /// The rule that is left out, if any.
    pub broken: Option<Broken>,
}

impl Protocol {
    pub(crate) fn is_broken(&self, rule: Broken) -> bool {
        self.broken == Some(rule)
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self.bounds)]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        step::all(state, steps);
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut next = last.clone();
        step::take(self, &mut next, step)?;
        (next != *last).then_some(next)
    }

    /// A broken protocol may go on writing; twice is all that has to be seen.
    fn within_boundary(&self, state: &State) -> bool {
        state.directory.taken <= 2
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(P1, |_, state: &State| {
                state.told() != Some(Word::Changed) || state.directory.taken > 0
            }),
            Property::always(P2, |_, state: &State| {
                state.told() != Some(Word::NotChanged) || state.directory.taken == 0
            }),
            Property::always(P3, |_, state: &State| state.directory.taken <= 1),
            Property::always(P4, |model: &Self, state: &State| {
                state.others_wrote() || recover::ends(model, state, &[0, 1])
            }),
            Property::always(P4_ALONE, |model: &Self, state: &State| {
                state.others_wrote()
                    || (0..2).all(|agent| {
                        !is_enough(state, agent) || recover::ends(model, state, &[agent])
                    })
            }),
            // That the model moves at all.
            Property::sometimes("a password is changed and told so", |_, state: &State| {
                state.told() == Some(Word::Changed)
            }),
            Property::sometimes(
                "another agent than the claimant ends a request",
                |_, state: &State| matches!(state.row, Row::Done { by, from, .. } if by != from),
            ),
        ]
    }
}

/// Whether this agent alone must be able to end the request: nobody has claimed it, it did
/// itself, or the cloud was told what the directory said before the other one's write.
fn is_enough(state: &State, agent: usize) -> bool {
    match state.row {
        Row::Claimed { by } | Row::Unknown { by } => by == agent || state.begun.is_some(),
        _ => true,
    }
}
