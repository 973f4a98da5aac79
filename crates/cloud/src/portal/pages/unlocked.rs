//! Unlocked, and the password kept.

use askama::Template;
use writeback_model::{Operation, Remark};

use super::{
    done::DonePage,
    frame::{Frame, Place, Step, StepState, Way},
};

/// Says that the account is unlocked, or that it was not locked, and what to do now.
#[derive(Template)]
#[template(path = "portal/unlocked.html")]
pub struct UnlockedPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// What is true besides; [`Remark::Unlocked`] where the account was locked.
    pub remarks: &'a [Remark],
}

impl UnlockedPage<'_> {
    fn was_locked(&self) -> bool {
        self.remarks.contains(&Remark::Unlocked)
    }

    /// What is told besides that.
    fn others(&self) -> impl Iterator<Item = Remark> {
        let remarks = self.remarks.iter().copied();
        remarks.filter(|remark| *remark != Remark::Unlocked)
    }
}

impl Place for UnlockedPage<'_> {
    fn path(&self) -> &'static str {
        "/reset/outcome"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way_of(Operation::Unlock, Step::Done))
    }
}
