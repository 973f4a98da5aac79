//! What one check found at one place.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Check;

/// How much of a text from outside is shown, in characters.
const SHOWN_MAX: usize = 400;

/// The name of what is noted.
const NOTE: &str = "note";

/// How a check ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is as it should be.
    Fine,
    /// It could not be asked, because something that it needs is not fulfilled.
    NotReached,
    /// Passwords are written, but this should be looked at.
    Warning,
    /// It could not be told.
    CouldNotRun,
    /// Passwords are not written because of this.
    Fault,
}

impl Verdict {
    /// Whether what needs the check cannot be asked.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Fault | Self::CouldNotRun)
    }
}

/// One thing that was seen. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What it is, in words.
    pub name: String,
    /// What was seen, on one line.
    pub value: String,
}

/// What one check found at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check's identifier.
    pub check: &'static str,
    /// Of what: a host, a domain, a person, a file; empty where there is only one.
    pub subject: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// Why, where it is known better than the catalogue has it.
    pub cause: Option<String>,
    /// What to do, where that is known better than the catalogue has it.
    pub remedy: Option<Vec<String>>,
    /// The check that was in the way, of one that was not reached.
    pub blocked_by: Option<&'static str>,
    /// What the names in braces of the catalogue's words stand for here.
    pub(crate) names: BTreeMap<Cow<'static, str>, String>,
}

impl Finding {
    /// What `check` found of `subject`.
    pub fn new(check: &'static str, subject: impl AsRef<str>, verdict: Verdict) -> Self {
        Self {
            check,
            subject: one_line(subject.as_ref()),
            verdict,
            evidence: Vec::new(),
            cause: None,
            remedy: None,
            blocked_by: None,
            names: BTreeMap::new(),
        }
    }

    /// As it should be.
    pub fn fine(check: &'static str, subject: impl AsRef<str>) -> Self {
        Self::new(check, subject, Verdict::Fine)
    }

    /// Not fulfilled.
    pub fn fault(check: &'static str, subject: impl AsRef<str>) -> Self {
        Self::new(check, subject, Verdict::Fault)
    }

    /// To be looked at.
    pub fn warning(check: &'static str, subject: impl AsRef<str>) -> Self {
        Self::new(check, subject, Verdict::Warning)
    }

    /// Not asked, because of another check.
    pub fn not_reached(
        check: &'static str,
        subject: impl AsRef<str>,
        blocked_by: &'static str,
    ) -> Self {
        Self {
            blocked_by: Some(blocked_by),
            ..Self::new(check, subject, Verdict::NotReached)
        }
    }

    /// With something that was seen.
    #[must_use]
    pub fn seen(mut self, name: &str, value: impl ToString) -> Self {
        self.evidence.push(Evidence {
            name: name.to_owned(),
            value: one_line(&value.to_string()),
        });
        self
    }

    /// With something that is worth a word although all is as it should be.
    #[must_use]
    pub fn noted(self, note: impl ToString) -> Self {
        self.seen(NOTE, note)
    }

    /// What was noted.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &str> {
        let notes = self.evidence.iter().filter(|it| it.name == NOTE);
        notes.map(|it| it.value.as_str())
    }

    /// With an error and all that is behind it.
    #[must_use]
    pub fn error(self, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let said = error.to_string();
            // Some errors repeat their source in their own words.
            if !text.contains(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            source = error.source();
        }
        self.seen("error", text)
    }

    /// With what a name in braces stands for. What comes from a directory or from DNS ends up in
    /// lines that an administrator copies into a shell: a value that would not stay a value there
    /// is left out, and its name is shown instead.
    #[must_use]
    pub fn name(mut self, name: &'static str, value: impl ToString) -> Self {
        let value = one_line(&value.to_string());
        if stays_a_value(name, &value) {
            self.names.insert(Cow::Borrowed(name), value);
        }
        self
    }

    /// With a cause that is known better than the catalogue has it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// With a remedy that is known better than the catalogue has it.
    #[must_use]
    pub fn remedy<T: Into<String>>(mut self, lines: impl IntoIterator<Item = T>) -> Self {
        self.remedy = Some(lines.into_iter().map(Into::into).collect());
        self
    }

    /// Why, in full.
    pub fn cause_text(&self, check: &Check) -> String {
        fill(self.cause.as_deref().unwrap_or(check.cause), &self.names)
    }

    /// What to do, in full.
    pub fn remedy_lines(&self, check: &Check) -> Vec<String> {
        let fill = |line: &str| fill(line, &self.names);
        match &self.remedy {
            Some(lines) => lines.iter().map(|line| fill(line)).collect(),
            None => check.remedy.iter().map(|line| fill(line)).collect(),
        }
    }
}

/// Whether a shell takes it for a value: between double quotes, where the catalogue's commands
/// have it, and for hosts without.
fn stays_a_value(name: &str, value: &str) -> bool {
    let of_host = |c: char| c.is_ascii_alphanumeric() || ".:-_".contains(c);
    match name {
        "host" | "holder" => value.chars().all(of_host),
        _ => !value.contains(['"', '$', '`', '!']),
    }
}

/// Text from outside, harmless on a terminal: one line, no control characters and none that
/// turn the direction of writing, and not endless.
pub(crate) fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean = text.trim().chars().map(|c| match c {
        '\n' | '\t' => ' ',
        c if c.is_control() || turns(c) => '\u{fffd}',
        c => c,
    });
    let mut line: String = clean.take(SHOWN_MAX + 1).collect();
    if let Some((cut, _)) = line.char_indices().nth(SHOWN_MAX - 1)
        && line.chars().count() > SHOWN_MAX
    {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// Puts values in for names in braces; a name without a value is shown as `<name>`.
pub(crate) fn fill(text: &str, names: &BTreeMap<Cow<'static, str>, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match names.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["<", name, ">"]),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_and_what_is_not_known_stays_visible() {
        let names = BTreeMap::from([(Cow::Borrowed("host"), "dc1".to_owned())]);
        assert_eq!(fill("ping {host} {port}", &names), "ping dc1 <port>");
        assert_eq!(fill("{", &names), "{");
    }

    #[test]
    fn nothing_from_outside_becomes_a_command() {
        let of = |name, value: &str| {
            let finding = Finding::fault("person-enabled", "").name(name, value);
            finding
                .remedy([format!("{{{name}}}")])
                .remedy_lines(crate::catalogue::check("person-enabled").unwrap())
        };
        for hostile in ["CN=$(reboot),DC=x", "CN=a\" ; reboot \"", "CN=`reboot`"] {
            assert_eq!(of("dn", hostile), ["<dn>"]);
        }
        assert_eq!(of("host", "dc1;reboot"), ["<host>"]);
        assert_eq!(of("host", "dc1.corp.test"), ["dc1.corp.test"]);
        assert_eq!(of("dn", "CN=O'Neil\\, A,DC=x"), ["CN=O'Neil\\, A,DC=x"]);
    }

    #[test]
    fn text_from_outside_stays_on_its_line() {
        let hostile = "a\u{1b}[31m\nb\u{202e}c";
        assert_eq!(one_line(hostile), "a\u{fffd}[31m b\u{fffd}c");
        assert_eq!(one_line(&"x".repeat(9_999)).chars().count(), SHOWN_MAX);
    }
}
