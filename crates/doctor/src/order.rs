//! Which finding is the cause of which, and in what order they are read.

use crate::{
    catalogue::{CATALOGUE, check, place},
    finding::{Finding, Verdict},
};

/// As [`run`](crate::run) does at its end: leaves the worst finding of each check and subject, adds those that were not reached, and
/// sorts: faults first, and among equals what others need before what needs it.
pub fn complete(found: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let same = |it: &&mut Finding| it.check == finding.check && it.subject == finding.subject;
        match kept.iter_mut().find(same) {
            Some(other) if other.verdict < finding.verdict => *other = finding,
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    let missing: Vec<_> = CATALOGUE
        .iter()
        .flat_map(|it| not_reached(it.id, &kept))
        .collect();
    kept.extend(missing);
    kept.sort_by(|left, right| {
        let key = |it: &Finding| (std::cmp::Reverse(it.verdict), place(it.check));
        key(left)
            .cmp(&key(right))
            .then_with(|| left.subject.cmp(&right.subject))
    });
    kept
}

/// What is said of a check that nobody could ask: once for each place of its own kind where
/// something was in its way, and otherwise once.
fn not_reached(id: &'static str, found: &[Finding]) -> Vec<Finding> {
    let mut added: Vec<Finding> = Vec::new();
    for blocker in blockers(id, found) {
        let same_place = |it: &Finding| it.check == id && it.subject == blocker.subject;
        let anywhere = |it: &Finding| it.check == id;
        let told = |of: &[Finding]| {
            if check(id).map(|it| it.of) == check(blocker.check).map(|it| it.of) {
                of.iter().any(same_place)
            } else {
                of.iter().any(anywhere)
            }
        };
        if !told(found) && !told(&added) {
            added.push(Finding::not_reached(id, &blocker.subject, blocker.check));
        }
    }
    added
}

/// What is in the way of a check, directly or through what it needs.
fn blockers<'f>(id: &str, found: &'f [Finding]) -> Vec<&'f Finding> {
    let Some(of) = check(id) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for need in of.needs {
        let in_the_way = found
            .iter()
            .filter(|it| it.check == *need)
            .filter(|it| matches!(it.verdict, Verdict::Fault | Verdict::CouldNotRun));
        all.extend(in_the_way);
        all.extend(blockers(need, found));
    }
    all
}
