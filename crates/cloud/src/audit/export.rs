//! Writing a chain out.

use std::collections::VecDeque;

use jiff::Timestamp;
use writeback_audit::{Chain, Checkpoint, JsonLines, Purpose, cef, syslog};
use writeback_store::{Actor, AuditRecord};

use super::{
    Keeper, TrailError,
    verify::pruned,
    walk::{Walked, rewritten},
};

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
    /// of it; what comes while it is written is not in it. Fails, without the signed end, where
    /// something was tampered with.
    pub async fn export(
        &self,
        chain: Chain,
        format: &Format,
        range: ExportRange,
        write: &mut (dyn FnMut(&str) -> Result<(), TrailError> + Send),
    ) -> Result<u64, TrailError> {
        self.checkpoint(chain).await?;
        let (found, before) = self.found_well(chain, range).await?;
        let records = match self.written(chain, format, range, found, write).await {
            // What was written is not whole any more, and nobody tampered with anything.
            Err(TrailError::Finding(_)) if pruned(&*self.store, chain).await? != before => {
                return Err(TrailError::PrunedMeanwhile);
            }
            written => written?,
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

    async fn written(
        &self,
        chain: Chain,
        format: &Format,
        range: ExportRange,
        found: Walked,
        write: &mut (dyn FnMut(&str) -> Result<(), TrailError> + Send),
    ) -> Result<u64, TrailError> {
        let version = env!("CARGO_PKG_VERSION");
        let walked = match format {
            Format::JsonLines => return self.json_lines(chain, range, found, write).await,
            Format::Cef => {
                self.walk(chain, range, &mut |kept, _| write(&cef(kept, version)))
                    .await?
            }
            Format::Syslog(host) => {
                self.walk(chain, range, &mut |kept, _| write(&syslog(kept, host)))
                    .await?
            }
        };
        match walked.begin == found.begin {
            true => Ok(walked.records),
            false => Err(rewritten(chain, walked.begin)),
        }
    }

    /// Read once before anything is written: what was tampered with is not exported, and the
    /// place that an export begins behind is signed only as it was found to be.
    /// Also up to where old records had been removed then.
    async fn found_well(
        &self,
        chain: Chain,
        range: ExportRange,
    ) -> Result<(Walked, Option<u64>), TrailError> {
        loop {
            let before = pruned(&*self.store, chain).await?;
            let walked = self.walk(chain, range, &mut |_, _| Ok(())).await;
            match walked {
                // Old records were removed while they were read: once more, without them.
                Err(TrailError::Finding(_)) if pruned(&*self.store, chain).await? != before => {}
                walked => return Ok((walked?, before)),
            }
        }
    }

    async fn json_lines(
        &self,
        chain: Chain,
        range: ExportRange,
        found: Walked,
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
        write(&JsonLines::begin(&sign(Purpose::ExportBegin, found.begin))?)?;
        let walked = self
            .walk(chain, range, &mut |kept, _| {
                write(&JsonLines::record(kept)?)?;
                let Some(number) = kept.record.number else {
                    return Ok(());
                };
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
        if walked.begin != found.begin {
            return Err(rewritten(chain, walked.begin));
        }
        write(&JsonLines::end(&sign(Purpose::ExportEnd, walked.end))?)?;
        Ok(walked.records)
    }
}
