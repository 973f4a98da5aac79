//! The new password.

use askama::Template;
use writeback_model::{Cause, PasswordPolicy};

use super::frame::{Frame, Place, Step, StepState, Way};

/// Asks for the new password, twice.
#[derive(Template)]
#[template(path = "portal/password.html")]
pub struct PasswordPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// The name as it was typed.
    pub typed_name: &'a str,
    /// What the form brings back.
    pub form_token: &'a str,
    /// The session's last request as the form brings it back; empty when there is none.
    pub last_request: &'a str,
    /// The rules that hold for the account, where they are known beforehand.
    pub policy: Option<&'a PasswordPolicy>,
    /// The directory does not hold a reset to the account's history.
    pub history_not_enforced: bool,
    /// What was wrong with the last one.
    pub error: Option<PasswordError<'a>>,
}

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError<'a> {
    /// Nothing was typed.
    Empty,
    /// The two are not the same.
    Mismatch,
    /// Too many were tried for this account.
    TooMany {
        /// How long to wait.
        minutes: u32,
    },
    /// It was refused, here or by the directory, and another one may be taken.
    Refused(&'a Cause),
}

impl PasswordPage<'_> {
    /// What was wrong, where it is told in one sentence.
    fn problem(&self) -> Option<String> {
        let frame = &self.frame;
        match self.error? {
            PasswordError::Empty => Some(frame.t("password-error-empty")),
            PasswordError::Mismatch => Some(frame.t("password-error-mismatch")),
            PasswordError::TooMany { minutes } => {
                let wait = frame.words.wait(minutes);
                Some(
                    frame
                        .words
                        .with("password-error-too-many", &[("wait", wait.into())]),
                )
            }
            PasswordError::Refused(_) => None,
        }
    }

    fn rule_lines(&self) -> Vec<String> {
        let Some(policy) = self.policy else {
            return Vec::new();
        };
        let words = self.frame.words;
        let mut lines = Vec::new();
        if policy.min_length > 0 {
            lines.push(words.with(
                "password-rule-length",
                &[("minimum", policy.min_length.into())],
            ));
        }
        if policy.complexity {
            lines.push(words.text("password-rule-complex"));
            lines.push(words.text("password-rule-name"));
        }
        if policy.history > 0 && !self.history_not_enforced {
            let remembered = [("remembered", policy.history.into())];
            lines.push(words.with("password-rule-history", &remembered));
        }
        lines
    }
}

impl Place for PasswordPage<'_> {
    fn path(&self) -> &'static str {
        "/reset/password"
    }

    fn way(&self) -> Option<Way> {
        Some(self.frame.way(Step::Password))
    }

    fn has_problem(&self) -> bool {
        self.error.is_some()
    }
}
