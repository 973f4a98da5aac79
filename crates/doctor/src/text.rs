//! What was found, for people: what is wrong first, each with its reason and what to type.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    again::again,
    catalogue::check,
    check::{Check, Severity},
    finding::{Finding, Verdict, fill},
    report::Summary,
};

/// Whether colours may be used: on a terminal only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal.
    Yes,
    /// In a pipe or file.
    No,
}

impl Colour {
    pub(crate) fn paint(self, verdict: Verdict, text: &str) -> String {
        let code = match verdict {
            Verdict::Fine => "32",
            Verdict::Warning | Verdict::CouldNotRun => "33",
            Verdict::Fault => "1;31",
            Verdict::NotReached => "2",
        };
        match self {
            Self::Yes => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::No => text.to_owned(),
        }
    }
}

pub(crate) const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "✓",
        Verdict::Warning => "!",
        Verdict::Fault => "✗",
        Verdict::CouldNotRun => "?",
        Verdict::NotReached => "–",
    }
}

/// All findings, as [`run`](crate::run) gives them.
pub fn text(findings: &[Finding], colour: Colour) -> String {
    let mut text = String::new();
    let told = |it: &&Finding| !matches!(it.verdict, Verdict::Fine | Verdict::NotReached);
    for finding in findings.iter().filter(told) {
        problem(&mut text, finding, colour);
    }
    not_reached(&mut text, findings, colour);
    fine(&mut text, findings, colour);
    text.extend(again(findings));
    text.push_str(&summary_line(&Summary::of(findings), colour));
    text
}

/// One that is not as it should be: why, what was seen, what to do.
fn problem(text: &mut String, finding: &Finding, colour: Colour) {
    let Some(of) = check(finding.check) else {
        return;
    };
    let head = format!("{} {}", mark(finding.verdict), finding.check);
    let subject = match finding.subject.as_str() {
        "" => String::new(),
        subject => format!("  {subject}"),
    };
    let _ = writeln!(text, "{}{subject}", colour.paint(finding.verdict, &head));
    let _ = writeln!(text, "  {}", finding.cause_text(of));
    let width = finding.evidence.iter().map(|it| it.name.chars().count());
    let width = width.max().unwrap_or(0);
    for it in &finding.evidence {
        let _ = writeln!(text, "    {:width$}  {}", it.name, it.value);
    }
    let _ = writeln!(text, "  What to do:");
    for line in finding.remedy_lines(of) {
        let _ = writeln!(text, "    {line}");
    }
    let _ = writeln!(
        text,
        "  More: {} --explain {}, {}\n",
        of.component.command(),
        of.id,
        of.docs()
    );
}

/// What was not asked, by what was in its way: which it is matters less than that.
fn not_reached(text: &mut String, findings: &[Finding], colour: Colour) {
    let mut by_blocker: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        if let Some(blocker) = finding.blocked_by {
            let checks = by_blocker.entry(blocker).or_default();
            if !checks.contains(&finding.check) {
                checks.push(finding.check);
            }
        }
    }
    for (blocker, checks) in &by_blocker {
        let head = format!(
            "{} not reached: {blocker} comes first",
            mark(Verdict::NotReached)
        );
        let _ = writeln!(text, "{}", colour.paint(Verdict::NotReached, &head));
        let mut line = String::from(" ");
        for (at, id) in checks.iter().enumerate() {
            if line.len() + id.len() > LINE_MAX {
                let _ = writeln!(text, "{line}");
                line = String::from(" ");
            }
            let comma = if at + 1 < checks.len() { "," } else { "" };
            let _ = write!(line, " {id}{comma}");
        }
        let _ = writeln!(text, "{line}\n");
    }
}

/// Lists are broken before this column.
const LINE_MAX: usize = 96;

