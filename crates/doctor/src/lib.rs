//! What can keep writeback from working: the catalogue of checks, the runner that asks them in
//! parallel, and how what was found is shown to people and machines.
//!
//! Nothing is asked here: whoever stands where something can be seen hands in a [`Step`] for it.
//! A step says what it found and which steps have become possible by it; so a check that needs a
//! connection cannot run without one. Checks that were not reached are told as such, together
//! with the one that was in the way, instead of ten red lines for one cause.

mod again;
mod catalogue;
mod change_text;
mod changes;
mod check;
mod finding;
#[cfg(test)]
mod generated;
mod grant;
mod history;
mod kept;
mod order;
mod pages;
mod report;
mod rows;
mod run;
mod status;
mod table;
mod text;
mod told;

pub use catalogue::{CATALOGUE, check};
pub use change_text::{change_line, clock};
pub use changes::{Change, Changes};
pub use check::{Check, Component, Of, Severity};
pub use finding::{Evidence, Finding, Verdict};
pub use grant::{Grant, Shell, grant};
pub use history::{Look, Since, found_the_same, since};
pub use kept::KeptFinding;
pub use order::complete;
pub use pages::{Block, Console, Language, component_title, index, pages};
pub use report::{Problem, Report, Seen, Summary};
pub use rows::rows;
pub use run::{Outcome, Step, run};
pub use status::Status;
pub use table::table;
pub use text::{Colour, explanation, summary_line, text};
pub use told::{Told, told};
