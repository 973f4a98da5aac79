//! Checkpoints, and the removal of what is old.

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};
use writeback_audit::{Chain, Checkpoint, Hash, Place};
use writeback_model::TenantId;
use writeback_store::StoreError;

use super::TABLE;
use crate::row::{Columns, Doing, micros, number};

pub(super) async fn add_checkpoint(
    tx: &mut SqliteConnection,
    checkpoint: &Checkpoint,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit_checkpoints
             (tenant_id, purpose, number, seq, hash, at, public_key, signature)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(checkpoint.chain.map(TenantId::uuid))
    .bind(checkpoint.purpose.name())
    .bind(number(checkpoint.place.number))
    .bind(checkpoint.place.seq)
    .bind(checkpoint.place.hash.0.to_vec())
    .bind(micros(checkpoint.at))
    .bind(checkpoint.key.0.to_vec())
    .bind(checkpoint.signature.to_vec())
    .execute(tx)
    .await
    .doing("keep a checkpoint of the audit trail")?;
    Ok(())
}

pub(super) async fn older_than(
    readers: &SqlitePool,
    chain: Chain,
    time: Timestamp,
) -> Result<Option<Place>, StoreError> {
    // The clock may have been set back: what is younger than `time` and all after it stay. What
    // was kept before there were chains goes together with the first record of its chain.
    let row = sqlx::query(
        "SELECT number, seq, hash FROM audit
         WHERE tenant_id IS ?1 AND number IS NOT NULL AND seq < coalesce(
             (SELECT seq FROM audit WHERE tenant_id IS ?1 AND at >= ?2 ORDER BY seq LIMIT 1),
             9223372036854775807)
         ORDER BY seq DESC LIMIT 1",
    )
    .bind(chain.map(TenantId::uuid))
    .bind(micros(time))
    .fetch_optional(readers)
    .await
    .doing("look for old audit records")?;
    let Some(row) = row else {
        return Ok(None);
    };
    let columns = Columns {
        row: &row,
        table: TABLE,
    };
    Ok(Some(Place {
        number: columns.number("number")?,
        seq: columns.get("seq")?,
        hash: Hash(columns.bytes32("hash")?),
    }))
}

/// How many records are removed. The mark is kept already: without it no record can go.
pub(super) async fn remove(
    tx: &mut SqliteConnection,
    mark: &Checkpoint,
) -> Result<u64, StoreError> {
    const DOING: &str = "remove old audit records";
    let chain = mark.chain.map(TenantId::uuid);
    let removed = sqlx::query("DELETE FROM audit WHERE tenant_id IS ? AND seq <= ?")
        .bind(chain)
        .bind(mark.place.seq)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
    sqlx::query("DELETE FROM audit_checkpoints WHERE tenant_id IS ? AND seq < ?")
        .bind(chain)
        .bind(mark.place.seq)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
    Ok(removed.rows_affected())
}
