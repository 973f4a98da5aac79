//! What was found, for machines.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    catalogue::check,
    check::{Component, Severity},
    finding::{Evidence, Finding, Verdict},
};

/// Everything that one run found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// How it ended.
    pub summary: Summary,
    /// All findings: faults first, and among equals what others need before what needs it.
    pub findings: Vec<Seen>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// The exit code: 0 when all is fine, 1 with warnings, 2 with faults, 3 when something
    /// could not be told and nothing worse is known.
    pub exit_code: u8,
    /// How many findings are as they should be.
    pub fine: usize,
    /// How many should be looked at.
    pub warnings: usize,
    /// How many keep passwords from being written.
    pub faults: usize,
    /// How many could not be told.
    pub could_not_run: usize,
    /// How many could not be asked because of another.
    pub not_reached: usize,
}

/// What one check found at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Seen {
    /// The check's identifier.
    pub check: String,
    /// Of what: a host, a domain, a person, a file; empty where there is only one.
    pub subject: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What is so when the check is fulfilled.
    pub title: String,
    /// How bad it is at worst.
    pub severity: Severity,
    /// Where it looks.
    pub component: Component,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// Why and what to do, of what is not fulfilled.
    pub problem: Option<Problem>,
    /// The check that was in the way, of one that was not reached.
    pub blocked_by: Option<String>,
    /// The page that says more, in the documentation.
    pub docs: String,
    /// The rows of docs/troubleshooting/rows.md that it answers: A1, W03, S07.
    pub rows: Vec<String>,
}

/// Why and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// Why.
    pub cause: String,
    /// What to do, a line each; `$ ` begins a shell command, `PS> ` one for PowerShell.
    pub remedy: Vec<String>,
}

impl Report {
    /// Of findings as [`run`](crate::run) gives them.
    pub fn new(findings: &[Finding]) -> Self {
        Self {
            summary: Summary::of(findings),
            findings: findings.iter().filter_map(Seen::of).collect(),
        }
    }
}

impl Summary {
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let count = |verdict| findings.iter().filter(|it| it.verdict == verdict).count();
        let mut summary = Self {
            exit_code: 0,
            fine: count(Verdict::Fine),
            warnings: count(Verdict::Warning),
            faults: count(Verdict::Fault),
            could_not_run: count(Verdict::CouldNotRun),
            not_reached: count(Verdict::NotReached),
        };
        summary.exit_code = if summary.faults > 0 {
            2
        } else if summary.could_not_run > 0 || summary.not_reached > 0 {
            3
        } else {
            u8::from(summary.warnings > 0)
        };
        summary
    }
}

impl Seen {
    fn of(finding: &Finding) -> Option<Self> {
        let of = check(finding.check)?;
        let told = !matches!(finding.verdict, Verdict::Fine | Verdict::NotReached);
        Some(Self {
            check: of.id.to_owned(),
            subject: finding.subject.clone(),
            verdict: finding.verdict,
            title: of.title.to_owned(),
            severity: of.severity,
            component: of.component,
            evidence: finding.evidence.clone(),
            problem: told.then(|| Problem {
                cause: finding.cause_text(of),
                remedy: finding.remedy_lines(of),
            }),
            blocked_by: finding.blocked_by.map(str::to_owned),
            docs: of.docs(),
            rows: of.rows.iter().map(|row| (*row).to_owned()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_the_worst() {
        let code = |verdicts: &[Verdict]| {
            let of = |verdict: &Verdict| Finding::new("configuration", "", *verdict);
            Summary::of(&verdicts.iter().map(of).collect::<Vec<_>>()).exit_code
        };
        use Verdict::{CouldNotRun, Fault, Fine, NotReached, Warning};
        assert_eq!(code(&[]), 0);
        assert_eq!(code(&[Fine, Fine]), 0);
        assert_eq!(code(&[Fine, Warning]), 1);
        assert_eq!(code(&[Warning, CouldNotRun, Fine]), 3);
        assert_eq!(code(&[Fault, CouldNotRun, NotReached]), 2);
    }

    #[test]
    fn the_schema_is_the_one_checked_in() {
        let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Report)).unwrap();
        text.push('\n');
        crate::generated::same("doctor.schema.json", &text);
    }
}
