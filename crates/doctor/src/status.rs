//! A tenant's writeback in one line: what the reference product's blade calls the status of the
//! client on the premises.

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Verdict};

/// How writeback stands, the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// No agent was ever enrolled, or all were revoked.
    NotConfigured,
    /// Agents are enrolled and none is connected.
    CannotConnect,
    /// Somebody switched writeback off.
    SwitchedOff,
    /// Something keeps passwords from being written, of all people or of a forest's.
    Trouble,
    /// Something could not be told.
    CannotTell,
    /// It runs, and an agent's version is not the cloud's.
    AgentOutdated,
    /// It runs, and something else should be looked at.
    RunningWithWarnings,
    /// It runs.
    Running,
}

impl Status {
    /// Of what the cloud's checks of a tenant found.
    pub fn of(findings: &[Finding]) -> Self {
        let is = |check: &str, verdict| {
            let mut of = findings.iter().filter(|it| it.verdict == verdict);
            of.any(|it| it.check == check)
        };
        let any = |verdict| findings.iter().any(|it| it.verdict == verdict);
        match () {
            () if is("agents-enrolled", Verdict::Fault) => Self::NotConfigured,
            () if is("agents-connected", Verdict::Fault) => Self::CannotConnect,
            () if is("writeback-on", Verdict::Fault) => Self::SwitchedOff,
            () if any(Verdict::Fault) => Self::Trouble,
            () if any(Verdict::CouldNotRun) => Self::CannotTell,
            () if is("agent-version", Verdict::Warning) => Self::AgentOutdated,
            () if any(Verdict::Warning) => Self::RunningWithWarnings,
            () => Self::Running,
        }
    }

    /// Its name, in kebab case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotConfigured => "not-configured",
            Self::CannotConnect => "cannot-connect",
            Self::SwitchedOff => "switched-off",
            Self::Trouble => "trouble",
            Self::CannotTell => "cannot-tell",
            Self::AgentOutdated => "agent-outdated",
            Self::RunningWithWarnings => "running-with-warnings",
            Self::Running => "running",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_the_first_thing_to_know() {
        let fault = |check| Finding::fault(check, "");
        let of = |findings: &[Finding]| Status::of(findings).id();
        assert_eq!(of(&[]), "running");
        assert_eq!(of(&[Finding::fine("agents-enrolled", "")]), "running");
        assert_eq!(
            of(&[
                Finding::warning("licence-seats", ""),
                Finding::warning("agent-version", "a")
            ]),
            "agent-outdated"
        );
        assert_eq!(
            of(&[Finding::warning("licence-seats", "")]),
            "running-with-warnings"
        );
        assert_eq!(of(&[fault("reset-policy")]), "trouble");
        assert_eq!(
            of(&[fault("reset-policy"), fault("writeback-on")]),
            "switched-off"
        );
        assert_eq!(
            of(&[fault("writeback-on"), fault("agents-connected")]),
            "cannot-connect"
        );
        assert_eq!(of(&[fault("agents-enrolled")]), "not-configured");
        let unknown = Finding::new("forest-synchronised", "", Verdict::CouldNotRun);
        assert_eq!(of(&[unknown]), "cannot-tell");
    }
}
