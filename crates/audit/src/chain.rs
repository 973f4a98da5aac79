//! Reading a chain, record by record, in the order of the trail.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    activity,
    checkpoint::{Checkpoint, Purpose},
    finding::{Finding, Line, What},
    key::PublicKey,
    place::{Chain, Hash, Place},
    record::{Record, beginning_detail},
};

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<'r> {
    /// The record.
    pub record: Record<'r>,
    /// Its hash; absent for what was kept before there were chains.
    pub hash: Option<Hash>,
}

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the first record that was ever kept.
    Beginning,
    /// With the one after this place, which is trusted.
    After(Place),
}

/// What a whole chain was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Whose chain.
    #[serde(rename = "tenant")]
    pub chain: Chain,
    /// How many records were read.
    pub records: u64,
    /// Its last record.
    pub last: Place,
    /// The number of the last record that a checkpoint confirms; 0 where none does. What comes
    /// after it could be cut off without a trace.
    pub confirmed: u64,
}

/// Records that are not where they should be.
struct Gap {
    from: u64,
    to: u64,
    line: Line,
}

/// Reads one chain.
pub struct ChainCheck {
    chain: Chain,
    /// The last record that was found good.
    last: Place,
    /// While no record with a number was read: those without, counted and chained.
    earlier: Option<(u64, Hash)>,
    /// What checkpoints state, by the record's number.
    anchors: BTreeMap<u64, Place>,
    confirmed: u64,
    gap: Option<Gap>,
    records: u64,
}

impl ChainCheck {
    /// Begins to read.
    pub fn new(chain: Chain, start: Start) -> Self {
        let (last, earlier) = match start {
            Start::Beginning => (
                Place::before_first(chain),
                Some((0, Hash::before_first(chain))),
            ),
            Start::After(place) => (place, None),
        };
        Self {
            chain,
            last,
            earlier,
            anchors: BTreeMap::new(),
            confirmed: 0,
            gap: None,
            records: 0,
        }
    }

    /// Begins to read where the signed removal of old records says that the chain begins now,
    /// and holds it to all checkpoints. Fails on a checkpoint that states nothing.
    pub fn with_checkpoints(
        chain: Chain,
        checkpoints: &[Checkpoint],
        trusted: &[PublicKey],
    ) -> Result<Self, Finding> {
        for checkpoint in checkpoints {
            // One that was moved here from another chain fits none of this chain's records.
            checkpoint.check(trusted).map_err(|problem| Finding {
                chain,
                what: What::Checkpoint {
                    number: checkpoint.place.number,
                    seq: checkpoint.place.seq,
                    problem,
                },
            })?;
        }
        let ours = || {
            let ours = checkpoints.iter().filter(|it| it.chain == chain);
            ours.filter(|it| it.purpose.is_of_the_chain())
        };
        let pruned = ours()
            .filter(|it| it.purpose == Purpose::Pruned)
            .max_by_key(|it| it.place.number);
        let mut check = Self::new(
            chain,
            pruned.map_or(Start::Beginning, |mark| Start::After(mark.place)),
        );
        for checkpoint in ours() {
            check.anchor(checkpoint.place)?;
        }
        Ok(check)
    }

    /// Takes a place as true: the chain must have had it.
    pub fn anchor(&mut self, place: Place) -> Result<(), Finding> {
        if place.number < self.last.number {
            return Ok(());
        }
        let known = match place.number == self.last.number {
            true => Some(self.last),
            false => self.anchors.insert(place.number, place),
        };
        if known.is_some_and(|known| known != place) {
            return Err(self.rewritten(place));
        }
        if place.number == self.last.number {
            self.confirmed = place.number;
        }
        Ok(())
    }

