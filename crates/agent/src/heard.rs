//! What a watch heard lately, so that an import need not ask for the same again: Samba goes
//! through its whole database for each question what changed.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use writeback_ad::ChangesPage;
use writeback_model::DomainName;
use writeback_wire::Position;

/// How many changes of a domain are kept; with more, an import asks for itself.
const CHANGES_MAX: usize = 1_000;

/// What was heard of each domain.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<BTreeMap<DomainName, Hearing>>);

/// What was heard of one domain from one controller, without a gap.
#[derive(Debug)]
struct Hearing {
    controller: String,
    attributes: Vec<String>,
    stretches: VecDeque<Stretch>,
    /// Where the next stretch begins.
    next: i64,
}

/// What changed between two states of a controller, told by `highestCommittedUSN`.
#[derive(Debug)]
struct Stretch {
    /// Whoever knows everything up to here has no gap before `page`.
    from: i64,
    /// Nothing up to here is missing in `page`.
    to: i64,
    page: ChangesPage,
}

impl Heard {
    /// There is a gap: nothing from before it answers anything.
    pub(crate) fn forget(&self, domain: &DomainName) {
        self.with(|all| all.remove(domain));
    }

    /// What changed in these attributes since the last time. `before` was the controller's USN
    /// when that was asked, `after` when it was answered. The first time, and from another
    /// controller, it only says where the next one begins.
    pub(crate) fn add(
        &self,
        domain: &DomainName,
        (controller, attributes): (&str, &[String]),
        page: ChangesPage,
        (before, after): (i64, i64),
    ) {
        self.with(|all| match all.get_mut(domain) {
            Some(it) if it.controller == controller && it.attributes == attributes => {
                it.add(page, before, after);
            }
            _ => {
                let hearing = Hearing {
                    controller: controller.to_owned(),
                    attributes: attributes.to_vec(),
                    stretches: VecDeque::new(),
                    next: after,
                };
                all.insert(domain.clone(), hearing);
            }
        });
    }

