//! Who are you?

use askama::Template;

use super::frame::{Frame, Place, Step, StepState, Way};

/// Asks for the user name.
#[derive(Template)]
#[template(path = "portal/start.html")]
pub struct StartPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// What was typed before.
    pub typed_name: &'a str,
    /// What was wrong with it.
    pub error: Option<StartError>,
}

/// Why a name leads no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// Nothing, or characters that no name has.
    Empty,
    /// Longer than a name can be.
    TooLong,
    /// It could be of more than one forest.
    NeedsFullName,
    /// Too many names from one address, or codes for one name.
    TooMany {
        /// How long to wait.
        minutes: u32,
    },
}

impl StartPage<'_> {
    fn problem(&self) -> Option<String> {
        let frame = &self.frame;
        self.error.map(|error| match error {
            StartError::Empty => frame.t("start-error-empty"),
            StartError::TooLong => frame.t("start-error-too-long"),
            StartError::NeedsFullName => frame.t("start-error-full-name"),
            StartError::TooMany { minutes } => {
                let wait = frame.words.wait(minutes);
                frame
                    .words
                    .with("start-error-too-many", &[("wait", wait.into())])
            }
        })
    }
}

impl Place for StartPage<'_> {
    fn path(&self) -> &'static str {
        "/"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way(Step::Name))
    }

    fn has_problem(&self) -> bool {
        self.error.is_some()
    }
}
