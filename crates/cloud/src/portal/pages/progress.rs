//! It is not known yet.

use askama::Template;
use writeback_model::Operation;

use super::frame::{Frame, Place, Step, StepState, Way};

/// Says what is not known yet, and asks again by itself.
#[derive(Template)]
#[template(path = "portal/progress.html")]
pub struct ProgressPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// What is under way.
    pub operation: Operation,
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
    const fn is_unlock(&self) -> bool {
        matches!(self.operation, Operation::Unlock)
    }

    const fn title_key(&self) -> &'static str {
        match self.progress {
            Progress::BeingWritten if self.is_unlock() => "progress-unlocking-title",
            Progress::BeingWritten => "progress-writing-title",
            Progress::NotKnown => "progress-unknown-title",
        }
    }

    const fn lead_key(&self) -> &'static str {
        match self.progress {
            Progress::BeingWritten => "progress-writing-lead",
            Progress::NotKnown if self.is_unlock() => "progress-unknown-unlock-lead",
            Progress::NotKnown => "progress-unknown-lead",
        }
    }

    const fn why_key(&self) -> &'static str {
        if self.is_unlock() {
            "progress-unknown-unlock-why"
        } else {
            "progress-unknown-why"
        }
    }

    const fn retry_key(&self) -> &'static str {
        if self.is_unlock() {
            "progress-unknown-unlock-retry"
        } else {
            "progress-unknown-retry"
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
        Some(self.frame.way_of(self.operation, Step::Password))
    }
}
