//! From rows to records.

use sqlx::sqlite::SqliteRow;
use writeback_audit::{Checkpoint, Hash, Kept, Place, PublicKey, Purpose, Record};
use writeback_model::{TenantId, UserId};
use writeback_store::{KeptLine, StoreError};

use super::TABLE;
use crate::row::Columns;

/// A row of the trail. Only a `seq` that cannot be read is an error: anything else is a line
/// that somebody changed, and whoever checks the trail says which.
pub(super) fn line(row: &SqliteRow) -> Result<KeptLine, StoreError> {
    let columns = Columns { row, table: TABLE };
    let seq = columns.get("seq")?;
    match record(&columns, seq) {
        Ok(kept) => Ok(KeptLine::Record(Box::new(kept))),
        Err(StoreError::Inconsistent { column, .. }) => Ok(KeptLine::Unreadable { seq, column }),
        Err(error) => Err(error),
    }
}

fn record(columns: &Columns<'_>, seq: i64) -> Result<Kept<'static>, StoreError> {
    let text = |column| columns.get::<String>(column).map(Into::into);
    let number = columns
        .get::<Option<i64>>("number")?
        .map(|number| u64::try_from(number).map_err(|_| columns.bad("number")))
        .transpose()?;
    let hash = columns
        .get::<Option<&[u8]>>("hash")?
        .map(|bytes| bytes.try_into().map(Hash).map_err(|_| columns.bad("hash")))
        .transpose()?;
    Ok(Kept {
        record: Record {
            chain: columns.maybe_id("tenant_id", TenantId::from_uuid)?,
            number,
            seq,
            at: columns.time("at")?,
            actor: text("actor")?,
            activity: text("activity")?,
            user: columns.maybe_id("user_id", UserId::from_uuid)?,
            correlation: columns.get("correlation")?,
            address: columns.get::<Option<String>>("address")?.map(Into::into),
            result: text("result")?,
            detail: text("detail")?,
        },
        hash,
    })
}

pub(super) fn checkpoint(row: &SqliteRow) -> Result<Checkpoint, StoreError> {
    let columns = Columns {
        row,
        table: "audit_checkpoints",
    };
    Ok(Checkpoint {
        purpose: columns.named("purpose", Purpose::from_name)?,
        chain: columns.maybe_id("tenant_id", TenantId::from_uuid)?,
        place: Place {
            number: columns.number("number")?,
            seq: columns.get("seq")?,
            hash: Hash(columns.bytes32("hash")?),
        },
        at: columns.time("at")?,
        key: PublicKey(columns.bytes32("public_key")?),
        signature: columns
            .get::<&[u8]>("signature")?
            .try_into()
            .map_err(|_| columns.bad("signature"))?,
    })
}
