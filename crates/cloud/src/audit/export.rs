//! Writing a chain out.

use std::collections::VecDeque;

use jiff::Timestamp;
use writeback_audit::{
    Chain, Checkpoint, Finding, JsonLines, Kept, Line, Place, Purpose, What, cef, syslog,
};
use writeback_store::{Actor, AuditRecord, KeptLine};

use super::{Keeper, PAGE, TrailError};

/// As what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON lines that can be checked by themselves.
    JsonLines,
    /// ArcSight's Common Event Format.
    Cef,
    /// RFC 5424, with this as the host's name.
    Syslog(String),
}

/// What of a chain: from the first record that is not before `since` to the last one before
/// the first that is not before `until`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportRange {
    /// From when on.
    pub since: Option<Timestamp>,
    /// Before when.
    pub until: Option<Timestamp>,
}

impl Keeper {
    /// Writes a chain out, line by line, and keeps a record of it. How many records were
    /// written. The end of the chain is signed first, so that the export carries a checkpoint
    /// of it.
    pub async fn export(
        &self,
        chain: Chain,
        format: &Format,
        range: ExportRange,
        write: &mut (dyn FnMut(&str) -> Result<(), TrailError> + Send),
    ) -> Result<u64, TrailError> {
        self.checkpoint(chain).await?;
        let records = match format {
            Format::JsonLines => self.json_lines(chain, range, write).await?,
            Format::Cef => {
                let version = env!("CARGO_PKG_VERSION");
                self.plain(chain, range, &mut |kept| write(&cef(kept, version)))
                    .await?
            }
            Format::Syslog(host) => {
                self.plain(chain, range, &mut |kept| write(&syslog(kept, host)))
                    .await?
            }
        };
        let format = match format {
            Format::JsonLines => "jsonl",
            Format::Cef => "cef",
            Format::Syslog(_) => "syslog",
        };
        let audit = AuditRecord {
            tenant: chain,
            at: self.clock.now(),
            actor: Actor::Operator,
            activity: writeback_audit::activity::TRAIL_EXPORTED,
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: format!("{records} records as {format}"),
        };
        self.store.audit(&audit).await?;
        Ok(records)
    }

    async fn plain(
        &self,
        chain: Chain,
        range: ExportRange,
        each: &mut (dyn FnMut(&Kept<'_>) -> Result<(), TrailError> + Send),
    ) -> Result<u64, TrailError> {
        let done = self.each(chain, range, &mut |kept, _| each(kept)).await?;
        Ok(done.0)
    }

    async fn json_lines(
        &self,
        chain: Chain,
        range: ExportRange,
        write: &mut (dyn FnMut(&str) -> Result<(), TrailError> + Send),
    ) -> Result<u64, TrailError> {
        let now = self.clock.now();
        let sign = |purpose, place| Checkpoint::sign(purpose, chain, place, now, &self.key);
        let signed = self.signed(chain).await?;
        let mut signed: VecDeque<_> = signed
            .into_iter()
            .filter(|it| it.purpose == Purpose::Checkpoint)
            .collect();
        signed.make_contiguous().sort_by_key(|it| it.place.number);
        let mut last = None;
        let (records, behind) = self
            .each(chain, range, &mut |kept, before| {
                if last.is_none() {
                    let begin = sign(Purpose::ExportBegin, before);
                    write(&JsonLines::begin(&begin)?)?;
                    last = Some(before);
                }
                write(&JsonLines::record(kept)?)?;
                let (Some(number), Some(hash)) = (kept.record.number, kept.hash) else {
                    return Ok(());
                };
                let seq = kept.record.seq;
                last = Some(Place { number, seq, hash });
                let mut of_this = None;
                while let Some(next) = signed.pop_front_if(|it| it.place.number <= number) {
                    // The copies have what the database has: one of them does.
                    of_this = Some(next).filter(|it| it.place.number == number);
                }
                if let Some(checkpoint) = of_this {
                    write(&JsonLines::checkpoint(&checkpoint)?)?;
                }
                Ok(())
            })
            .await?;
        if last.is_none() {
            // Nothing is in the range: an export of nothing can be checked, too.
            write(&JsonLines::begin(&sign(Purpose::ExportBegin, behind))?)?;
        }
        let end = last.unwrap_or(behind);
        write(&JsonLines::end(&sign(Purpose::ExportEnd, end))?)?;
        Ok(records)
    }

    /// Calls `each` with every record of a range, and the place before it. How many there are,
    /// and the place that the range begins behind. What was kept before
    /// there were chains has no places: it is whole in a range or not in it.
    async fn each(
        &self,
        chain: Chain,
        range: ExportRange,
        each: &mut (dyn FnMut(&Kept<'_>, Place) -> Result<(), TrailError> + Send),
    ) -> Result<(u64, Place), TrailError> {
        let first = Place::before_first(chain);
        let signed = self.signed(chain).await?;
        let mark = signed.iter().filter(|it| it.purpose == Purpose::Pruned);
        let mark = mark.map(|it| it.place).max_by_key(|place| place.number);
        let mut before = mark.unwrap_or(first);
        if let Some(since) = range.since {
            let older = self.store.audit_older_than(chain, since).await?;
            before = older.unwrap_or(before);
        }
        let behind = before;
        let mut records = 0;
        let mut after = before.seq;
        loop {
            let lines = self.store.audit_lines(chain, after, PAGE).await?;
            let Some(last) = lines.last() else {
                return Ok((records, behind));
            };
            after = last.seq();
            for line in lines {
                let kept = match line {
                    KeptLine::Record(kept) => kept,
                    KeptLine::Unreadable { seq, column } => {
                        let line = Line { number: None, seq };
                        let what = What::Unreadable { line, column };
                        return Err(Finding { chain, what }.into());
                    }
                };
                // What was kept before the chain goes with the chain's first record.
                let may_end = records == 0 || kept.record.number.is_some_and(|it| it > 1);
                if may_end && range.until.is_some_and(|until| kept.record.at >= until) {
                    return Ok((records, behind));
                }
                each(&kept, before)?;
                records += 1;
                if let (Some(number), Some(hash)) = (kept.record.number, kept.hash) {
                    let seq = kept.record.seq;
                    before = Place { number, seq, hash };
                }
            }
        }
    }
}
