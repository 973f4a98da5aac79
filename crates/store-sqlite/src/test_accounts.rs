//! Accounts that tests may reset.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{TenantId, UserId};
use writeback_store::{AuditRecord, DesignateAnswer, StoreError, TestAccountStore};

use crate::{
    SqliteStore,
    audit::append_audit,
    roles::is_there,
    row::{Columns, Doing, micros},
};

#[async_trait]
impl TestAccountStore for SqliteStore {
    async fn designate_test_account(
        &self,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<DesignateAnswer, StoreError> {
        const DOING: &str = "designate a test account";
        let mut tx = self.write(DOING).await?;
        if !is_there(&mut tx, tenant, user).await.doing(DOING)? {
            return Ok(DesignateAnswer::NoUser);
        }
        let designated = sqlx::query(
            "INSERT INTO test_accounts (tenant_id, user_id, designated_at)
             VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(tenant.uuid())
        .bind(user.uuid())
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        if designated.rows_affected() == 0 {
            return Ok(DesignateAnswer::AsBefore);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(DesignateAnswer::Designated)
    }

    async fn release_test_account(
        &self,
        tenant: TenantId,
        user: UserId,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "release a test account";
        let mut tx = self.write(DOING).await?;
        let released = sqlx::query("DELETE FROM test_accounts WHERE tenant_id = ? AND user_id = ?")
            .bind(tenant.uuid())
            .bind(user.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        if released.rows_affected() == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn test_account_since(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(
            "SELECT designated_at FROM test_accounts CROSS JOIN users
                 ON users.tenant_id = test_accounts.tenant_id AND users.id = user_id
             WHERE test_accounts.tenant_id = ? AND user_id = ? AND removed_at IS NULL",
        )
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_optional(self.readers())
        .await
        .doing("look for a test account")?;
        row.map(|row| {
            let columns = Columns {
                row: &row,
                table: "test_accounts",
            };
            columns.time("designated_at")
        })
        .transpose()
    }
}
