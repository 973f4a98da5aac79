//! Changed.

use askama::Template;
use writeback_model::Remark;

use super::frame::{Frame, Place, Step, StepState, Way};

/// Says that the directory has the new password, and what to do now.
#[derive(Template)]
#[template(path = "portal/done.html")]
pub struct DonePage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// What is true besides.
    pub remarks: &'a [Remark],
}

impl DonePage<'_> {
    /// The remark's name in the page's source, for whoever reads it by program.
    pub(super) const fn note(remark: Remark) -> &'static str {
        match remark {
            Remark::Unlocked => "unlocked",
            Remark::StillLocked => "still-locked",
            Remark::HistoryNotEnforced => "history-not-enforced",
            Remark::MustChangeAtSignIn => "must-change-at-sign-in",
            Remark::LearntFromReceipt => "learnt-from-receipt",
            Remark::ForceChangeNotSet => "force-change-not-set",
        }
    }

    /// How loud a remark is: good news, plain news, or something to be done.
    pub(super) const fn tone(remark: Remark) -> &'static str {
        match remark {
            Remark::Unlocked => "good",
            Remark::LearntFromReceipt | Remark::MustChangeAtSignIn => "plain",
            Remark::StillLocked | Remark::HistoryNotEnforced | Remark::ForceChangeNotSet => "warn",
        }
    }
}

impl Place for DonePage<'_> {
    fn path(&self) -> &'static str {
        "/reset/outcome"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way(Step::Done))
    }
}
