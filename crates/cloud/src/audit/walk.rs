//! Reading a part of a chain, held to the signed places around it.

use std::ops::ControlFlow;

use writeback_audit::{Chain, ChainCheck, Finding, Kept, Place, Purpose, Start, What};
use writeback_store::KeptLine;

use super::{ExportRange, Keeper, PAGE, TrailError, read_line};

/// A part of a chain that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Walked {
    /// How many records it has.
    pub(super) records: u64,
    /// The place that it begins behind.
    pub(super) begin: Place,
    /// Its last record; the same place where it has none.
    pub(super) end: Place,
}

/// Where the reading stands.
struct Walk {
    range: ExportRange,
    /// The last record before the range.
    behind: i64,
    /// The last record that is signed: what was kept since is in no range.
    signed_to: i64,
    begin: Option<Place>,
    end: Place,
    records: u64,
    is_over: bool,
}

impl Keeper {
    /// Reads a range, calls `each` with every record and the place before it, and reads on to
    /// the next signed place. What was written anew between two signed places is found, whether the
    /// range has it whole or not: only then is what `each` got to be believed. What was kept
    /// before there were chains has no places: it is whole in a range or not in it.
    pub(super) async fn walk(
        &self,
        chain: Chain,
        range: ExportRange,
        each: &mut (dyn FnMut(&Kept<'_>, Place) -> Result<(), TrailError> + Send),
    ) -> Result<Walked, TrailError> {
        let signed = self.signed(chain).await?;
        let older = match range.since {
            Some(since) => self.store.audit_older_than(chain, since).await?,
            None => None,
        };
        let start = signed
            .iter()
            .filter(|it| match older {
                Some(older) => it.place.seq <= older.seq,
                None => it.purpose == Purpose::Pruned,
            })
            .map(|it| it.place)
            .max_by_key(|place| place.number);
        let mut check = ChainCheck::new(chain, start.map_or(Start::Beginning, Start::After));
        for checkpoint in &signed {
            check.anchor(checkpoint.place)?;
        }
        let mut after = start.map_or(i64::MIN, |place| place.seq);
        let mut walk = Walk {
            range,
            behind: older.map_or(after, |older| older.seq),
            signed_to: signed.iter().map(|it| it.place.seq).max().unwrap_or(0),
            begin: None,
            end: check.last(),
            records: 0,
            is_over: false,
        };
        loop {
            let lines = self.store.audit_lines(chain, after, PAGE).await?;
            let Some(last) = lines.last() else {
                break;
            };
            after = last.seq();
            for line in &lines {
                if walk.line(&mut check, chain, line, each)?.is_break() {
                    return Ok(walk.done(&check));
                }
            }
        }
        let done = walk.done(&check);
        check.end()?;
        Ok(done)
    }
}

impl Walk {
    /// Breaks when all of the range was read and is held to a signed place.
    fn line(
        &mut self,
        check: &mut ChainCheck,
        chain: Chain,
        line: &KeptLine,
        each: &mut (dyn FnMut(&Kept<'_>, Place) -> Result<(), TrailError> + Send),
    ) -> Result<ControlFlow<()>, TrailError> {
        let before = check.last();
        let mut inside = None;
        if line.seq() > self.behind {
            if self.begin.is_none() {
                self.begin = Some(before);
                self.end = before;
            }
            if let KeptLine::Record(kept) = line {
                self.is_over |= line.seq() > self.signed_to || self.ends_with(kept);
                inside = (!self.is_over).then_some(kept);
            }
        }
        read_line(check, chain, line)?;
        if let Some(kept) = inside
            && !check.looks_for_missing()
        {
            each(kept, before)?;
            self.records += 1;
            self.end = check.last();
        }
        let is_held = check.confirmed() >= self.end.number && !check.looks_for_missing();
        Ok(match self.is_over && is_held {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    }

    /// What was kept before the chain goes with the chain's first record.
    fn ends_with(&self, kept: &Kept<'_>) -> bool {
        let may_end = self.records == 0 || kept.record.number.is_some_and(|it| it > 1);
        may_end
            && self
                .range
                .until
                .is_some_and(|until| kept.record.at >= until)
    }

    fn done(&self, check: &ChainCheck) -> Walked {
        let begin = self.begin.unwrap_or_else(|| check.last());
        Walked {
            records: self.records,
            begin,
            end: match self.begin {
                Some(_) => self.end,
                None => begin,
            },
        }
    }
}

/// A part that is no longer what it was when it was read before.
pub(super) const fn rewritten(chain: Chain, place: Place) -> TrailError {
    TrailError::Finding(Finding {
        chain,
        what: What::Rewritten {
            after: 0,
            line: writeback_audit::Line {
                number: Some(place.number),
                seq: place.seq,
            },
        },
    })
}
