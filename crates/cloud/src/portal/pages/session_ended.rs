//! The session ended.

use askama::Template;

use super::frame::{Frame, Place, StepState};

/// Says that the browser carries no session that holds.
#[derive(Template)]
#[template(path = "portal/session_ended.html")]
pub struct SessionEndedPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// How long a session holds.
    pub session_minutes: u32,
}

impl SessionEndedPage<'_> {
    fn lead(&self) -> String {
        let minutes = [("minutes", self.session_minutes.into())];
        self.frame.words.with("ended-lead", &minutes)
    }
}

impl Place for SessionEndedPage<'_> {
    fn path(&self) -> &'static str {
        "/reset/outcome"
    }
}
