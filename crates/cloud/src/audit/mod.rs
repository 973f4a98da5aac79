//! The audit trail's keeper: signs checkpoints, removes what is old, checks and exports.
//!
//! The key and a copy of every checkpoint stand in files beside the database, not in it: whoever
//! can write the database can neither sign nor take back what was signed.

mod copies;
mod error;
mod export;
mod introduce;
mod key;
mod routine;
mod settings;
mod verify;
mod walk;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use writeback_audit::{
    Chain, ChainCheck, Checkpoint, Finding, Place, PublicKey, Purpose, SigningKey, Start, What,
    activity,
};
use writeback_model::{Clock, Entropy};
use writeback_store::{Actor, AuditFilter, AuditRecord, KeptLine, Store};

pub use copies::Copies;
pub use error::TrailError;
pub use export::{ExportRange, Format};
pub use key::public as audit_public_key;
pub(crate) use routine::Routine;
pub(crate) use settings::AuditSection;
pub use settings::AuditSettings;
pub use verify::{Verified, verify};

/// How many lines are read at a time.
const PAGE: u32 = 1000;

/// Looks after the trail.
pub struct Keeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: SigningKey,
    copies: Copies,
    /// The highest number of each chain that was seen signed by this key. What was signed is
    /// never taken back, so a lower one means that somebody took checkpoints away.
    signed_to: Mutex<HashMap<Chain, u64>>,
}

