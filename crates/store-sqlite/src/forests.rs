//! Forests, and which import of each is running.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use writeback_model::{AgentId, DomainName, ImportId, TenantId};
use writeback_store::{Forest, ForestStore, ImportRun, StoreError};
use writeback_wire::ServedDomain;

use crate::{
    SqliteStore,
    row::{Columns, Doing, json, micros},
};

fn forest(row: &SqliteRow) -> Result<Forest, StoreError> {
    let columns = Columns {
        row,
        table: "forests",
    };
    Ok(Forest {
        name: columns.parsed("name")?,
        domains: columns.json("domains")?,
        imported_at: columns.maybe_time("imported_at")?,
        import_wanted_at: columns.maybe_time("import_wanted_at")?,
        import_began_at: columns.maybe_time("import_began_at")?,
    })
}

fn run(row: &SqliteRow) -> Result<ImportRun, StoreError> {
    let columns = Columns {
        row,
        table: "imports",
    };
    Ok(ImportRun {
        id: columns.id("id", ImportId::from_uuid)?,
        forest: columns.parsed("forest")?,
        agent: columns.id("agent_id", AgentId::from_uuid)?,
        began_at: columns.time("began_at")?,
    })
}

#[async_trait]
impl ForestStore for SqliteStore {
    async fn report_forest(
        &self,
        tenant: TenantId,
        name: &DomainName,
        domains: &[ServedDomain],
    ) -> Result<(), StoreError> {
        const DOING: &str = "keep what an agent reported of a forest";
        let mut tx = self.write(DOING).await?;
        // Agents report at every connection; what is the same is not written again.
        sqlx::query(
            "INSERT INTO forests (tenant_id, name, domains) VALUES (?, ?, ?)
             ON CONFLICT (tenant_id, name) DO UPDATE SET domains = excluded.domains
                 WHERE domains <> excluded.domains",
        )
        .bind(tenant.uuid())
        .bind(name.as_str())
        .bind(json(domains)?)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn forests(&self, tenant: TenantId) -> Result<Vec<Forest>, StoreError> {
        sqlx::query("SELECT * FROM forests WHERE tenant_id = ? ORDER BY name")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list the forests")?
            .iter()
            .map(forest)
            .collect()
    }

    async fn want_import(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "note that an import is wanted";
        let mut tx = self.write(DOING).await?;
        let noted =
            sqlx::query("UPDATE forests SET import_wanted_at = ? WHERE tenant_id = ? AND name = ?")
                .bind(micros(now))
                .bind(tenant.uuid())
                .bind(forest.as_str())
                .execute(&mut *tx)
                .await
                .doing(DOING)?
                .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(noted == 1)
    }

    async fn begin_import(&self, tenant: TenantId, run: &ImportRun) -> Result<(), StoreError> {
        const DOING: &str = "begin an import";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM imports WHERE tenant_id = ? AND forest = ?")
            .bind(tenant.uuid())
            .bind(run.forest.as_str())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        sqlx::query(
            "INSERT INTO imports (id, tenant_id, forest, agent_id, began_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(run.id.uuid())
        .bind(tenant.uuid())
        .bind(run.forest.as_str())
        .bind(run.agent.uuid())
        .bind(micros(run.began_at))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        sqlx::query("UPDATE forests SET import_began_at = ? WHERE tenant_id = ? AND name = ?")
            .bind(micros(run.began_at))
            .bind(tenant.uuid())
            .bind(run.forest.as_str())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn running_import(
        &self,
        tenant: TenantId,
        id: ImportId,
    ) -> Result<Option<ImportRun>, StoreError> {
        sqlx::query("SELECT * FROM imports WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a running import")?
            .as_ref()
            .map(run)
            .transpose()
    }

    async fn abandon_import(&self, tenant: TenantId, id: ImportId) -> Result<(), StoreError> {
        const DOING: &str = "abandon an import";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM imports WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }
}
