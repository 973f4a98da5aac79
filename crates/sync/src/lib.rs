//! Directory synchronisation: what an imported object means for the people the cloud knows.
//!
//! The terms are those of the field. Every forest is a *connector*; what was imported from it
//! is its *connector space*, one [`Object`] for each user or group. A [`Person`] is what the
//! cloud makes of them. An object is *joined* to at most one person; a person may have an
//! object in each of several forests.
//!
//! Everything here is a pure function of what it is given: rules and objects in, [`Change`]s
//! with their reasons out, so that a change can be shown before it is made, and asked "why?".

mod attributes;
mod candidates;
mod change;
mod decide;
mod differences;
mod flow;
mod flows_table;
mod guard;
mod matching;
mod object;
mod person;
mod preview;
mod problem;
mod readiness;
mod reason;
mod rules;
mod rules_check;
mod rules_text;
mod run;
mod scope;
mod standing;
#[cfg(test)]
mod tests;
mod update;

pub use attributes::Attributes;
pub use candidates::{Candidates, Keys, keys};
pub use change::{Change, Decision, Removal};
pub use decide::decide;
pub use flow::flow;
pub use guard::{GUARD_WINDOW, Guard, GuardAnswer, RemovalFacts};
pub use object::{Account, Gone, Object, ObjectKind};
pub use person::{Origin, Person, Standing};
pub use preview::preview;
pub use problem::Problem;
pub use readiness::{ForestFacts, IMPORT_TOO_OLD, NotReady, Readiness, readiness};
pub use reason::Reason;
pub use rules::{Condition, Flow, ForestRules, Matchers, Rules, Source, Target};
pub use rules_check::RulesError;
pub use rules_text::NotASource;
pub use run::{Counts, Profile, RunResult};
