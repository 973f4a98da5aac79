//! Reset policies.

use async_trait::async_trait;
use writeback_model::TenantId;
use writeback_policy::access::ResetPolicy;
use writeback_store::{AuditRecord, ResetPolicyStore, StoreError};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, json},
};

#[async_trait]
impl ResetPolicyStore for SqliteStore {
    async fn reset_policy(&self, tenant: TenantId) -> Result<ResetPolicy, StoreError> {
        let row = sqlx::query("SELECT policy FROM reset_policies WHERE tenant_id = ?")
            .bind(tenant.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("read the reset policy")?;
        row.map_or_else(
            || Ok(ResetPolicy::default()),
            |row| {
                Columns {
                    row: &row,
                    table: "reset_policies",
                }
                .json("policy")
            },
        )
    }

    async fn set_reset_policy(
        &self,
        tenant: TenantId,
        policy: &ResetPolicy,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "set the reset policy";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "INSERT INTO reset_policies (tenant_id, policy) VALUES (?, ?)
             ON CONFLICT (tenant_id) DO UPDATE SET policy = excluded.policy",
        )
        .bind(tenant.uuid())
        .bind(json(policy)?)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }
}
