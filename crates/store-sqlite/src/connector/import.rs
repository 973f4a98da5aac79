//! The import that is under way.

use sqlx::SqliteConnection;
use writeback_model::{AgentId, DomainName, RunId, TenantId};
use writeback_store::StoreError;
use writeback_sync::Profile;

use crate::{
    forests::{progress, put_progress},
    row::{Columns, Doing, json},
    runs,
};

/// An import, as its run and its forest have it.
pub(super) struct Import {
    pub(super) tenant: TenantId,
    pub(super) run: RunId,
    pub(super) forest: String,
    pub(super) profile: Profile,
    /// The batch that is due.
    pub(super) next_sequence: u32,
    /// How many objects the batches before it had.
    pub(super) uploaded: u64,
    /// How many objects it met that are new, differ or are gone.
    pub(super) changes: u64,
    /// How many problems it met.
    pub(super) problems: u64,
}

/// The import, if that agent does it and it is under way.
pub(super) async fn running(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    run: RunId,
    agent: AgentId,
    doing: &'static str,
) -> Result<Option<Import>, StoreError> {
    let row = sqlx::query(
        "SELECT * FROM runs WHERE id = ? AND tenant_id = ? AND agent_id = ? AND ended_at IS NULL
             AND profile IN ('full-import', 'delta-import')",
    )
    .bind(run.uuid())
    .bind(tenant.uuid())
    .bind(agent.uuid())
    .fetch_optional(tx)
    .await
    .doing(doing)?;
    row.map(|row| {
        let columns = Columns {
            row: &row,
            table: runs::TABLE,
        };
        Ok(Import {
            tenant,
            run,
            forest: columns.get("forest")?,
            profile: columns.named("profile", Profile::from_name)?,
            next_sequence: columns.get("next_sequence")?,
            uploaded: columns.number("uploaded")?,
            changes: columns.number("added")?
                + columns.number("updated")?
                + columns.number("removed")?,
            problems: columns.number("problems")?,
        })
    })
    .transpose()
}

/// Makes ready for a full import. One that goes on keeps what was seen in the domains that were
/// read whole; in the others an object may have gone since it was seen.
pub(crate) async fn begin_full_import(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &DomainName,
    continues: bool,
    doing: &'static str,
) -> Result<(), StoreError> {
    let mut progress = progress(&mut *tx, tenant, forest.as_str(), doing).await?;
    if continues && !progress.full_import_positions.is_empty() {
        let whole: Vec<_> = progress
            .full_import_positions
            .iter()
            .map(|position| &position.domain)
            .collect();
        sqlx::query(
            "DELETE FROM full_import_seen WHERE object_id IN (
                 SELECT id FROM connector_objects WHERE tenant_id = ? AND forest = ?
                     AND domain NOT IN (SELECT value FROM json_each(?)))",
        )
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .bind(json(&whole)?)
        .execute(tx)
        .await
        .doing(doing)?;
        return Ok(());
    }
    progress.full_import_positions.clear();
    progress.number += 1;
    put_progress(tx, tenant, forest.as_str(), &progress, doing).await
}
