//! The beginning of the chains of a file that an earlier version made.

use sqlx::{SqliteConnection, sqlite::SqliteRow};
use writeback_audit::{Chain, Hash, activity, beginning_detail};
use writeback_model::TenantId;
use writeback_store::{Actor, AuditRecord, KeptLine, StoreError};

use super::{TABLE, append_audit, read::line};
use crate::row::{Columns, Doing};

const DOING: &str = "begin the chains of the audit trail";

/// How many records are read at a time.
const PAGE: u32 = 1000;

/// Whether the file has no chains yet.
pub(crate) async fn has_no_chains(tx: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let table = sqlx::query("SELECT 1 FROM sqlite_schema WHERE name = 'audit_checkpoints'");
    table.fetch_optional(tx).await.map(|row| row.is_none())
}

/// Begins a chain for each tenant that has records, and for the installation where it has: its
/// first record carries the hash of all of them. In the transaction of the migration, once: a
/// record without a place that comes later is nobody's.
pub(crate) async fn begin_chains(tx: &mut SqliteConnection) -> Result<(), StoreError> {
    let chains = sqlx::query("SELECT DISTINCT tenant_id FROM audit ORDER BY tenant_id")
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?;
    for row in chains {
        let columns = Columns {
            row: &row,
            table: TABLE,
        };
        let chain = columns.maybe_id("tenant_id", TenantId::from_uuid)?;
        begin(&mut *tx, chain).await?;
    }
    Ok(())
}

async fn begin(tx: &mut SqliteConnection, chain: Chain) -> Result<(), StoreError> {
    let (mut records, mut hash) = (0, Hash::before_first(chain));
    let (mut after, mut at) = (0, jiff::Timestamp::UNIX_EPOCH);
    loop {
        let rows: Vec<SqliteRow> = sqlx::query(
            "SELECT * FROM audit WHERE tenant_id IS ? AND seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(chain.map(TenantId::uuid))
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            match line(row)? {
                KeptLine::Record(kept) => {
                    hash = kept.record.hash(hash);
                    (after, at) = (kept.record.seq, kept.record.at);
                    records += 1;
                }
                KeptLine::Unreadable { column, .. } => {
                    return Err(StoreError::Inconsistent {
                        table: TABLE,
                        column,
                    });
                }
            }
        }
    }
    let record = AuditRecord {
        tenant: chain,
        // That of the last record it speaks of: opening a file knows no clock.
        at,
        actor: Actor::Cloud,
        activity: activity::TRAIL_CHAINED,
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: beginning_detail(records, hash),
    };
    append_audit(tx, &record).await
}
