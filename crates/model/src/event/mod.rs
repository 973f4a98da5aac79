//! Every event that agents and the cloud log, and what it means: the one table.
//!
//! The reference product's numbers where the meaning is the same, so that whoever watches for
//! them need not learn new ones; own numbers from 34000 (refusals), 34101 (agents) and 34201 (the
//! cloud) where it has none. docs/events.md is made from this.

mod agent;
mod cloud;
mod directory;
mod elsewhere;
mod find;
mod refusal;
mod request;
#[cfg(test)]
mod sources;
mod table;

pub use agent::*;
pub use cloud::*;
pub use directory::*;
pub use elsewhere::{ELSEWHERE, Elsewhere};
pub use find::{all, elsewhere, event, nearest};
pub use refusal::*;
pub use request::*;
pub use table::{elsewhere_table, table};

/// How bad an event is at worst: the level that it is logged at, or the highest of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Things take their course.
    Info,
    /// One request, or one attempt, did not succeed; or something should be looked at.
    Warning,
    /// Somebody must do something.
    Error,
}

/// Who logs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedBy {
    /// Agents.
    Agent,
    /// The cloud.
    Cloud,
    /// Both: an agent where it happens, the cloud where it is told of it.
    Both,
}

/// One kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The number: `event_id` in logs.
    pub id: u32,
    /// Its name in documentation and output: kebab-case.
    pub name: &'static str,
    /// How bad it is at worst.
    pub level: Level,
    /// Who logs it.
    pub by: LoggedBy,
    /// What happened: whole sentences.
    pub means: &'static str,
    /// What to do: whole sentences, a line each; a line that begins with `$ ` is typed in a shell.
    pub remedy: &'static [&'static str],
    /// The doctor's checks that look at what is behind it; the first says most.
    pub checks: &'static [&'static str],
}

impl Level {
    /// As logs and documentation have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl LoggedBy {
    /// As documentation has it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Cloud => "cloud",
            Self::Both => "agent, cloud",
        }
    }
}

impl Event {
    /// Where it is documented.
    pub fn docs(&self) -> String {
        format!("docs/events.md#{}", self.id)
    }
}

/// Rows of the table: a constant for each, and all of them under `ROWS`.
macro_rules! events {
    ($($constant:ident = $id:literal, $name:literal, $level:ident, $by:ident, [$($check:literal),*],
        $means:literal, [$($remedy:literal),* $(,)?];)+) => {
        $(
            #[doc = $means]
            pub const $constant: u32 = $id;
        )+
        pub(super) const ROWS: &[$crate::event::Event] = &[$(
            $crate::event::Event {
                id: $constant,
                name: $name,
                level: $crate::event::Level::$level,
                by: $crate::event::LoggedBy::$by,
                means: $means,
                remedy: &[$($remedy),*],
                checks: &[$($check),*],
            },
        )+];
    };
}
use events;