impl Keeper {
    /// Reads the key, or makes one where there is none.
    pub fn open(
        settings: &AuditSettings,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<Self, TrailError> {
        let key = key::load_or_make(&settings.key_file, entropy)?;
        Ok(Self {
            store,
            clock,
            key,
            copies: Copies::at(&settings.checkpoints_file),
            signed_to: Mutex::default(),
        })
    }

    /// What others check its signatures with.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Signs the last record of a chain, where it is not signed already. Reads what came since
    /// the last checkpoint first: what was tampered with is not signed.
    pub async fn checkpoint(&self, chain: Chain) -> Result<Option<Checkpoint>, TrailError> {
        let signed = self.signed(chain).await?;
        let last = signed.iter().map(|it| it.place).max_by_key(|it| it.number);
        let start = last.map_or(Start::Beginning, Start::After);
        let check = self
            .read(ChainCheck::new(chain, start), chain, last)
            .await?;
        let place = check.last();
        if let Some(last) = last
            && place == last
        {
            // Nothing follows: then it must still be the last one.
            return match self.store.audit_head(chain).await? {
                Some(head) if head.number >= last.number => {
                    self.copy_newest(chain).await?;
                    Ok(None)
                }
                head => Err(cut(chain, head.map_or(0, |head| head.number), last.number)),
            };
        }
        if place.number == 0 {
            return Ok(None);
        }
        let checkpoint = self.sign(Purpose::Checkpoint, chain, place);
        self.store.add_audit_checkpoint(&checkpoint).await?;
        self.copies.append(&checkpoint)?;
        self.remember(chain, place.number);
        Ok(Some(checkpoint))
    }

    /// Removes the records of a chain that are older than a time, and leaves a signed mark.
    /// Reads them first, and on to the next signed place: what was tampered with is neither removed
    /// nor signed. How many were.
    pub async fn prune(&self, chain: Chain, before: Timestamp) -> Result<u64, TrailError> {
        let Some(older) = self.store.audit_older_than(chain, before).await? else {
            return Ok(0);
        };
        // So that there is a signed place behind all that goes.
        self.checkpoint(chain).await?;
        self.nothing_below_the_mark(chain).await?;
        let range = ExportRange {
            since: None,
            until: Some(before),
        };
        let place = self.walk(chain, range, &mut |_, _| Ok(())).await?.end;
        if place.number < older.number {
            // It was removed meanwhile, by another process that does the same.
            return Ok(0);
        }
        let mark = self.sign(Purpose::Pruned, chain, place);
        let audit = AuditRecord {
            tenant: chain,
            at: self.clock.now(),
            actor: Actor::Cloud,
            activity: activity::TRAIL_PRUNED,
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: format!(
                "records up to {} (seq {}, SHA-256 {}), older than {before}",
                place.number, place.seq, place.hash
            ),
        };
        let removed = self.store.prune_audit(&mark, &audit).await?;
        self.copies.append(&mark)?;
        Ok(removed)
    }

    /// Copies every checkpoint of a chain of which there is no copy: for an operator who moved the
    /// file of the copies away. How many there were.
    pub async fn copy_again(&self, chain: Chain) -> Result<u64, TrailError> {
        let without = self.without_copy(chain).await?;
        for checkpoint in &without {
            self.copies.append(checkpoint)?;
        }
        Ok(without.len() as u64)
    }

    /// Copies the newest checkpoint, where the cloud ended before it could. That others are
    /// without a copy is for a whole check to say.
    async fn copy_newest(&self, chain: Chain) -> Result<(), TrailError> {
        if let [only] = self.without_copy(chain).await?.as_slice() {
            let kept = self.store.audit_checkpoints(chain).await?;
            if kept.iter().all(|it| it.place.number <= only.place.number) {
                self.copies.append(only)?;
            }
        }
        Ok(())
    }

    async fn without_copy(&self, chain: Chain) -> Result<Vec<Checkpoint>, TrailError> {
        let kept = self.store.audit_checkpoints(chain).await?;
        let copies = self.copies.of(chain)?;
        let trusted = [self.public_key()];
        let without = without_copy(&kept, &copies);
        Ok(without
            .filter(|it| it.check(&trusted).is_ok())
            .cloned()
            .collect())
    }

    /// What stands where records were removed was put there by somebody else: it would go with
    /// the next removal, unseen.
    async fn nothing_below_the_mark(&self, chain: Chain) -> Result<(), TrailError> {
        let signed = self.signed(chain).await?;
        let marks = signed.iter().filter(|it| it.purpose == Purpose::Pruned);
        let Some(mark) = marks.map(|it| it.place).max_by_key(|it| it.number) else {
            return Ok(());
        };
        let lines = self.store.audit_lines(chain, i64::MIN, 1).await?;
        match lines.first().map(KeptLine::seq) {
            Some(seq) if seq <= mark.seq => {
                let line = writeback_audit::Line { number: None, seq };
                let what = What::Inserted { line };
                Err(Finding { chain, what }.into())
            }
            _ => Ok(()),
        }
    }

    /// Whether a chain has a record of this time.
    async fn has_some(
        &self,
        chain: Chain,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<bool, TrailError> {
        let filter = AuditFilter {
            since: Some(since),
            until: Some(until),
            ..AuditFilter::default()
        };
        let found = self.store.find_audit(chain, &filter, 1).await?;
        Ok(found.iter().any(|it| matches!(it, KeptLine::Record(_))))
    }

    /// The number of the last record of a chain that is signed; 0 where none is.
    async fn signed_to(&self, chain: Chain) -> Result<u64, TrailError> {
        let signed = self.signed(chain).await?;
        Ok(signed.iter().map(|it| it.place.number).max().unwrap_or(0))
    }

    fn sign(&self, purpose: Purpose, chain: Chain, place: Place) -> Checkpoint {
        Checkpoint::sign(purpose, chain, place, self.clock.now(), &self.key)
    }

    /// What was signed about a chain, as far as our own key signed it: in the database and in
    /// the copies. Anything else is for a whole check to find.
    async fn signed(&self, chain: Chain) -> Result<Vec<Checkpoint>, TrailError> {
        let known = self.known(chain);
        let mut signed = self.store.audit_checkpoints(chain).await?;
        signed.extend(self.copies.of(chain)?);
        let trusted = [self.public_key()];
        signed.retain(|it| {
            it.chain == chain && it.purpose.is_of_the_chain() && it.check(&trusted).is_ok()
        });
        let number = signed.iter().map(|it| it.place.number).max();
        self.remember(chain, number.unwrap_or(0));
        match number.unwrap_or(0) < known {
            // Rows and copies are gone: signing once more would hide it.
            true => {
                let what = What::CheckpointRemoved { number: known };
                Err(Finding { chain, what }.into())
            }
            false => Ok(signed),
        }
    }

    fn known(&self, chain: Chain) -> u64 {
        let all = self.signed_to.lock();
        let all = all.unwrap_or_else(PoisonError::into_inner);
        all.get(&chain).copied().unwrap_or(0)
    }

    fn remember(&self, chain: Chain, number: u64) {
        let all = self.signed_to.lock();
        let mut all = all.unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(chain).or_default();
        *known = number.max(*known);
    }

    /// Reads a chain behind a place, to its end.
    async fn read(
        &self,
        mut check: ChainCheck,
        chain: Chain,
        behind: Option<Place>,
    ) -> Result<ChainCheck, TrailError> {
        let mut after = behind.map_or(i64::MIN, |place| place.seq);
        loop {
            let lines = self.store.audit_lines(chain, after, PAGE).await?;
            let Some(last) = lines.last() else {
                break;
            };
            after = last.seq();
            for line in &lines {
                read_line(&mut check, chain, line)?;
            }
        }
        if let Some(finding) = check.missing() {
            return Err(finding.into());
        }
        Ok(check)
    }
}

/// Reads one line as it stands in the database.
fn read_line(check: &mut ChainCheck, chain: Chain, line: &KeptLine) -> Result<(), Finding> {
    match line {
        KeptLine::Record(kept) => check.line(kept),
        KeptLine::Unreadable { seq, column } => Err(Finding {
            chain,
            what: What::Unreadable {
                line: writeback_audit::Line {
                    number: None,
                    seq: *seq,
                },
                column,
            },
        }),
    }
}

/// Which of the checkpoints in the database are not among the copies.
fn without_copy<'c>(
    kept: &'c [Checkpoint],
    copies: &'c [Checkpoint],
) -> impl Iterator<Item = &'c Checkpoint> {
    kept.iter().filter(|it| !copies.contains(it))
}

fn cut(chain: Chain, last: u64, to: u64) -> TrailError {
    TrailError::Finding(Finding {
        chain,
        what: What::CutAtEnd { from: last + 1, to },
    })
}
