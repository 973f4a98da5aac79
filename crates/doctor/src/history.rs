//! Since when something is as it is: from the looks that were kept.

use jiff::Timestamp;

use crate::finding::{Finding, Verdict};

/// What one look found, and all that followed and found the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When it was first so.
    pub began_at: Timestamp,
    /// When it was last so.
    pub looked_at: Timestamp,
    /// What was found, as of the last time.
    pub findings: Vec<Finding>,
}

/// Since when a finding is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// When it was first seen so.
    pub at: Timestamp,
    /// It was so when the first look was made that is kept: it may have been so before.
    pub or_before: bool,
}

/// Whether two looks found the same, whatever else they saw: then one stands for both.
pub fn found_the_same(one: &[Finding], other: &[Finding]) -> bool {
    let told = |findings: &[Finding]| {
        let mut told: Vec<_> = findings.iter().map(of).collect();
        told.sort();
        told
    };
    told(one) == told(other)
}

/// What a finding says, without what was seen. A cause that has values in it is one cause.
fn of(finding: &Finding) -> (&'static str, String, Verdict, Option<String>) {
    (
        finding.check,
        finding.subject.clone(),
        finding.verdict,
        finding.cause.clone(),
    )
}

/// Since when what a finding of the newest look says is so. `looks` are the newest first; what was
/// not reached in between says nothing about itself.
pub fn since(looks: &[Look], finding: &Finding) -> Option<Since> {
    let mut since = None;
    for look in looks {
        let same_place = |it: &&Finding| it.check == finding.check && it.subject == finding.subject;
        match look.findings.iter().find(same_place) {
            Some(it) if it.verdict == Verdict::NotReached && it.verdict != finding.verdict => {}
            Some(it) if of(it) == of(finding) => since = Some(look.began_at),
            _ => {
                return since.map(|at| Since {
                    at,
                    or_before: false,
                });
            }
        }
    }
    since.map(|at| Since {
        at,
        or_before: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn look(second: i64, findings: &[Finding]) -> Look {
        Look {
            began_at: at(second),
            looked_at: at(second + 9),
            findings: findings.to_vec(),
        }
    }

    fn down() -> Finding {
        Finding::fault("dc-reachable", "dc2").name("host", "dc2")
    }

    #[test]
    fn it_is_so_since_the_first_of_those_that_follow_each_other() {
        let fine = Finding::fine("dc-reachable", "dc2");
        let other = down().because("Other.");
        let looks = [
            look(40, &[down().seen("error", "now another one")]),
            look(30, &[down()]),
            look(20, &[fine]),
            look(10, &[down()]),
        ];
        let found = since(&looks, &down()).unwrap();
        assert_eq!((found.at, found.or_before), (at(30), false));
        assert_eq!(since(&looks, &other), None);
        let found = since(&looks[..2], &down()).unwrap();
        assert_eq!((found.at, found.or_before), (at(30), true));
    }

    #[test]
    fn what_was_not_reached_meanwhile_says_nothing() {
        let behind = Finding::not_reached("dc-reachable", "dc2", "domain-controllers");
        let looks = [
            look(30, &[down()]),
            look(20, &[behind]),
            look(10, &[down()]),
        ];
        assert_eq!(since(&looks, &down()).unwrap().at, at(10));
    }

    #[test]
    fn what_was_seen_makes_no_other_look() {
        let one = [
            down().seen("error", "refused"),
            Finding::fine("dc-time", "dc2"),
        ];
        let other = [Finding::fine("dc-time", "dc2"), down()];
        assert!(found_the_same(&one, &other));
        assert!(!found_the_same(&one, &[down()]));
        assert!(!found_the_same(&[down()], &[down().because("Other.")]));
    }
}
