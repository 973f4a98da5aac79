//! Resetting is not possible right now.

use askama::Template;
use writeback_model::Cause;

use super::frame::{Frame, Place, StepState};
use crate::words::CauseText;

/// Says that no password could be written now, before anything is spent on trying.
#[derive(Template)]
#[template(path = "portal/unavailable.html")]
pub struct UnavailablePage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// Why not.
    pub cause: &'a Cause,
    /// Where "try again" leads: the page that the person came from.
    pub retry_path: &'static str,
}

impl UnavailablePage<'_> {
    fn words(&self) -> CauseText {
        self.frame.words.cause(self.cause)
    }

    fn desk(&self) -> Vec<(String, String)> {
        self.frame.desk(self.cause, None)
    }
}

impl Place for UnavailablePage<'_> {
    fn path(&self) -> &'static str {
        self.retry_path
    }
}
