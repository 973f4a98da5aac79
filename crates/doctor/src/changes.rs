//! What is other than it was: one run after another, told once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    catalogue::check,
    finding::{Finding, Verdict},
};

/// What all runs so far found.
#[derive(Debug, Default)]
pub struct Changes {
    told: BTreeMap<(&'static str, String), Told>,
}

#[derive(Debug)]
struct Told {
    verdict: Verdict,
    cause: Option<String>,
    since: Timestamp,
}

/// One finding that is other than it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// When it was seen.
    pub time: Timestamp,
    /// The check's identifier.
    pub check: String,
    /// Of what: a host, a domain, a person, a file; empty where there is only one.
    pub subject: String,
    /// How it is now.
    pub verdict: Verdict,
    /// How it was; absent the first time.
    pub before: Option<Verdict>,
    /// Since when it had been like that.
    pub since: Option<Timestamp>,
    /// Why, of what is not fulfilled now.
    pub cause: Option<String>,
}

impl Changes {
    /// Takes the next run, and gives what changed by it; the first time everything that is not
    /// fine. What could not be reached says nothing about itself: what is in its way is told.
    pub fn next(&mut self, time: Timestamp, findings: &[Finding]) -> Vec<Change> {
        let mut changes = Vec::new();
        for finding in findings {
            if finding.verdict == Verdict::NotReached {
                continue;
            }
            let cause = (finding.verdict != Verdict::Fine)
                .then(|| check(finding.check).map(|of| finding.cause_text(of)))
                .flatten();
            let key = (finding.check, finding.subject.clone());
            let before = self.told.get(&key);
            let same = before.is_some_and(|it| it.verdict == finding.verdict && it.cause == cause);
            let unremarkable = before.is_none() && finding.verdict == Verdict::Fine;
            if !same && !unremarkable {
                changes.push(Change {
                    time,
                    check: finding.check.to_owned(),
                    subject: finding.subject.clone(),
                    verdict: finding.verdict,
                    before: before.map(|it| it.verdict),
                    since: before.map(|it| it.since),
                    cause: cause.clone(),
                });
            }
            if !same {
                let told = Told {
                    verdict: finding.verdict,
                    cause,
                    since: time,
                };
                self.told.insert(key, told);
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn down() -> Finding {
        Finding::fault("dc-reachable", "dc2").name("host", "dc2")
    }

    #[test]
    fn each_change_is_told_once_and_says_how_long_it_was_otherwise() {
        let mut changes = Changes::default();
        let fine = Finding::fine("dc-reachable", "dc2");
        assert_eq!(changes.next(at(0), std::slice::from_ref(&fine)), []);
        let red = changes.next(at(10), &[down()]);
        let [red] = red.as_slice() else {
            panic!("{red:?}")
        };
        assert_eq!(
            (red.verdict, red.before),
            (Verdict::Fault, Some(Verdict::Fine))
        );
        assert_eq!(red.since, Some(at(0)));
        assert!(red.cause.as_deref().unwrap().starts_with("dc2 is off"));
        assert_eq!(changes.next(at(20), &[down()]), []);
        let green = changes.next(at(30), &[fine]);
        let [green] = green.as_slice() else {
            panic!("{green:?}")
        };
        assert_eq!((green.since, green.cause.as_ref()), (Some(at(10)), None));
    }

    #[test]
    fn another_cause_of_the_same_check_is_a_change() {
        let mut changes = Changes::default();
        assert_eq!(changes.next(at(0), &[down()]).len(), 1);
        assert_eq!(changes.next(at(1), &[down().because("Other.")]).len(), 1);
    }

    #[test]
    fn what_was_not_reached_meanwhile_did_not_change() {
        let mut changes = Changes::default();
        let fine = Finding::fine("dc-time", "dc2");
        changes.next(at(0), std::slice::from_ref(&fine));
        let behind = Finding::not_reached("dc-time", "dc2", "dc-reachable");
        assert_eq!(changes.next(at(1), &[behind]), []);
        assert_eq!(changes.next(at(2), &[fine]), []);
    }
}
