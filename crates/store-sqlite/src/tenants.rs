//! Organisations.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use writeback_model::TenantId;
use writeback_store::{AuditRecord, StoreError, Tenant, TenantStore};

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
    })
}

#[async_trait]
impl TenantStore for SqliteStore {
    async fn add_tenant(&self, tenant: &Tenant, audit: &AuditRecord) -> Result<bool, StoreError> {
        const DOING: &str = "keep a tenant";
        let mut tx = self.write(DOING).await?;
        let added = sqlx::query(
            "INSERT INTO tenants (id, name, created_at) VALUES (?, ?, ?)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(tenant.id.uuid())
        .bind(tenant.name.as_str())
        .bind(micros(tenant.created_at))
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
}
