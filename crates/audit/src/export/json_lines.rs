//! JSON lines: the export that can be checked by itself.
//!
//! The first line is `{"writeback_audit":1,"begin":…}`, the last one `{"end":…}`: signed
//! statements where the export begins and ends. Between them is one line for each record, and
//! after a record for which there is a checkpoint `{"checkpoint":…}`.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;
use writeback_model::{TenantId, UserId};

use crate::{chain::Kept, checkpoint::Checkpoint, place::Hash, record::Record};

/// The version of the form.
pub(super) const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginLine {
    pub(super) writeback_audit: u32,
    pub(super) begin: Checkpoint,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckpointLine {
    pub(super) checkpoint: Checkpoint,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndLine {
    pub(super) end: Checkpoint,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordLine<'r> {
    number: Option<u64>,
    seq: i64,
    at: Timestamp,
    tenant: Option<TenantId>,
    #[serde(borrow)]
    actor: Cow<'r, RawValue>,
    #[serde(borrow)]
    activity: Cow<'r, str>,
    user: Option<UserId>,
    correlation: Option<Uuid>,
    #[serde(borrow)]
    address: Option<Cow<'r, str>>,
    #[serde(borrow)]
    result: Cow<'r, str>,
    #[serde(borrow)]
    detail: Cow<'r, str>,
    hash: Option<Hash>,
}

impl<'r> RecordLine<'r> {
    fn new(kept: &'r Kept<'r>) -> Result<Self, serde_json::Error> {
        let record = &kept.record;
        Ok(Self {
            number: record.number,
            seq: record.seq,
            at: record.at,
            tenant: record.chain,
            actor: Cow::Borrowed(serde_json::from_str(&record.actor)?),
            activity: Cow::Borrowed(&record.activity),
            user: record.user,
            correlation: record.correlation,
            address: record.address.as_deref().map(Cow::Borrowed),
            result: Cow::Borrowed(&record.result),
            detail: Cow::Borrowed(&record.detail),
            hash: kept.hash,
        })
    }

    pub(super) fn kept(&self) -> Kept<'_> {
        Kept {
            record: Record {
                chain: self.tenant,
                number: self.number,
                seq: self.seq,
                at: self.at,
                actor: Cow::Borrowed(self.actor.get()),
                activity: Cow::Borrowed(&self.activity),
                user: self.user,
                correlation: self.correlation,
                address: self.address.as_deref().map(Cow::Borrowed),
                result: Cow::Borrowed(&self.result),
                detail: Cow::Borrowed(&self.detail),
            },
            hash: self.hash,
        }
    }
}

/// Makes the lines of an export, each without its end.
pub struct JsonLines;

impl JsonLines {
    /// The first line.
    pub fn begin(begin: &Checkpoint) -> Result<String, serde_json::Error> {
        serde_json::to_string(&BeginLine {
            writeback_audit: VERSION,
            begin: begin.clone(),
        })
    }

    /// A record. Fails where its actor is no JSON: then it is not as it was kept.
    pub fn record(kept: &Kept<'_>) -> Result<String, serde_json::Error> {
        serde_json::to_string(&RecordLine::new(kept)?)
    }

    /// A checkpoint, behind the record that it is of.
    pub fn checkpoint(checkpoint: &Checkpoint) -> Result<String, serde_json::Error> {
        serde_json::to_string(&CheckpointLine {
            checkpoint: checkpoint.clone(),
        })
    }

    /// The last line.
    pub fn end(end: &Checkpoint) -> Result<String, serde_json::Error> {
        serde_json::to_string(&EndLine { end: end.clone() })
    }
}
