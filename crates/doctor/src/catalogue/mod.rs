//! All checks, in the order in which they should be read: what others need comes first.

mod agents;
mod cloud;
mod directory;
mod installation;
mod known_person;
mod machine;
mod person;
mod tenant;

use crate::check::Check;

/// All checks.
pub const CATALOGUE: [Check; 71] = [
    machine::CONFIGURATION,
    machine::PASSWORD_FILE,
    machine::STATE_FOLDER,
    machine::SWITCH,
    machine::ENROLMENT,
    cloud::NAME,
    cloud::REACHABLE,
    cloud::PROXY,
    cloud::CERTIFICATE,
    cloud::CLOCK,
    cloud::IDLE_HOLD,
    cloud::ACCEPTS_AGENT,
    cloud::LINK,
    cloud::RUNNING,
    directory::CONTROLLERS,
    directory::REACHABLE,
    directory::CERTIFICATE,
    directory::ACCOUNT,
    directory::PREFERRED,
    directory::SYNCHRONIZED,
    directory::WRITABLE,
    directory::TIME,
    directory::LEVEL,
    directory::PDC,
    directory::PDC_IN_DNS,
    directory::POLICY_HINTS,
    directory::UNEXPIRE,
    person::FOUND,
    person::READABLE,
    person::INHERITANCE,
    person::ORDINARY,
    person::RESET,
    person::UNLOCK,
    person::FORCE_CHANGE,
    person::ENABLED,
    person::MAY_CHANGE,
    person::POLICY,
    person::AGE,
    person::ROUND_TRIP,
    installation::CONFIGURATION,
    installation::DATABASE,
    installation::ROOM,
    installation::CLOCK,
    installation::RUNS,
    installation::CERTIFICATE,
    installation::MAIL,
    installation::AUDIT_KEY,
    tenant::KNOWN,
    tenant::ENABLED,
    tenant::DOMAINS,
    tenant::LICENCES,
    tenant::SEATS,
    tenant::POLICY,
    tenant::WRITEBACK,
    agents::ENROLLED,
    agents::CONNECTED,
    agents::EACH_CONNECTED,
    agents::VERSION,
    agents::COPIED,
    agents::SEALING_KEY,
    agents::REPORTED,
    agents::SYNCHRONISED,
    agents::GUARD,
    agents::OBJECTS,
    known_person::KNOWN,
    known_person::ACCOUNT,
    known_person::LICENCE,
    known_person::POLICY,
    known_person::GATES,
    known_person::METHODS,
    known_person::THROTTLED,
];

/// The check of that identifier.
pub fn check(id: &str) -> Option<&'static Check> {
    CATALOGUE.iter().find(|it| it.id == id)
}

/// Where a check stands in the catalogue.
pub(crate) fn place(id: &str) -> usize {
    CATALOGUE
        .iter()
        .position(|it| it.id == id)
        .unwrap_or(CATALOGUE.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_needs_only_what_stands_before_it() {
        for (at, it) in CATALOGUE.iter().enumerate() {
            assert_eq!(place(it.id), at, "{} stands there twice", it.id);
            for need in it.needs {
                assert!(place(need) < at, "{} needs {need}", it.id);
            }
        }
    }

    #[test]
    fn each_check_says_why_and_what_to_do() {
        for it in &CATALOGUE {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(it.id.chars().all(kebab), "{}", it.id);
            assert!(!it.cause.is_empty() && !it.remedy.is_empty(), "{}", it.id);
            assert!(!it.title.ends_with('.'), "{}", it.id);
        }
    }
}
