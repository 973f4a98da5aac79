//! Prove it: the code that was mailed.

use askama::Template;

use super::frame::{Frame, Place, Step, StepState, Way};

/// Asks for the code. Knows nothing of the person but what was typed, so that it is the same
/// page whether somebody goes by that name or not.
#[derive(Template)]
#[template(path = "portal/code.html")]
pub struct CodePage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// The name as it was typed.
    pub typed_name: &'a str,
    /// What the form brings back.
    pub form_token: &'a str,
    /// How long a code is good.
    pub code_minutes: u32,
    /// A new code was just asked for.
    pub resent: bool,
    /// What was wrong with the code.
    pub error: Option<CodeError>,
}

/// Why a code leads no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing was typed.
    Empty,
    /// It is not the one that was sent.
    Wrong {
        /// How many more may be tried.
        tries_left: u8,
    },
    /// It is too old.
    Expired,
    /// Too many wrong ones: it counts no longer.
    Exhausted,
    /// Too many tries for this name, or too many codes asked for.
    TooMany {
        /// How long to wait.
        minutes: u32,
    },
}

impl CodePage<'_> {
    fn problem(&self) -> Option<String> {
        let frame = &self.frame;
        self.error.map(|error| match error {
            CodeError::Empty => frame.t("code-error-empty"),
            CodeError::Wrong { tries_left: 0 } | CodeError::Exhausted => {
                frame.t("code-error-exhausted")
            }
            CodeError::Wrong { tries_left } => frame
                .words
                .with("code-error-wrong", &[("left", tries_left.into())]),
            CodeError::Expired => frame.t("code-error-expired"),
            CodeError::TooMany { minutes } => {
                let wait = frame.words.wait(minutes);
                frame
                    .words
                    .with("code-error-too-many", &[("wait", wait.into())])
            }
        })
    }

    /// Whether there is a code that could still be right.
    fn takes_code(&self) -> bool {
        !matches!(
            self.error,
            Some(CodeError::Expired | CodeError::Exhausted | CodeError::Wrong { tries_left: 0 })
        )
    }

    fn valid_line(&self) -> String {
        self.frame
            .words
            .with("code-valid", &[("minutes", self.code_minutes.into())])
    }
}

impl Place for CodePage<'_> {
    fn path(&self) -> &'static str {
        "/reset/code"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way(Step::Code))
    }

    fn has_problem(&self) -> bool {
        self.error.is_some()
    }
}