/// What is as it should be: one line for each check, with all of whom it was asked.
fn fine(text: &mut String, findings: &[Finding], colour: Colour) {
    let fine = || findings.iter().filter(|it| it.verdict == Verdict::Fine);
    let mut checks: Vec<&str> = fine().map(|it| it.check).collect();
    checks.dedup();
    let width = checks.iter().map(|it| it.len()).max().unwrap_or(0);
    for id in &checks {
        let subjects: Vec<&str> = fine()
            .filter(|it| it.check == *id && !it.subject.is_empty())
            .map(|it| it.subject.as_str())
            .collect();
        let mark = colour.paint(Verdict::Fine, mark(Verdict::Fine));
        let line = format!("{mark} {id:width$}  {}", subjects.join(", "));
        let _ = writeln!(text, "{}", line.trim_end());
        for note in fine().filter(|it| it.check == *id).flat_map(Finding::notes) {
            let _ = writeln!(text, "    note: {note}");
        }
    }
    if !checks.is_empty() {
        text.push('\n');
    }
}

/// How many of each there are, on one line.
pub fn summary_line(summary: &Summary, colour: Colour) -> String {
    let mut parts = Vec::new();
    for (number, one, many, verdict) in [
        (summary.faults, "fault", "faults", Verdict::Fault),
        (summary.warnings, "warning", "warnings", Verdict::Warning),
        (
            summary.could_not_run,
            "could not be told",
            "could not be told",
            Verdict::CouldNotRun,
        ),
        (
            summary.not_reached,
            "not reached",
            "not reached",
            Verdict::NotReached,
        ),
        (summary.fine, "fine", "fine", Verdict::Fine),
    ] {
        if number > 0 {
            let words = format!("{number} {}", if number == 1 { one } else { many });
            parts.push(colour.paint(verdict, &words));
        }
    }
    format!("{}\n", parts.join(", "))
}

/// Everything that is known of a check without asking it.
pub fn explanation(of: &Check) -> String {
    let none = BTreeMap::new();
    let mut text = format!("{}\n\n  {}.\n", of.id, of.title);
    let worst = match of.severity {
        Severity::Warning => "Passwords are written without it, but it should be looked at.",
        Severity::Fault => "Passwords are not written without it.",
    };
    let _ = writeln!(text, "  {worst}\n");
    let _ = writeln!(text, "Where it is not so\n  {}\n", fill(of.cause, &none));
    let _ = writeln!(text, "What to do");
    for line in of.remedy {
        let _ = writeln!(text, "  {}", fill(line, &none));
    }
    if !of.needs.is_empty() {
        let _ = writeln!(text, "\nNeeds first\n  {}", of.needs.join(", "));
    }
    let _ = writeln!(text, "\nDocumentation\n  {}", of.docs());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::fault("dc-reachable", "dc1.corp.test")
                .name("host", "dc1.corp.test")
                .name("port", 636)
                .seen("address", "10.0.0.1")
                .seen("error", "timed out"),
            Finding::not_reached("dc-certificate", "dc1.corp.test", "dc-reachable"),
            Finding::fine("dc-time", "dc2.corp.test"),
            Finding::fine("dc-time", "dc3.corp.test").noted("It is slow."),
        ]
    }

    #[test]
    fn what_is_wrong_stands_first_with_what_to_type() {
        let text = text(&findings(), Colour::No);
        let begins = "✗ dc-reachable  dc1.corp.test\n  dc1.corp.test is off, or a firewall stands \
                      between it and this machine.\n    address  10.0.0.1\n    error    timed out\n";
        assert!(text.starts_with(begins), "{text}");
        assert!(text.contains("    $ nc -vz dc1.corp.test 636\n"), "{text}");
        let blocked = "– not reached: dc-reachable comes first\n  dc-certificate\n";
        assert!(text.contains(blocked), "{text}");
        assert!(text.contains("✓ dc-time  dc2.corp.test, dc3.corp.test\n    note: It is slow.\n"));
        assert!(text.ends_with("1 fault, 1 not reached, 2 fine\n"), "{text}");
    }

    #[test]
    fn colours_are_for_terminals_alone() {
        assert!(text(&findings(), Colour::Yes).contains("\u{1b}[1;31m✗ dc-reachable\u{1b}[0m"));
        assert!(!text(&findings(), Colour::No).contains('\u{1b}'));
    }

    #[test]
    fn an_explanation_shows_what_would_be_filled_in() {
        let text = explanation(check("cloud-name").unwrap());
        assert!(text.contains("does not know <host>"), "{text}");
        assert!(
            text.contains("docs/troubleshooting/en/cloud-name.md"),
            "{text}"
        );
    }
}
