//! What the doctor found.

use async_trait::async_trait;
use writeback_model::TenantId;
use writeback_store::{DoctorLook, DoctorLookStore, LOOKS_KEPT, StoreError};

use crate::{
    SqliteStore,
    row::{Columns, Doing, micros},
};

#[async_trait]
impl DoctorLookStore for SqliteStore {
    async fn add_doctor_look(&self, tenant: TenantId, look: &DoctorLook) -> Result<(), StoreError> {
        const DOING: &str = "keep what the doctor found";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "INSERT OR REPLACE INTO doctor_looks (tenant_id, began_at, looked_at, findings)
             VALUES (?, ?, ?, ?)",
        )
        .bind(tenant.uuid())
        .bind(micros(look.began_at))
        .bind(micros(look.looked_at))
        .bind(&look.findings)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        sqlx::query(
            "DELETE FROM doctor_looks WHERE tenant_id = ?1 AND began_at NOT IN
                 (SELECT began_at FROM doctor_looks WHERE tenant_id = ?1
                  ORDER BY began_at DESC LIMIT ?2)",
        )
        .bind(tenant.uuid())
        .bind(LOOKS_KEPT)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn renew_doctor_look(
        &self,
        tenant: TenantId,
        look: &DoctorLook,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "note what the doctor found again";
        let mut tx = self.write(DOING).await?;
        let renewed = sqlx::query(
            "UPDATE doctor_looks SET looked_at = ?3, findings = ?4
             WHERE tenant_id = ?1 AND began_at = ?2 AND looked_at <= ?3",
        )
        .bind(tenant.uuid())
        .bind(micros(look.began_at))
        .bind(micros(look.looked_at))
        .bind(&look.findings)
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(renewed > 0)
    }

    async fn doctor_looks(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<DoctorLook>, StoreError> {
        sqlx::query(
            "SELECT began_at, looked_at, findings FROM doctor_looks
             WHERE tenant_id = ? ORDER BY began_at DESC LIMIT ?",
        )
        .bind(tenant.uuid())
        .bind(limit)
        .fetch_all(self.readers())
        .await
        .doing("list what the doctor found")?
        .iter()
        .map(|row| {
            let columns = Columns {
                row,
                table: "doctor_looks",
            };
            Ok(DoctorLook {
                began_at: columns.time("began_at")?,
                looked_at: columns.time("looked_at")?,
                findings: columns.get("findings")?,
            })
        })
        .collect()
    }
}
