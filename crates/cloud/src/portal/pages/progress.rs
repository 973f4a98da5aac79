//! It is not known yet.

use askama::Template;

use super::frame::{Frame, Place, Step, StepState, Way};

/// Says what is not known yet, and asks again by itself.
#[derive(Template)]
#[template(path = "portal/progress.html")]
pub struct ProgressPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// How far it is.
    pub progress: Progress,
}

/// Why there is no outcome to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// An agent is about to write it, or writing it.
    BeingWritten,
    /// The agent was lost before it answered; the directory is being asked.
    NotKnown,
}

impl ProgressPage<'_> {
    const fn title_key(&self) -> &'static str {
        match self.progress {
            Progress::BeingWritten => "progress-writing-title",
            Progress::NotKnown => "progress-unknown-title",
        }
    }

    /// How soon the page asks again: quickly while an answer is due, at the pace of reading
    /// while it may take minutes.
    const fn refresh_seconds(&self) -> u32 {
        match self.progress {
            Progress::BeingWritten => 2,
            Progress::NotKnown => 5,
        }
    }
}

impl Place for ProgressPage<'_> {
    fn path(&self) -> &'static str {
        "/reset/outcome"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way(Step::Password))
    }
}
