//! Organisations.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use writeback_model::TenantId;
use writeback_store::{AuditRecord, RenameAnswer, StoreError, Tenant, TenantStore};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "tenants";

fn tenant(row: &SqliteRow) -> Result<Tenant, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(Tenant {
        id: columns.id("id", TenantId::from_uuid)?,
        name: columns.get("name")?,
        created_at: columns.time("created_at")?,
        disabled_at: columns.maybe_time("disabled_at")?,
    })
}

#[async_trait]
impl TenantStore for SqliteStore {
    async fn add_tenant(&self, tenant: &Tenant, audit: &AuditRecord) -> Result<bool, StoreError> {
        const DOING: &str = "keep a tenant";
        let mut tx = self.write(DOING).await?;
        let added = sqlx::query(
            "INSERT INTO tenants (id, name, created_at, disabled_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(tenant.id.uuid())
        .bind(tenant.name.as_str())
        .bind(micros(tenant.created_at))
        .bind(tenant.disabled_at.map(micros))
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if added == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        sqlx::query("SELECT * FROM tenants ORDER BY created_at, id")
            .fetch_all(self.readers())
            .await
            .doing("list the tenants")?
            .iter()
            .map(tenant)
            .collect()
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        sqlx::query("SELECT * FROM tenants WHERE id = ?")
            .bind(id.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a tenant")?
            .as_ref()
            .map(tenant)
            .transpose()
    }
    async fn rename_tenant(
        &self,
        id: TenantId,
        name: &str,
        audit: &AuditRecord,
    ) -> Result<RenameAnswer, StoreError> {
        const DOING: &str = "rename a tenant";
        let mut tx = self.write(DOING).await?;
        let taken = sqlx::query("SELECT id FROM tenants WHERE name = ? AND id <> ?")
            .bind(name)
            .bind(id.uuid())
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?;
        if taken.is_some() {
            return Ok(RenameAnswer::Taken);
        }
        let renamed = sqlx::query("UPDATE tenants SET name = ? WHERE id = ?")
            .bind(name)
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?
            .rows_affected();
        if renamed == 0 {
            return Ok(RenameAnswer::Unknown);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(RenameAnswer::Renamed)
    }

    async fn disable_tenant(
        &self,
        id: TenantId,
        at: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        self.switch(id, Some(at), audit).await
    }

    async fn enable_tenant(&self, id: TenantId, audit: &AuditRecord) -> Result<bool, StoreError> {
        self.switch(id, None, audit).await
    }
}

impl SqliteStore {
    /// Sets or clears the time at which a tenant was disabled, where it is the other way.
    async fn switch(
        &self,
        id: TenantId,
        disabled_at: Option<Timestamp>,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "enable or disable a tenant";
        let mut tx = self.write(DOING).await?;
        let switched = sqlx::query(
            "UPDATE tenants SET disabled_at = ?1
             WHERE id = ?2 AND (disabled_at IS NULL) <> (?1 IS NULL)",
        )
        .bind(disabled_at.map(micros))
        .bind(id.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if switched == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }
}
