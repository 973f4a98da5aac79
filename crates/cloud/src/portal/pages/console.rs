//! The pages of administrators.

use askama::Template;
use writeback_doctor::Status;

use super::frame::{Frame, Place};

/// Asks an administrator for name and password of their account here.
#[derive(Template)]
#[template(path = "console/sign_in.html")]
pub struct ConsoleSignInPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// What was typed before.
    pub typed_name: &'a str,
    /// Why nobody is signed in.
    pub error: Option<ConsoleSignInError>,
}

/// Why an administrator is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleSignInError {
    /// Something was not typed.
    Empty,
    /// Name or password; also of an account of a directory.
    Wrong,
    /// Too many tries, of this name or from this address.
    TooMany,
    /// It could not be looked at now.
    Busy,
    /// The password was set by somebody else and must be changed first.
    FirstPassword,
    /// Right, and disabled.
    Disabled,
}

impl ConsoleSignInPage<'_> {
    fn problem(&self) -> Option<String> {
        self.error.map(|error| {
            self.frame.t(match error {
                ConsoleSignInError::Empty => "console-sign-in-empty",
                ConsoleSignInError::Wrong => "console-sign-in-wrong",
                ConsoleSignInError::TooMany => "console-sign-in-too-many",
                ConsoleSignInError::Busy => "console-sign-in-busy",
                ConsoleSignInError::FirstPassword => "console-sign-in-first-password",
                ConsoleSignInError::Disabled => "console-sign-in-disabled",
            })
        })
    }
}

impl Place for ConsoleSignInPage<'_> {
    fn path(&self) -> &'static str {
        "/admin/sign-in"
    }

    fn has_problem(&self) -> bool {
        self.error.is_some()
    }
}

/// Says that no role of the account may see this.
#[derive(Template)]
#[template(path = "console/no_role.html")]
pub struct NoRolePage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
}

impl Place for NoRolePage<'_> {
    fn path(&self) -> &'static str {
        "/admin/doctor"
    }
}

/// What the doctor found just now, and before.
#[derive(Template)]
#[template(path = "console/doctor.html")]
pub struct DoctorPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// Writeback in one word.
    pub status: Status,
    /// How its line looks: `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// How many faults there are, how many warnings, and how much is in order.
    pub numbers: [usize; 3],
    /// When it was looked.
    pub looked_at: String,
    /// What is not as it should be, the cause first.
    pub problems: Vec<ShownProblem>,
    /// Checks that something was in the way of, with what they are of.
    pub not_reached: Vec<(String, String)>,
    /// What is in order, by where it belongs.
    pub fine: Vec<FineGroup>,
    /// What was found before, newest first.
    pub history: Vec<ShownLook>,
}

/// One finding that is not as it should be.
pub struct ShownProblem {
    /// The check's identifier.
    pub check: &'static str,
    /// The verdict's name.
    pub verdict: &'static str,
    /// How it looks: `warn` or `bad`.
    pub tone: &'static str,
    /// The verdict in words.
    pub verdict_name: String,
    /// What should be so, in a sentence.
    pub should_be: String,
    /// Of what.
    pub subject: String,
    /// Since when it is not.
    pub since: Option<String>,
    /// Cause and remedy are in English, whatever the page is in.
    pub in_english: bool,
    /// Why.
    pub cause: String,
    /// What was seen.
    pub seen: Vec<(String, String)>,
    /// What to do.
    pub remedy: Vec<RemedyPart>,
    /// Where there is more.
    pub page: String,
}

/// A part of what to do.
pub enum RemedyPart {
    /// Words.
    Say(String),
    /// Where to type, and what.
    Type(String, String),
}

/// What is in order of one part.
pub struct FineGroup {
    /// The part.
    pub name: String,
    /// Checks with what they are of.
    pub lines: Vec<(String, String)>,
}

/// What was found before.
pub struct ShownLook {
    /// From when to when.
    pub when: String,
    /// The status line.
    pub status: String,
    /// The checks that were not in order.
    pub problems: String,
}

impl DoctorPage<'_> {
    fn status_line(&self) -> String {
        status_line(self.frame, self.status)
    }

    fn counts(&self) -> String {
        let [faults, warnings, fine] = self.numbers;
        let numbers = [
            ("faults", faults.into()),
            ("warnings", warnings.into()),
            ("fine", fine.into()),
        ];
        self.frame.words.with("doctor-counts", &numbers)
    }
}

/// A status in words.
pub fn status_line(frame: Frame<'_>, status: Status) -> String {
    frame.t(match status {
        Status::NotConfigured => "doctor-status-not-configured",
        Status::CannotConnect => "doctor-status-cannot-connect",
        Status::SwitchedOff => "doctor-status-switched-off",
        Status::Trouble => "doctor-status-trouble",
        Status::CannotTell => "doctor-status-cannot-tell",
        Status::AgentOutdated => "doctor-status-agent-outdated",
        Status::RunningWithWarnings => "doctor-status-running-with-warnings",
        Status::Running => "doctor-status-running",
    })
}

impl Place for DoctorPage<'_> {
    fn path(&self) -> &'static str {
        "/admin/doctor"
    }
}
