//! Who was heard, how often, and what struck whom: without them "no lies" says nothing.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde::Serialize;

use super::{
    board::Hits,
    judge::{Is, Witness},
    kind::Kind,
};

/// Where a word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Source {
    /// What the person saw last.
    Page,
    /// A form that came again: nothing was taken on, so nothing was changed.
    FormAgain,
    /// The row in the store.
    Row,
    /// The audit trail.
    Audit,
    /// A mail to the person.
    Mail,
}

/// Without these a run has not looked.
const NEEDED: [Source; 4] = [Source::Page, Source::Row, Source::Audit, Source::Mail];

/// How much one source said.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Heard {
    /// Requests of which it said something.
    pub(super) requests: usize,
    pub(super) words: usize,
}

/// Everything of a run that the result rests on.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Witnesses {
    /// What was held against the directory, by source.
    pub(super) judged: BTreeMap<Source, Heard>,
    /// Passwords tried on the PDC emulator.
    pub(super) binds: usize,
    /// Versions of `unicodePwd` read there.
    pub(super) versions: usize,
    /// Lockouts read there.
    pub(super) lockouts: usize,
    /// How many requests each kind of fault hit, by where they stood.
    pub(super) hit: BTreeMap<String, Hits>,
    /// Accounts looked at once more, later: nothing was written since.
    pub(super) looked_at_later: usize,
}

impl Witnesses {
    /// What was said of one request.
    pub(super) fn heard(&mut self, witnesses: &[Witness], about: &Is) {
        let mut seen: Vec<Source> = witnesses.iter().map(|witness| witness.who).collect();
        for who in &seen {
            self.judged.entry(*who).or_default().words += 1;
        }
        seen.sort_unstable();
        seen.dedup();
        for who in seen {
            self.judged.entry(who).or_default().requests += 1;
        }
        match about {
            // The old and the new one.
            Is::Password { .. } => self.binds += 2,
            Is::Locked(_) => self.lockouts += 1,
        }
        self.versions += 1;
    }

    /// What one fault hit.
    pub(super) fn struck(&mut self, kind: Kind, hits: &Hits) {
        let all = self.hit.entry(kind.name()).or_default();
        for (state, count) in hits {
            *all.entry(*state).or_default() += count;
        }
    }

    /// Why the run proves nothing; empty when it does.
    pub(super) fn missing(&self) -> Vec<String> {
        let silent = NEEDED
            .iter()
            .filter(|source| !self.judged.contains_key(source));
        let mut missing: Vec<_> = silent
            .map(|source| format!("nothing that {source:?} says was judged"))
            .collect();
        if self.binds == 0 {
            missing.push("no password was tried on the PDC emulator".to_owned());
        }
        if self.hit.values().flat_map(Hits::values).sum::<usize>() == 0 {
            missing.push("no fault hit any request".to_owned());
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use writeback_lab::BindAnswer;

    use super::*;
    use crate::faults::{board::State, told::Word};

    #[test]
    fn a_source_that_is_silent_is_missed() {
        let mut witnesses = Witnesses::default();
        assert_eq!(witnesses.missing().len(), 6);
        let said = |who| Witness {
            who,
            word: Word::Changed,
            is_so: true,
        };
        let password = Is::Password {
            old: BindAnswer::Ok,
            new: BindAnswer::Ok,
        };
        let pages = [said(Source::Page), said(Source::Page), said(Source::Row)];
        witnesses.heard(&pages, &password);
        witnesses.heard(&[said(Source::Page), said(Source::Audit)], &password);
        let page = witnesses.judged[&Source::Page];
        assert_eq!((page.requests, page.words, witnesses.binds), (2, 3, 4));
        // A fault that found nobody there hit nothing.
        witnesses.struck(Kind::LinkCut, &Hits::new());
        let missing = witnesses.missing();
        assert_eq!(missing.len(), 2, "{missing:?}");
        assert!(missing[0].contains("Mail") && missing[1].contains("fault"));
        witnesses.struck(Kind::LinkCut, &[(State::Writing, 1)].into());
        witnesses.heard(&[said(Source::Mail)], &Is::Locked(false));
        assert_eq!((witnesses.binds, witnesses.lockouts), (4, 1));
        assert!(witnesses.missing().is_empty());
    }
}
