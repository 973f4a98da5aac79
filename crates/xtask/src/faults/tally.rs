//! What a run comes to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    findings::{Finding, Memory, OfKind},
    judge::{Is, Truth, Witness},
    kind::Kind,
    plan::Fault,
    sign_ins::SignIns,
    told::{Told, Word},
    witnesses::{Source, Witnesses},
};

#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    pub(super) seed: u64,
    pub(super) requests: usize,
    /// How many of them unlock and change no password.
    pub(super) unlocks: usize,
    /// Faults that struck; a planned one does not where its step never came or another fault had
    /// the same part in hand.
    pub(super) faults: usize,
    pub(super) faults_planned: usize,
    pub(super) told_changed: usize,
    pub(super) told_not_changed: usize,
    pub(super) told_unknown_at_end: usize,
    pub(super) lies: usize,
    pub(super) unknown_after_60s: usize,
    pub(super) executed_twice: usize,
    /// The seed, when anything was a lie, late or done twice.
    pub(super) failing_seed: Option<u64>,
    pub(super) seconds: u64,
    pub(super) requests_per_minute: u64,
    /// People whom no form ever came to.
    pub(super) never_made: usize,
    pub(super) witnesses: Witnesses,
    pub(super) sign_ins: SignIns,
    pub(super) memory_mib: Vec<Memory>,
    pub(super) by_kind: BTreeMap<String, OfKind>,
    pub(super) findings: Vec<Finding>,
    /// Whose word is to be turned round once, to see the judge find it.
    #[serde(skip)]
    to_flip: Option<Source>,
}

/// One request with everything that is known of it.
pub(super) struct Judged<'a> {
    pub(super) number: usize,
    pub(super) account: &'a str,
    pub(super) fault: &'a Fault,
    pub(super) told: &'a Told,
    pub(super) truth: &'a Truth,
    pub(super) witnesses: Vec<Witness>,
}

impl Tally {
    pub(super) fn new(seed: u64, to_flip: Option<Source>) -> Self {
        Self {
            seed,
            to_flip,
            ..Self::default()
        }
    }

    pub(super) const fn never_made(&mut self) {
        self.never_made += 1;
    }

    /// Takes the resident memory of cloud and agent, in bytes.
    pub(super) fn memory(&mut self, (cloud, agent): (u64, u64)) {
        self.memory_mib.push(Memory {
            cloud: cloud >> 20,
            agent: agent >> 20,
        });
    }

    /// Turns the first word of one source round, where that is wanted.
    pub(super) fn flip(&mut self, mut words: Vec<(Source, Word)>) -> Vec<(Source, Word)> {
        let found = words
            .iter_mut()
            .find(|(source, _)| Some(*source) == self.to_flip);
        if let Some((source, word)) = found {
            println!("  turning round what {source:?} says once, to see the judge find it");
            *word = word.flipped();
            self.to_flip = None;
        }
        words
    }

    /// An account was looked at once more: `known` is the version when it was judged.
    pub(super) fn looked_later(&mut self, account: &str, known: Option<u32>, found: u32) {
        self.witnesses.versions += 1;
        let Some(known) = known else { return };
        self.witnesses.looked_at_later += 1;
        if known == found {
            return;
        }
        self.lies += 1;
        self.keep(Finding {
            number: None,
            request: None,
            account: account.to_owned(),
            fault: None,
            what: "written later",
            witnesses: Vec::new(),
            truth: String::new(),
            writes: found.saturating_sub(known),
        });
    }

    pub(super) fn add(&mut self, judged: Judged<'_>) {
        let Judged {
            fault, told, truth, ..
        } = judged;
        self.witnesses.heard(&judged.witnesses, &truth.is);
        let lied = judged.witnesses.iter().any(|witness| !witness.is_so);
        let twice = truth.writes > 1;
        let last = told.pages.last().copied();
        let of_kind = self.by_kind.entry(fault.kind.name()).or_default();
        of_kind.requests += 1;
        self.requests += 1;
        self.unlocks += usize::from(matches!(truth.is, Is::Locked(_)));
        if fault.kind != Kind::None {
            self.faults_planned += 1;
        }
        if let Some(hits) = &told.struck {
            of_kind.struck += 1;
            self.faults += 1;
            self.witnesses.struck(fault.kind, hits);
        }
        // A form that comes again says that nothing was changed, too.
        let (of_all, of_this) = match last {
            Some(Word::Changed) => (&mut self.told_changed, &mut of_kind.told_changed),
            Some(Word::NotChanged) => (&mut self.told_not_changed, &mut of_kind.told_not_changed),
            None if told.nothing_taken_on => {
                (&mut self.told_not_changed, &mut of_kind.told_not_changed)
            }
            None => (
                &mut self.told_unknown_at_end,
                &mut of_kind.told_unknown_at_end,
            ),
        };
        *of_all += 1;
        *of_this += 1;
        self.unknown_after_60s += usize::from(told.late);
        self.lies += usize::from(lied);
        of_kind.lies += usize::from(lied);
        self.executed_twice += usize::from(twice);
        let what = match (lied, twice, told.late) {
            (true, true, _) => "a lie, and executed twice",
            (true, ..) => "a lie",
            (_, true, _) => "executed twice",
            (.., true) => "late",
            _ => return,
        };
        self.keep(Finding {
            number: Some(judged.number),
            request: told.request.clone(),
            account: judged.account.to_owned(),
            fault: Some(fault.clone()),
            what,
            witnesses: judged.witnesses,
            truth: format!("{:?}", truth.is),
            writes: truth.writes,
        });
    }

