//! Removals: staged, carried out under the guard, and forgotten.

use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, SqlitePool, sqlite::SqliteRow};
use writeback_model::{DomainName, TenantId, UserId};
use writeback_store::{AuditRecord, StagedRemoval, StoreError};
use writeback_sync::{Removal, RemovalFacts};

use super::objects::forget_spent;
use crate::{
    audit::append_audit_for,
    people::TABLE,
    row::{Columns, Doing, Hex, json, micros},
};

fn staged_removal(row: &SqliteRow) -> Result<StagedRemoval, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(StagedRemoval {
        user: columns.id("id", UserId::from_uuid)?,
        name: columns.get("user_principal_name")?,
        why: columns.named("removal", Removal::from_name)?,
        staged_at: columns.time("removal_staged_at")?,
        approved: columns.get("removal_approved")?,
    })
}

pub(super) async fn staged(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
    limit: u32,
) -> Result<Vec<StagedRemoval>, StoreError> {
    sqlx::query(
        "SELECT id, user_principal_name, removal, removal_staged_at, removal_approved FROM users
         WHERE tenant_id = ? AND removal_forest = ? AND removal IS NOT NULL
         ORDER BY removal_staged_at, id LIMIT ?",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("list the staged removals")?
    .iter()
    .map(staged_removal)
    .collect()
}

pub(super) async fn facts(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
    window: SignedDuration,
    now: Timestamp,
) -> Result<RemovalFacts, StoreError> {
    const DOING: &str = "count the removals of a forest";
    let since = now.checked_sub(window).doing(DOING)?;
    let row = sqlx::query(
        "SELECT
             (SELECT count(*) FROM users WHERE tenant_id = ?1 AND removal_forest = ?2
                 AND removal IS NOT NULL AND NOT removal_approved) AS staged,
             (SELECT count(*) FROM users WHERE tenant_id = ?1 AND removed_at > ?3
                 AND removed_forest = ?2 AND NOT removed_approved) AS removed_before,
             (SELECT count(DISTINCT user_id) FROM connector_objects
                 WHERE tenant_id = ?1 AND forest = ?2 AND user_id IS NOT NULL) AS people",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .bind(micros(since))
    .fetch_one(readers)
    .await
    .doing(DOING)?;
    let columns = Columns {
        row: &row,
        table: TABLE,
    };
    Ok(RemovalFacts {
        staged: columns.number("staged")?,
        removed_before: columns.number("removed_before")?,
        people: columns.number("people")?,
    })
}

/// Removes people: their rows and their objects' rows stay, so that they can be restored.
pub(super) async fn remove(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &DomainName,
    only_approved: bool,
    now: Timestamp,
    audit: &AuditRecord,
) -> Result<u64, StoreError> {
    const DOING: &str = "remove people";
    let removed = sqlx::query(
        "UPDATE users SET
             removed_at = ?, removed_forest = removal_forest, removed_approved = removal_approved,
             removal = NULL, removal_forest = NULL, removal_staged_at = NULL,
             removal_approved = 0, target_forest = NULL, target_domain = NULL,
             target_anchor = NULL, enabled_twice = 0, changed_at = ?
         WHERE tenant_id = ? AND removal_forest = ? AND removal IS NOT NULL
             AND (removal_approved OR NOT ?)
         RETURNING id",
    )
    .bind(micros(now))
    .bind(micros(now))
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .bind(only_approved)
    .fetch_all(&mut *tx)
    .await
    .doing(DOING)?
    .iter()
    .map(|row| Columns { row, table: TABLE }.id("id", UserId::from_uuid))
    .collect::<Result<Vec<_>, _>>()?;
    if removed.is_empty() {
        return Ok(0);
    }
    let users: Vec<_> = removed.iter().map(|user| Hex::uuid(user.uuid())).collect();
    let users = json(&users)?;
    sqlx::query(
        "UPDATE connector_objects SET user_id = NULL
         WHERE tenant_id = ? AND user_id IN (SELECT unhex(value) FROM json_each(?))",
    )
    .bind(tenant.uuid())
    .bind(users.as_str())
    .execute(&mut *tx)
    .await
    .doing(DOING)?;
    forget_spent(&mut *tx, tenant, DOING).await?;
    append_audit_for(tx, audit, &removed).await?;
    Ok(removed.len() as u64)
}

pub(super) async fn guard_waits(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &DomainName,
    since: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE forests SET guard_stopped_at = iif(?1 IS NULL, NULL, coalesce(guard_stopped_at, ?1))
         WHERE tenant_id = ?2 AND name = ?3",
    )
    .bind(since.map(micros))
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .execute(tx)
    .await
    .doing("note whether the guard waits")?;
    Ok(())
}

pub(super) async fn purge(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let purged = sqlx::query("DELETE FROM users WHERE tenant_id = ? AND removed_at < ?")
        .bind(tenant.uuid())
        .bind(micros(before))
        .execute(tx)
        .await
        .doing("forget removed people")?;
    Ok(purged.rows_affected())
}
