//! What a person is told.

use serde::Serialize;
use writeback_stage::Page;

use super::board::Hits;

/// A definite word: of a reset about the password, of an unlock about the lockout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Word {
    Changed,
    NotChanged,
}

impl Word {
    /// The other one.
    pub(super) const fn flipped(self) -> Self {
        match self {
            Self::Changed => Self::NotChanged,
            Self::NotChanged => Self::Changed,
        }
    }
}

/// What a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Word(Word),
    /// It asks for the password again, or says that nothing can be written now: nothing was
    /// taken on.
    NothingTakenOn,
    /// Not known yet.
    NotYet,
    /// None of these: the cloud is not there, or not well.
    Nothing,
}

pub(crate) fn says(page: &Page) -> Says {
    let outcome = |name: &str| page.html.contains(&format!("data-outcome=\"{name}\""));
    if outcome("changed") || outcome("unlocked") {
        Says::Word(Word::Changed)
    } else if outcome("not-locked") {
        // Every account of the run that is to be unlocked was locked.
        Says::Word(Word::NotChanged)
    } else if outcome("not-changed") {
        Says::Word(Word::NotChanged)
    } else if page.html.contains("http-equiv=\"refresh\"") {
        Says::NotYet
    } else if page.status.is_success() && page.path == "/reset/password" {
        Says::NothingTakenOn
    } else {
        Says::Nothing
    }
}

/// One request as its person saw it.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Where the log told it.
    pub(super) request: Option<String>,
    /// Every definite word of every page, in their order.
    pub(super) pages: Vec<Word>,
    /// Nothing was taken on; the form came again.
    pub(super) nothing_taken_on: bool,
    /// What the fault hit; `None` where it did not strike.
    pub(super) struck: Option<Hits>,
    /// Not known when everything had been healthy for a minute.
    pub(super) late: bool,
}