    /// Everything that changed in these attributes since a position, if all of it was heard and
    /// nothing was written to the controller since: its USN is `usn` now.
    pub(crate) fn since(
        &self,
        from: &Position,
        attributes: &[String],
        controller: &str,
        usn: i64,
    ) -> Option<ChangesPage> {
        self.with(|all| {
            let hearing = all.get_mut(&from.domain)?;
            let is_same = hearing.attributes == attributes
                && hearing.controller == controller
                && hearing.controller == from.controller;
            is_same.then(|| hearing.since(from.usn, usn)).flatten()
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<DomainName, Hearing>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Hearing {
    fn add(&mut self, page: ChangesPage, before: i64, after: i64) {
        match self.stretches.back_mut() {
            // Passwords and sign-ins: they move the USN and change nothing that is told.
            Some(last) if page.is_empty() || last.page.is_empty() => last.join(page, before),
            _ => self.stretches.push_back(Stretch {
                from: self.next,
                to: before,
                page,
            }),
        }
        self.next = after;
        let kept: usize = self.stretches.iter().map(|it| it.page.len()).sum();
        if kept > CHANGES_MAX {
            self.stretches.clear();
        }
    }

    fn since(&mut self, known: i64, now: i64) -> Option<ChangesPage> {
        let is_whole = self.stretches.back().is_some_and(|last| last.to == now);
        let first = self.stretches.iter().rposition(|it| it.from <= known)?;
        if !is_whole {
            return None;
        }
        // Positions only move forward: nobody asks for earlier ones again.
        self.stretches.drain(..first);
        let mut all = ChangesPage {
            sees_deletions: true,
            ..ChangesPage::default()
        };
        for stretch in &self.stretches {
            all.join(stretch.page.clone());
        }
        Some(all)
    }
}

impl Stretch {
    fn join(&mut self, page: ChangesPage, to: i64) {
        self.page.join(page);
        self.to = to;
    }
}

#[cfg(test)]
mod tests {
    use writeback_ad::Changed;
    use writeback_model::SourceAnchor;

    use super::*;

    const CONTROLLER: &str = "CN=NTDS Settings,CN=DC1";

    fn domain() -> DomainName {
        "corp.test".parse().unwrap()
    }

    fn attributes() -> Vec<String> {
        vec!["mail".to_owned()]
    }

    fn changes(anchors: &[u8], cookie: u8) -> ChangesPage {
        let changed = |anchor: &u8| Changed {
            anchor: SourceAnchor::try_from_bytes(&[*anchor; 16]).unwrap(),
            moved: false,
        };
        ChangesPage {
            changed: anchors.iter().map(changed).collect(),
            deleted: Vec::new(),
            cookie: vec![cookie],
            sees_deletions: true,
        }
    }

    fn position(usn: i64) -> Position {
        Position {
            domain: domain(),
            cookie: None,
            controller: CONTROLLER.to_owned(),
            usn,
        }
    }

    fn hear(heard: &Heard, page: ChangesPage, before: i64, after: i64) {
        let which = (CONTROLLER, attributes());
        heard.add(&domain(), (which.0, &which.1), page, (before, after));
    }

    fn heard() -> Heard {
        let heard = Heard::default();
        hear(&heard, changes(&[0], 0), 5, 10);
        hear(&heard, changes(&[1], 1), 20, 21);
        hear(&heard, changes(&[2], 2), 30, 30);
        heard
    }

    fn since(heard: &Heard, known: i64, now: i64) -> Option<(Vec<u8>, Vec<u8>)> {
        let page = heard.since(&position(known), &attributes(), CONTROLLER, now)?;
        let anchors = page.changed.iter().map(|it| it.anchor.bytes()[0]).collect();
        Some((anchors, page.cookie))
    }

    #[test]
    fn what_was_heard_since_a_position_is_given() {
        assert_eq!(since(&heard(), 10, 30), Some((vec![1, 2], vec![2])));
        assert_eq!(since(&heard(), 21, 30), Some((vec![2], vec![2])));
    }

    #[test]
    fn between_the_question_and_its_answer_there_may_be_a_gap() {
        // What was written from 20 to 21 may be in the first answer or not.
        assert_eq!(since(&heard(), 20, 30), Some((vec![1, 2], vec![2])));
    }

    #[test]
    fn an_earlier_position_is_not_answered() {
        assert_eq!(since(&heard(), 9, 30), None);
    }

    #[test]
    fn what_was_written_since_is_not_passed_over() {
        assert_eq!(since(&heard(), 10, 31), None);
    }

    #[test]
    fn what_changes_nothing_leaves_no_gap() {
        let heard = heard();
        hear(&heard, changes(&[], 3), 40, 40);
        hear(&heard, changes(&[], 4), 50, 50);
        assert_eq!(since(&heard, 21, 50), Some((vec![2], vec![4])));
    }

    #[test]
    fn another_controller_other_attributes_and_a_forgotten_hearing_answer_nothing() {
        let heard = heard();
        let other = ["mobile".to_owned()];
        assert_eq!(heard.since(&position(10), &other, CONTROLLER, 30), None);
        assert_eq!(heard.since(&position(10), &attributes(), "DC2", 30), None);
        heard.forget(&domain());
        assert_eq!(since(&heard, 10, 30), None);
        // The gap lies before 40: what comes after it is answered again.
        hear(&heard, changes(&[3], 3), 40, 40);
        hear(&heard, changes(&[4], 4), 50, 50);
        assert_eq!(since(&heard, 30, 50), None);
        assert_eq!(since(&heard, 40, 50), Some((vec![4], vec![4])));
    }

    #[test]
    fn too_many_changes_are_not_kept() {
        let heard = heard();
        hear(&heard, changes(&[3; CHANGES_MAX], 3), 40, 41);
        assert_eq!(since(&heard, 10, 40), None);
        hear(&heard, changes(&[4], 4), 50, 50);
        assert_eq!(since(&heard, 30, 50), None);
        assert_eq!(since(&heard, 41, 50), Some((vec![4], vec![4])));
    }

    #[test]
    fn one_answer_without_the_right_makes_the_whole_one_without() {
        let heard = heard();
        let without = ChangesPage {
            sees_deletions: false,
            ..changes(&[3], 3)
        };
        hear(&heard, without, 40, 40);
        let page = heard.since(&position(10), &attributes(), CONTROLLER, 40);
        assert!(!page.unwrap().sees_deletions);
    }
}
