//! Keeping records: each gets its place in its chain, inside the transaction of what it tells.
//!
//! Writes are one at a time, so the last place that is read here is the last one until the
//! transaction ends.

use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use writeback_audit::{Chain, Hash, Place, Record};
use writeback_model::{TenantId, UserId};
use writeback_store::{AuditRecord, StoreError};

use super::TABLE;
use crate::{
    bulk::{Bulk, chunks},
    row::{Columns, Doing, json, micros, number},
};

const DOING: &str = "append to the audit trail";

/// Records that differ in their places and users alone.
const APPEND: Bulk = Bulk {
    columns: &["seq", "number", "hash", "user_id"],
    statement: "INSERT INTO audit
                    (seq, number, hash, user_id, tenant_id, at, actor, activity, correlation,
                     address, result, detail)
                SELECT seq, number, hash, user_id, $1, $2, $3, $4, $5, $6, $7, $8 FROM new",
};

/// Keeps one record.
pub(crate) async fn append_audit(
    tx: &mut SqliteConnection,
    record: &AuditRecord,
) -> Result<(), StoreError> {
    append(tx, record, &[record.user]).await
}

/// Keeps a copy of a record for each of these users.
pub(crate) async fn append_audit_for(
    tx: &mut SqliteConnection,
    record: &AuditRecord,
    users: &[UserId],
) -> Result<(), StoreError> {
    let users: Vec<_> = users.iter().copied().map(Some).collect();
    append(tx, record, &users).await
}

/// The places of the next records, and whom they are about.
struct New {
    place: Place,
    user: Option<UserId>,
}

async fn append(
    tx: &mut SqliteConnection,
    record: &AuditRecord,
    users: &[Option<UserId>],
) -> Result<(), StoreError> {
    let actor = json(&record.actor)?;
    let (mut last, mut seq) = last(&mut *tx, record.tenant).await?;
    let mut new = Vec::with_capacity(users.len());
    for user in users {
        seq += 1;
        let next = Record {
            chain: record.tenant,
            number: Some(last.number + 1),
            seq,
            at: record.at,
            actor: actor.as_str().into(),
            activity: record.activity.into(),
            user: *user,
            correlation: record.correlation,
            address: record.address.as_deref().map(Into::into),
            result: record.result.as_str().into(),
            detail: record.detail.as_str().into(),
        };
        last = Place {
            number: last.number + 1,
            seq,
            hash: next.hash(last.hash),
        };
        new.push(New {
            place: last,
            user: *user,
        });
    }
    for chunk in chunks(&new) {
        let mut query = sqlx::query(AssertSqlSafe(APPEND.sql(chunk.len())));
        for new in chunk {
            query = query
                .bind(new.place.seq)
                .bind(number(new.place.number))
                .bind(new.place.hash.0.to_vec())
                .bind(new.user.map(UserId::uuid));
        }
        query
            .bind(record.tenant.map(TenantId::uuid))
            .bind(micros(record.at))
            .bind(actor.as_str())
            .bind(record.activity)
            .bind(record.correlation)
            .bind(record.address.as_deref())
            .bind(record.result.as_str())
            .bind(record.detail.as_str())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
    }
    Ok(())
}

/// The chain's last place, and the last `seq` that was given out in the whole trail.
async fn last(tx: &mut SqliteConnection, chain: Chain) -> Result<(Place, i64), StoreError> {
    let seq: Option<i64> = sqlx::query("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
        .fetch_optional(&mut *tx)
        .await
        .doing(DOING)?
        .map(|row| row.try_get(0))
        .transpose()
        .doing(DOING)?;
    let last = head(tx, chain).await?;
    let last = last.unwrap_or_else(|| Place::before_first(chain));
    Ok((last, seq.unwrap_or(0)))
}

/// The place of the chain's last record. What was kept before there were chains has none.
pub(super) async fn head<'c>(
    db: impl sqlx::SqliteExecutor<'c>,
    chain: Chain,
) -> Result<Option<Place>, StoreError> {
    let row = sqlx::query(
        "SELECT number, seq, hash FROM audit WHERE tenant_id IS ? ORDER BY seq DESC LIMIT 1",
    )
    .bind(chain.map(TenantId::uuid))
    .fetch_optional(db)
    .await
    .doing("read the end of the audit trail")?;
    let Some(row) = row else {
        return Ok(None);
    };
    let columns = Columns {
        row: &row,
        table: TABLE,
    };
    if columns.get::<Option<i64>>("number")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Place {
        number: columns.number("number")?,
        seq: columns.get("seq")?,
        hash: Hash(columns.bytes32("hash")?),
    }))
}
