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
    /// Where the script stands that seals.
    pub script_path: &'a str,
    /// The script's hash, as its tag says it.
    pub script_integrity: &'a str,
    /// The session's last request as the form brings it back; empty when there is none.
    pub last_request: &'a str,
    /// The rules that hold for the account, where they are known beforehand.
    pub policy: Option<&'a PasswordPolicy>,
    /// The directory does not hold a reset to the account's history.
    pub history_not_enforced: bool,
    /// The account may be unlocked instead, and the password kept.
    pub offers_unlock: bool,
    /// What was wrong with the last one.
    pub error: Option<PasswordError<'a>>,
}

/// Active Directory takes no more than so many UTF-16 units.
static TOO_LONG: Cause = Cause::PasswordTooLong { maximum: 256 };

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError<'a> {
    /// It came in clear, or not at all: from an older page or another program.
    NotSealed,
    /// Not a password, but unlocking, was asked for too often.
    TooManyUnlocks {
        /// How long to wait.
        minutes: u32,
    },
    /// It was refused by the directory or the agent, and another one may be taken.
    Refused(&'a Cause),
}

impl PasswordPage<'_> {
    /// What was wrong, where it is told in one sentence.
    fn problem(&self) -> Option<String> {
        match self.error? {
            PasswordError::NotSealed => Some(self.frame.t("password-error-not-sealed")),
            PasswordError::TooManyUnlocks { minutes } => {
                let words = self.frame.words;
                let wait = [("wait", words.wait(minutes).into())];
                Some(words.with("unlock-error-too-many", &wait))
            }
            PasswordError::Refused(_) => None,
        }
    }

    /// What the script says of a password that no directory takes.
    fn too_long(&self) -> String {
        self.frame.words.cause(&TOO_LONG).what
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
