//! Forests.

use async_trait::async_trait;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use writeback_model::{DomainName, TenantId};
use writeback_store::{Forest, ForestStore, StoreError};
use writeback_wire::{Position, ServedDomain};

use crate::{
    SqliteStore,
    row::{Columns, Doing, json},
};

const TABLE: &str = "forests";

fn forest(row: &SqliteRow) -> Result<Forest, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(Forest {
        name: columns.parsed("name")?,
        domains: columns.json("domains")?,
        full_import_at: columns.maybe_time("full_import_at")?,
        delta_import_at: columns.maybe_time("delta_import_at")?,
        full_sync_at: columns.maybe_time("full_sync_at")?,
        delta_sync_at: columns.maybe_time("delta_sync_at")?,
        export_at: columns.maybe_time("export_at")?,
        scope: columns.get("scope")?,
        sees_deletions: columns.get("sees_deletions")?,
        positions: columns.json("positions")?,
        full_import_positions: columns.json("full_import_positions")?,
        guard_stopped_at: columns.maybe_time("guard_stopped_at")?,
    })
}

/// What an import goes by in its forest.
pub(crate) struct Progress {
    pub(crate) positions: Vec<Position>,
    pub(crate) full_import_positions: Vec<Position>,
    /// The number of the full import that is under way or was interrupted.
    pub(crate) number: i64,
}

impl Progress {
    /// Puts one domain's position in place of the one from before.
    pub(crate) fn put(positions: &mut Vec<Position>, position: &Position) {
        positions.retain(|known| known.domain != position.domain);
        positions.push(position.clone());
    }
}

pub(crate) async fn progress(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &str,
    doing: &'static str,
) -> Result<Progress, StoreError> {
    let row = sqlx::query(
        "SELECT positions, full_import_positions, full_import_number FROM forests
         WHERE tenant_id = ? AND name = ?",
    )
    .bind(tenant.uuid())
    .bind(forest)
    .fetch_one(tx)
    .await
    .doing(doing)?;
    let columns = Columns {
        row: &row,
        table: TABLE,
    };
    Ok(Progress {
        positions: columns.json("positions")?,
        full_import_positions: columns.json("full_import_positions")?,
        number: columns.get("full_import_number")?,
    })
}

pub(crate) async fn put_progress(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &str,
    progress: &Progress,
    doing: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE forests SET positions = ?, full_import_positions = ?, full_import_number = ?
         WHERE tenant_id = ? AND name = ?",
    )
    .bind(json(&progress.positions)?)
    .bind(json(&progress.full_import_positions)?)
    .bind(progress.number)
    .bind(tenant.uuid())
    .bind(forest)
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(())
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

    async fn forget_positions(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<(), StoreError> {
        const DOING: &str = "forget how far a forest was read";
        let mut tx = self.write(DOING).await?;
        sqlx::query("UPDATE forests SET positions = '[]' WHERE tenant_id = ? AND name = ?")
            .bind(tenant.uuid())
            .bind(forest.as_str())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }
}
