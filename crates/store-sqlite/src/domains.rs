//! Domains of tenants.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use writeback_model::{DomainName, TenantId};
use writeback_store::{
    AuditRecord, DomainStore, StoreError, TenantDomain, Verification, VerifyAnswer,
};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "tenant_domains";

fn domain(row: &SqliteRow) -> Result<TenantDomain, StoreError> {
    let columns = Columns { row, table: TABLE };
    let named = |name: &str| Verification::ALL.into_iter().find(|it| it.name() == name);
    let verified_by = columns.maybe_named("verified_by", named)?;
    Ok(TenantDomain {
        name: columns.parsed("name")?,
        token: columns.get("token")?,
        added_at: columns.time("added_at")?,
        verified: columns.maybe_time("verified_at")?.zip(verified_by),
    })
}

#[async_trait]
impl DomainStore for SqliteStore {
    async fn add_domain(
        &self,
        tenant: TenantId,
        domain: &TenantDomain,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a domain";
        let mut tx = self.write(DOING).await?;
        let added = sqlx::query(
            "INSERT INTO tenant_domains (tenant_id, name, token, added_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (tenant_id, name) DO NOTHING",
        )
        .bind(tenant.uuid())
        .bind(domain.name.as_str())
        .bind(domain.token.as_str())
        .bind(micros(domain.added_at))
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

    async fn domains(&self, tenant: TenantId) -> Result<Vec<TenantDomain>, StoreError> {
        sqlx::query("SELECT * FROM tenant_domains WHERE tenant_id = ? ORDER BY name")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list a tenant's domains")?
            .iter()
            .map(domain)
            .collect()
    }

    async fn verify_domain(
        &self,
        tenant: TenantId,
        domain: &DomainName,
        how: Verification,
        at: Timestamp,
        audit: &AuditRecord,
    ) -> Result<VerifyAnswer, StoreError> {
        const DOING: &str = "verify a domain";
        let mut tx = self.write(DOING).await?;
        // Written one at a time: what is read here holds until the commit.
        let rows = sqlx::query(
            "SELECT tenant_id, verified_at FROM tenant_domains
             WHERE name = ?1 AND (tenant_id = ?2 OR verified_at IS NOT NULL)",
        )
        .bind(domain.as_str())
        .bind(tenant.uuid())
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?;
        let (mut claimed, mut taken) = (false, false);
        for row in &rows {
            let columns = Columns { row, table: TABLE };
            let whose = columns.id("tenant_id", TenantId::from_uuid)?;
            let is_verified = columns.maybe_time("verified_at")?.is_some();
            if whose == tenant && is_verified {
                return Ok(VerifyAnswer::Already);
            }
            claimed |= whose == tenant;
            taken |= whose != tenant;
        }
        match (claimed, taken) {
            (false, _) => return Ok(VerifyAnswer::Unknown),
            (true, true) => return Ok(VerifyAnswer::Taken),
            (true, false) => {}
        }
        sqlx::query(
            "UPDATE tenant_domains SET verified_at = ?, verified_by = ?
             WHERE tenant_id = ? AND name = ?",
        )
        .bind(micros(at))
        .bind(how.name())
        .bind(tenant.uuid())
        .bind(domain.as_str())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(VerifyAnswer::Verified)
    }

    async fn remove_domain(
        &self,
        tenant: TenantId,
        domain: &DomainName,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "forget a domain";
        let mut tx = self.write(DOING).await?;
        let removed = sqlx::query("DELETE FROM tenant_domains WHERE tenant_id = ? AND name = ?")
            .bind(tenant.uuid())
            .bind(domain.as_str())
            .execute(&mut *tx)
            .await
            .doing(DOING)?
            .rows_affected();
        if removed == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn tenant_of_domain(&self, domain: &str) -> Result<Option<TenantId>, StoreError> {
        let row = sqlx::query(
            "SELECT tenant_id FROM tenant_domains WHERE name = ? AND verified_at IS NOT NULL",
        )
        .bind(domain)
        .fetch_optional(self.readers())
        .await
        .doing("find the tenant of a domain")?;
        row.as_ref()
            .map(|row| Columns { row, table: TABLE }.id("tenant_id", TenantId::from_uuid))
            .transpose()
    }
}