    /// Takes what the sign-ins came to.
    pub(super) fn signed_in(&mut self, sign_ins: SignIns) {
        self.lies += sign_ins.lies;
        if sign_ins.lies > 0 {
            self.failing_seed = Some(self.seed);
        }
        self.sign_ins = sign_ins;
    }

    fn keep(&mut self, finding: Finding) {
        self.failing_seed = Some(self.seed);
        eprintln!("  {} (seed {}): {finding:?}", finding.what, self.seed);
        self.findings.push(finding);
    }

    /// What is wrong with the run; empty when nothing is.
    pub(super) fn complaints(&self) -> Vec<String> {
        let counted = [
            (self.lies, "told what is not so"),
            (self.executed_twice, "executed twice"),
            (self.unknown_after_60s, "not known after a minute of health"),
            (self.never_made, "never asked for a new password"),
        ];
        let found = counted.iter().filter(|(count, _)| *count > 0);
        let mut complaints: Vec<_> = found
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        complaints.extend(self.witnesses.missing());
        complaints.extend(self.sign_ins.missing());
        complaints
    }

    pub(super) fn line(&self) -> String {
        format!(
            "{} judged, {} faults: told changed {}, not changed {}, unknown at the end {}; \
             lies {}, unknown after 60 s {}, executed twice {}",
            self.requests,
            self.faults,
            self.told_changed,
            self.told_not_changed,
            self.told_unknown_at_end,
            self.lies,
            self.unknown_after_60s,
            self.executed_twice
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use writeback_lab::BindAnswer;

    use super::*;
    use crate::faults::plan::Moment;

    const FAULT: Fault = Fault {
        kind: Kind::LinkCut,
        moment: Moment::Before,
        after: Duration::ZERO,
        lasts: Duration::ZERO,
        own_agent: true,
        agent: 0,
        both_agents: false,
    };

    fn refused() -> BindAnswer {
        BindAnswer::Refused {
            data_code: "52e".to_owned(),
        }
    }

    fn judged(tally: &mut Tally, word: Word, writes: u32) {
        let truth = Truth {
            is: Is::Password {
                old: refused(),
                new: BindAnswer::Ok,
            },
            writes,
            version: 2,
        };
        let words = tally.flip(vec![(Source::Row, word)]);
        let witness = |(who, word)| Witness {
            who,
            word,
            is_so: truth.agrees(word),
        };
        let witnesses = words.into_iter().map(witness).collect();
        tally.add(Judged {
            number: 1,
            account: "u1",
            fault: &FAULT,
            told: &Told::default(),
            truth: &truth,
            witnesses,
        });
    }

    #[test]
    fn lies_and_second_writes_are_found() {
        let mut tally = Tally::new(7, None);
        judged(&mut tally, Word::Changed, 1);
        assert_eq!((tally.lies, tally.failing_seed), (0, None));
        judged(&mut tally, Word::NotChanged, 1);
        assert_eq!((tally.lies, tally.failing_seed), (1, Some(7)));
        judged(&mut tally, Word::Changed, 2);
        assert_eq!((tally.lies, tally.executed_twice), (1, 1));
        tally.looked_later("u1", Some(2), 2);
        tally.looked_later("u1", Some(2), 3);
        assert_eq!((tally.lies, tally.findings.len()), (2, 3));
    }

    #[test]
    fn one_word_turned_round_is_one_lie() {
        let mut tally = Tally::new(7, Some(Source::Row));
        judged(&mut tally, Word::Changed, 1);
        judged(&mut tally, Word::Changed, 1);
        assert_eq!(tally.lies, 1);
    }
}
