//! Not changed.

use askama::Template;
use writeback_model::{Cause, Operation};

use super::frame::{Frame, Place, Step, StepState, Way};

/// Says that nothing was changed, exactly why, and what to do next.
#[derive(Template)]
#[template(path = "portal/not_changed.html")]
pub struct NotChangedPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// What was asked for.
    pub operation: Operation,
    /// Why.
    pub cause: &'a Cause,
    /// What the help desk finds the request by, where there was one.
    pub reference: Option<&'a str>,
}

/// What the person can do on this very site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayOn {
    AnotherPassword,
    TryAgain,
    None,
}

impl NotChangedPage<'_> {
    const fn title_key(&self) -> &'static str {
        match self.operation {
            Operation::Unlock => "not-unlocked-title",
            Operation::Reset { .. } | Operation::Change => "not-changed-title",
        }
    }

    const fn lead_key(&self) -> &'static str {
        match self.operation {
            Operation::Unlock => "not-unlocked-lead",
            Operation::Reset { .. } | Operation::Change => "not-changed-lead",
        }
    }

    const fn way_on(&self) -> WayOn {
        if self.cause.info().another_password_helps {
            return WayOn::AnotherPassword;
        }
        match self.cause {
            // It passes, or the next try takes another way.
            Cause::PdcEmulatorUnreachable
            | Cause::DirectoryBusy
            | Cause::NoAgent
            | Cause::AgentDisabled
            | Cause::NotStartedInTime
            | Cause::SealKeyUnknown
            | Cause::SealBroken
            | Cause::Internal => WayOn::TryAgain,
            _ => WayOn::None,
        }
    }

    fn desk(&self) -> Vec<(String, String)> {
        self.frame.desk(self.cause, self.reference)
    }
}

impl Place for NotChangedPage<'_> {
    fn path(&self) -> &'static str {
        "/reset/outcome"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way_of(self.operation, Step::Password))
    }
}
