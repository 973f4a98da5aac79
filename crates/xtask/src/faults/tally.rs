//! What a run comes to.

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;
use serde::Serialize;

use super::{
    judge::{Truth, Witness},
    plan::{Fault, Kind},
    told::{Told, Word},
};

/// Of one kind of fault.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct OfKind {
    requests: usize,
    struck: usize,
    told_changed: usize,
    told_not_changed: usize,
    told_unknown_at_end: usize,
    lies: usize,
}

/// Something that must not be.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    number: usize,
    request: Option<String>,
    account: String,
    fault: Fault,
    what: &'static str,
    witnesses: Vec<Witness>,
    old_password: String,
    new_password: String,
    writes: u32,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    seed: u64,
    requests: usize,
    /// Faults that struck; a planned one does not where its step never came or another fault had
    /// the same part in hand.
    faults: usize,
    faults_planned: usize,
    told_changed: usize,
    told_not_changed: usize,
    told_unknown_at_end: usize,
    lies: usize,
    unknown_after_60s: usize,
    executed_twice: usize,
    /// The seed, when anything was a lie or done twice.
    failing_seed: Option<u64>,
    seconds: u64,
    by_kind: BTreeMap<String, OfKind>,
    findings: Vec<Finding>,
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
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, judged: Judged<'_>) {
        let Judged {
            fault, told, truth, ..
        } = judged;
        let lied = judged.witnesses.iter().any(|witness| !witness.is_so);
        let twice = truth.writes > 1;
        let last = told.pages.last().copied();
        let of_kind = self.by_kind.entry(fault.kind.name()).or_default();
        of_kind.requests += 1;
        self.requests += 1;
        if fault.kind != Kind::None {
            self.faults_planned += 1;
        }
        if told.struck == Some(true) {
            of_kind.struck += 1;
            self.faults += 1;
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
            (true, ..) => "a lie",
            (_, true, _) => "executed twice",
            (.., true) => "late",
            _ => return,
        };
        if lied || twice {
            self.failing_seed = Some(self.seed);
        }
        let finding = Finding {
            number: judged.number,
            request: told.request.clone(),
            account: judged.account.to_owned(),
            fault: fault.clone(),
            what,
            witnesses: judged.witnesses,
            old_password: format!("{:?}", truth.old),
            new_password: format!("{:?}", truth.new),
            writes: truth.writes,
        };
        eprintln!("  {what}: {finding:?}");
        self.findings.push(finding);
    }

    pub(super) const fn is_good(&self) -> bool {
        self.lies == 0 && self.executed_twice == 0
    }

    pub(super) fn line(&self) -> String {
        format!(
            "{} requests, {} faults: told changed {}, not changed {}, unknown at the end {}; \
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

    pub(super) fn report(&mut self, file: &Path, seconds: u64) -> Result<()> {
        self.seconds = seconds;
        println!(
            "\n{:20} {:>8} {:>7} {:>8} {:>12} {:>8} {:>5}",
            "fault", "requests", "struck", "changed", "not changed", "unknown", "lies"
        );
        for (name, of) in &self.by_kind {
            println!(
                "{name:20} {:8} {:7} {:8} {:12} {:8} {:5}",
                of.requests,
                of.struck,
                of.told_changed,
                of.told_not_changed,
                of.told_unknown_at_end,
                of.lies
            );
        }
        println!("\n{} (seed {}, {seconds} s)", self.line(), self.seed);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, serde_json::to_string_pretty(self)? + "\n")?;
        println!("written to {}", file.display());
        Ok(())
    }
}
