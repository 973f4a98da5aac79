//! Whether switching off and on, restarting or enrolling again would help: the last thing that
//! people try, and mostly the wrong one.

use crate::{catalogue::check, finding::Finding};

/// What is renewed when writeback is switched on.
const BY_SWITCH: [&str; 1] = ["agent-enabled"];

/// What starting the agent mends.
const BY_STARTING: [&str; 1] = ["agent-running"];

/// What is read when the agent starts.
const BY_START: [&str; 2] = ["configuration", "password-file"];

/// What is made anew by `writeback agent enroll --replace`.
const BY_ENROLMENT: [&str; 3] = ["state-folder", "enrolment", "cloud-accepts-agent"];

/// Of what the agent's machine found wrong; `None` where nothing is.
pub(crate) fn again(findings: &[Finding]) -> Option<String> {
    let red: Vec<&str> = findings
        .iter()
        .filter(|it| it.verdict.is_bad() && it.blocked_by.is_none())
        .filter(|it| check(it.check).is_some_and(|it| it.component.command() == "writeback doctor"))
        .map(|it| it.check)
        .collect();
    if red.is_empty() {
        return None;
    }
    let of = |known: &[&str]| {
        let mut these: Vec<&str> = red
            .iter()
            .copied()
            .filter(|it| known.contains(it))
            .collect();
        these.dedup();
        (!these.is_empty()).then(|| these.join(", "))
    };
    let mut lines = Vec::new();
    if of(&BY_SWITCH).is_some() {
        lines.push("Switching writeback on is what is missing.".to_owned());
    }
    if of(&BY_STARTING).is_some() {
        lines.push("Starting the agent, or restarting it, may be all that is missing.".to_owned());
    }
    if let Some(these) = of(&BY_START) {
        lines.push(format!(
            "Restart the agent once {these} is mended: it reads them when it starts."
        ));
    }
    if let Some(these) = of(&BY_ENROLMENT) {
        lines.push(format!(
            "Enrolling the agent again may help with {these}, if nothing above does."
        ));
    }
    if lines.is_empty() {
        lines.push(
            "Switching off and on, restarting or enrolling again would help with none of this."
                .to_owned(),
        );
    }
    Some(lines.join("\n") + "\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CATALOGUE;

    #[test]
    fn it_is_said_when_it_helps_and_when_it_does_not() {
        let of = |red: &[&'static str]| {
            let found: Vec<_> = red.iter().map(|id| Finding::fault(id, "")).collect();
            again(&found).unwrap_or_default()
        };
        assert_eq!(of(&[]), "");
        assert!(of(&["agent-enabled"]).starts_with("Switching writeback on"));
        assert!(of(&["cloud-accepts-agent"]).contains("Enrolling the agent again may help"));
        assert!(of(&["password-file", "dc-reachable"]).starts_with("Restart the agent once"));
        assert!(of(&["dc-certificate"]).contains("would help with none of this"));
        // The cloud's own checks are of another machine.
        assert_eq!(of(&["licences-assigned"]), "");
    }

    #[test]
    fn every_check_that_it_names_exists() {
        for id in BY_SWITCH.iter().chain(&BY_START).chain(&BY_ENROLMENT) {
            assert!(CATALOGUE.iter().any(|it| it.id == *id), "{id}");
        }
    }
}
