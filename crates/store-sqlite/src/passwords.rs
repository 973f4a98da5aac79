//! What a tenant sets about passwords.

use async_trait::async_trait;
use sqlx::SqliteExecutor;
use writeback_model::{BannedMode, TenantId};
use writeback_policy::{LimitChange, LimitChanges};
use writeback_store::{AuditRecord, BannedRules, PasswordRulesStore, StoreError};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, json},
};

#[async_trait]
impl PasswordRulesStore for SqliteStore {
    async fn banned_rules(&self, tenant: TenantId) -> Result<BannedRules, StoreError> {
        let row = sqlx::query("SELECT mode, terms FROM banned_rules WHERE tenant_id = ?")
            .bind(tenant.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("read the rules of banned passwords")?;
        let Some(row) = row else {
            return Ok(BannedRules::default());
        };
        let columns = Columns {
            row: &row,
            table: "banned_rules",
        };
        Ok(BannedRules {
            mode: BannedMode::of_id(columns.get("mode")?).unwrap_or_default(),
            terms: columns.json("terms")?,
        })
    }

    async fn set_banned_rules(
        &self,
        tenant: TenantId,
        rules: &BannedRules,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "set the rules of banned passwords";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "INSERT INTO banned_rules (tenant_id, mode, terms) VALUES (?, ?, ?)
             ON CONFLICT (tenant_id) DO UPDATE
                 SET mode = excluded.mode, terms = excluded.terms",
        )
        .bind(tenant.uuid())
        .bind(rules.mode.id())
        .bind(json(&rules.terms)?)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }

    async fn limit_changes(&self, tenant: TenantId) -> Result<LimitChanges, StoreError> {
        limits(self.readers(), tenant).await
    }

    async fn set_limit_change(
        &self,
        tenant: TenantId,
        setting: &str,
        change: Option<LimitChange>,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "set a limit";
        let mut tx = self.write(DOING).await?;
        let mut changes = limits(&mut *tx, tenant).await?;
        match change {
            Some(change) => changes.insert(setting.to_owned(), change),
            None => changes.remove(setting),
        };
        sqlx::query(
            "INSERT INTO tenant_limits (tenant_id, limits) VALUES (?, ?)
             ON CONFLICT (tenant_id) DO UPDATE SET limits = excluded.limits",
        )
        .bind(tenant.uuid())
        .bind(json(&changes)?)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }
}

async fn limits(
    executor: impl SqliteExecutor<'_>,
    tenant: TenantId,
) -> Result<LimitChanges, StoreError> {
    let row = sqlx::query("SELECT limits FROM tenant_limits WHERE tenant_id = ?")
        .bind(tenant.uuid())
        .fetch_optional(executor)
        .await
        .doing("read the limits")?;
    let Some(row) = row else {
        return Ok(LimitChanges::default());
    };
    Columns {
        row: &row,
        table: "tenant_limits",
    }
    .json("limits")
}
