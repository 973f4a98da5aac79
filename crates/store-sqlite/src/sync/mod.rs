//! What synchronisations and exports read and write.

mod apply;
mod objects;
mod outcome;
mod people;
mod removals;
mod users;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use writeback_model::{DomainName, RunId, SourceAnchor, TenantId};
use writeback_store::{AuditRecord, StagedRemoval, StoreError, SyncStore};
use writeback_sync::{Decision, Keys, Person, RemovalFacts, Rules};

#[cfg(test)]
use crate::bulk::Bulk;
use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, json},
};

/// What is written for each batch.
#[cfg(test)]
pub(crate) const BULK: &[Bulk] = &[users::ADD, objects::SETTLE];

/// What is asked and written for each batch, too.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    people::PEOPLE,
    people::ACCOUNTS,
    users::RELEASE_NAMES,
    users::UPDATE,
    users::SET_STANDING,
    users::STAGE,
    objects::LOOK_AGAIN,
    objects::FORGET_SPENT,
];

#[async_trait]
impl SyncStore for SqliteStore {
    async fn sync_rules(&self, tenant: TenantId) -> Result<Rules, StoreError> {
        let row = sqlx::query("SELECT rules FROM sync_rules WHERE tenant_id = ?")
            .bind(tenant.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("read the rules")?;
        row.map_or_else(
            || Ok(Rules::default()),
            |row| {
                Columns {
                    row: &row,
                    table: "sync_rules",
                }
                .json("rules")
            },
        )
    }

    async fn set_sync_rules(
        &self,
        tenant: TenantId,
        rules: &Rules,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "set the rules";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "INSERT INTO sync_rules (tenant_id, rules) VALUES (?, ?)
             ON CONFLICT (tenant_id) DO UPDATE SET rules = excluded.rules",
        )
        .bind(tenant.uuid())
        .bind(json(rules)?)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }

    async fn people(&self, tenant: TenantId, keys: &Keys) -> Result<Vec<Person>, StoreError> {
        people::by_keys(self.readers(), tenant, keys).await
    }

    async fn apply(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        run: RunId,
        decisions: &[Decision],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const DOING: &str = "apply a synchronisation";
        let place = apply::Place {
            tenant,
            forest: forest.as_str(),
            doing: DOING,
        };
        // Before the write lock is taken.
        let prepared = apply::Prepared::new(decisions, now)?;
        let mut tx = self.write(DOING).await?;
        apply::put(&mut tx, &place, run, &prepared).await?;
        tx.commit().await.doing(DOING)
    }

    async fn staged_removals(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        limit: u32,
    ) -> Result<Vec<StagedRemoval>, StoreError> {
        removals::staged(self.readers(), tenant, forest, limit).await
    }

    async fn removal_facts(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        window: SignedDuration,
        now: Timestamp,
    ) -> Result<RemovalFacts, StoreError> {
        removals::facts(self.readers(), tenant, forest, window, now).await
    }

    async fn remove_staged(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        only_approved: bool,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError> {
        const DOING: &str = "remove people";
        let mut tx = self.write(DOING).await?;
        let removed = removals::remove(&mut tx, tenant, forest, only_approved, now, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(removed)
    }

    async fn approve_removals(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError> {
        const DOING: &str = "approve removals";
        let mut tx = self.write(DOING).await?;
        let approved = sqlx::query(
            "UPDATE users SET removal_approved = 1
             WHERE tenant_id = ? AND removal_forest = ? AND removal IS NOT NULL
                 AND removal_approved = 0",
        )
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        sqlx::query("UPDATE forests SET guard_stopped_at = NULL WHERE tenant_id = ? AND name = ?")
            .bind(tenant.uuid())
            .bind(forest.as_str())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(approved)
    }

    async fn guard_waits(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        since: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        const DOING: &str = "note whether the guard waits";
        let mut tx = self.write(DOING).await?;
        removals::guard_waits(&mut tx, tenant, forest, since).await?;
        tx.commit().await.doing(DOING)
    }

    async fn purge_removed(&self, tenant: TenantId, before: Timestamp) -> Result<u64, StoreError> {
        const DOING: &str = "forget removed people";
        let mut tx = self.write(DOING).await?;
        let purged = removals::purge(&mut tx, tenant, before).await?;
        tx.commit().await.doing(DOING)?;
        Ok(purged)
    }

    async fn without_consistency_guid(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        after: Option<SourceAnchor>,
        limit: u32,
    ) -> Result<Vec<(DomainName, SourceAnchor)>, StoreError> {
        objects::without_consistency_guid(self.readers(), tenant, forest, after, limit).await
    }
}
