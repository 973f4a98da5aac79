//! The audit trail.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use writeback_model::{TenantId, UserId};
use writeback_store::{Actor, AuditRecord, AuditStore, StoreError};

use crate::{
    SqliteStore,
    row::{Columns, Doing, json, micros},
};

const TABLE: &str = "audit";

/// Keeps one record, inside the transaction of what it tells.
pub(crate) async fn append_audit(
    tx: &mut SqliteConnection,
    record: &AuditRecord,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit
             (tenant_id, at, actor, activity, user_id, correlation, address, result, detail)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(record.tenant.map(TenantId::uuid))
    .bind(micros(record.at))
    .bind(json(&record.actor)?)
    .bind(record.activity)
    .bind(record.user.map(UserId::uuid))
    .bind(record.correlation)
    .bind(record.address.as_deref())
    .bind(record.result.as_str())
    .bind(record.detail.as_str())
    .execute(tx)
    .await
    .doing("append to the audit trail")?;
    Ok(())
}

/// Keeps a copy of a record for each of these users: their identifiers in hexadecimal, as JSON.
pub(crate) async fn append_audit_for(
    tx: &mut SqliteConnection,
    record: &AuditRecord,
    users: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit
             (tenant_id, at, actor, activity, user_id, correlation, address, result, detail)
         SELECT ?, ?, ?, ?, unhex(value), ?, ?, ?, ? FROM json_each(?)",
    )
    .bind(record.tenant.map(TenantId::uuid))
    .bind(micros(record.at))
    .bind(json(&record.actor)?)
    .bind(record.activity)
    .bind(record.correlation)
    .bind(record.address.as_deref())
    .bind(record.result.as_str())
    .bind(record.detail.as_str())
    .bind(users)
    .execute(tx)
    .await
    .doing("append to the audit trail")?;
    Ok(())
}

/// One record as it is shown.
#[derive(Serialize)]
struct Line<'r> {
    seq: i64,
    at: Timestamp,
    tenant: Option<TenantId>,
    actor: Actor,
    activity: &'r str,
    user: Option<UserId>,
    correlation: Option<Uuid>,
    address: Option<&'r str>,
    result: &'r str,
    detail: &'r str,
}

fn line(row: &SqliteRow) -> Result<String, StoreError> {
    let columns = Columns { row, table: TABLE };
    json(&Line {
        seq: columns.get("seq")?,
        at: columns.time("at")?,
        tenant: columns.maybe_id("tenant_id", TenantId::from_uuid)?,
        actor: columns.json("actor")?,
        activity: columns.get("activity")?,
        user: columns.maybe_id("user_id", UserId::from_uuid)?,
        correlation: columns.get("correlation")?,
        address: columns.get("address")?,
        result: columns.get("result")?,
        detail: columns.get("detail")?,
    })
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn audit(&self, record: &AuditRecord) -> Result<(), StoreError> {
        const DOING: &str = "keep an audit record";
        let mut tx = self.write(DOING).await?;
        append_audit(&mut tx, record).await?;
        tx.commit().await.doing(DOING)
    }

    async fn last_audit_lines(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query("SELECT * FROM audit WHERE tenant_id = ? ORDER BY seq DESC LIMIT ?")
            .bind(tenant.uuid())
            .bind(limit)
            .fetch_all(self.readers())
            .await
            .doing("read the audit trail")?
            .iter()
            .map(line)
            .collect()
    }
}