    /// Reads the next record, in the order of `seq`.
    pub fn line(&mut self, kept: &Kept<'_>) -> Result<(), Finding> {
        let line = Line {
            number: kept.record.number,
            seq: kept.record.seq,
        };
        self.records += 1;
        if let Some(gap) = &self.gap {
            // What is missing may still come: then nothing was removed, but moved.
            return match kept.record.number {
                Some(number) if (gap.from..=gap.to).contains(&number) => {
                    Err(self.finding(What::Reordered {
                        line: gap.line,
                        belongs: gap.from,
                    }))
                }
                _ => Ok(()),
            };
        }
        let (Some(number), Some(hash)) = (kept.record.number, kept.hash) else {
            return self.earlier(kept, line);
        };
        let expected = self.last.number + 1;
        if number != expected {
            let moved = Record {
                number: Some(expected),
                ..kept.record.clone()
            };
            if moved.hash(self.last.hash) == hash {
                return Err(self.finding(What::Changed { line }));
            }
            if number < expected {
                return Err(self.finding(What::Inserted { line }));
            }
            self.gap = Some(Gap {
                from: expected,
                to: number - 1,
                line,
            });
            return Ok(());
        }
        if let Some((found, sum)) = self.earlier.take()
            && !self.begins_well(kept, found, sum)
        {
            return Err(self.finding(What::Earlier { found, line }));
        }
        if kept.record.chain != self.chain || kept.record.hash(self.last.hash) != hash {
            return Err(self.finding(What::Changed { line }));
        }
        self.last = Place {
            number,
            seq: kept.record.seq,
            hash,
        };
        match self.anchors.get(&number) {
            Some(anchor) if *anchor != self.last => Err(self.rewritten(self.last)),
            Some(_) => {
                self.confirmed = number;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Says that there are no more.
    pub fn end(self) -> Result<Checked, Finding> {
        if let Some(finding) = self.missing() {
            return Err(finding);
        }
        if let Some((&to, _)) = self.anchors.last_key_value()
            && to > self.last.number
        {
            let from = self.last.number + 1;
            return Err(self.finding(What::CutAtEnd { from, to }));
        }
        Ok(Checked {
            chain: self.chain,
            records: self.records,
            last: self.last,
            confirmed: self.confirmed,
        })
    }

    /// The last record that was read and found good.
    pub const fn last(&self) -> Place {
        self.last
    }

    /// The number of the last record that a signed place confirms; 0 where none does.
    pub const fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// Whether records are missing, and the rest is read to see if they were only moved.
    pub const fn looks_for_missing(&self) -> bool {
        self.gap.is_some()
    }

    /// The records that are missing so far.
    pub fn missing(&self) -> Option<Finding> {
        let Gap { from, to, line } = *self.gap.as_ref()?;
        Some(self.finding(What::Removed { from, to, line }))
    }

    /// A record without a place: all right before the chain, and nowhere else.
    fn earlier(&mut self, kept: &Kept<'_>, line: Line) -> Result<(), Finding> {
        let is_earlier = kept.record.number.is_none() && kept.hash.is_none();
        match &mut self.earlier {
            Some((found, sum)) if is_earlier => {
                *found += 1;
                *sum = kept.record.hash(*sum);
                Ok(())
            }
            _ => {
                let what = match is_earlier {
                    true => What::Inserted { line },
                    false => What::Changed { line },
                };
                Err(self.finding(what))
            }
        }
    }

    /// Whether the chain's first record speaks of exactly what was kept before.
    fn begins_well(&self, kept: &Kept<'_>, found: u64, sum: Hash) -> bool {
        match kept.record.activity == activity::TRAIL_CHAINED {
            true => kept.record.detail == beginning_detail(found, sum),
            false => found == 0,
        }
    }

    fn rewritten(&self, place: Place) -> Finding {
        self.finding(What::Rewritten {
            after: self.confirmed,
            line: Line {
                number: Some(place.number),
                seq: place.seq,
            },
        })
    }

    const fn finding(&self, what: What) -> Finding {
        Finding {
            chain: self.chain,
            what,
        }
    }
}
