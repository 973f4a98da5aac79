//! The end of an import.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use writeback_store::{CompleteAnswer, StoreError};
use writeback_sync::{Profile, RunResult};
use writeback_wire::http::ImportComplete;

use super::import::Import;
use crate::{
    forests::{progress, put_progress},
    row::{Doing, json, micros, number},
};

/// Ends an import that brought everything.
pub(super) async fn end(
    tx: &mut SqliteConnection,
    import: &Import,
    complete: &ImportComplete,
    now: Timestamp,
    doing: &'static str,
) -> Result<CompleteAnswer, StoreError> {
    let full = import.profile == Profile::FullImport;
    let mut gone = 0;
    if full {
        let mut progress = progress(&mut *tx, import.tenant, &import.forest, doing).await?;
        gone = mark_unseen(&mut *tx, import, progress.number, doing).await?;
        progress.positions = std::mem::take(&mut progress.full_import_positions);
        // What it has seen counts for no later one.
        progress.number += 1;
        put_progress(&mut *tx, import.tenant, &import.forest, &progress, doing).await?;
    }
    end_run(&mut *tx, import, complete, gone, now, doing).await?;
    note_in_forest(tx, import, complete, now, doing).await?;
    Ok(CompleteAnswer::Complete {
        gone,
        changed: import.changes + gone > 0,
    })
}

/// Marks as gone what a full import has not seen.
async fn mark_unseen(
    tx: &mut SqliteConnection,
    import: &Import,
    full_import: i64,
    doing: &'static str,
) -> Result<u64, StoreError> {
    let gone = sqlx::query(
        "UPDATE connector_objects SET gone = 'not_found', due = 1
         WHERE tenant_id = ? AND forest = ? AND gone IS NULL AND NOT EXISTS (
             SELECT 1 FROM full_import_seen
             WHERE object_id = connector_objects.id AND number = ?)",
    )
    .bind(import.tenant.uuid())
    .bind(import.forest.as_str())
    .bind(full_import)
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(gone.rows_affected())
}

async fn end_run(
    tx: &mut SqliteConnection,
    import: &Import,
    complete: &ImportComplete,
    gone: u64,
    now: Timestamp,
    doing: &'static str,
) -> Result<(), StoreError> {
    let result = if import.problems == 0 {
        RunResult::Success
    } else {
        RunResult::CompletedWithProblems
    };
    sqlx::query(
        "UPDATE runs SET result = ?, removed = removed + ?, controllers = ?, ended_at = ?,
             progress_at = ?
         WHERE id = ? AND tenant_id = ?",
    )
    .bind(result.name())
    .bind(number(gone))
    .bind(json(&complete.controllers)?)
    .bind(micros(now))
    .bind(micros(now))
    .bind(import.run.uuid())
    .bind(import.tenant.uuid())
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(())
}

async fn note_in_forest(
    tx: &mut SqliteConnection,
    import: &Import,
    complete: &ImportComplete,
    now: Timestamp,
    doing: &'static str,
) -> Result<(), StoreError> {
    let query = if import.profile == Profile::FullImport {
        sqlx::query(
            "UPDATE forests SET full_import_at = ?, sees_deletions = ?, scope = ?
             WHERE tenant_id = ? AND name = ?",
        )
        .bind(micros(now))
        .bind(complete.sees_deletions)
        .bind(complete.scope.as_str())
    } else {
        // It read what changed in its scope: of the rest only a full import knows.
        sqlx::query(
            "UPDATE forests SET delta_import_at = ?, sees_deletions = ?
             WHERE tenant_id = ? AND name = ?",
        )
        .bind(micros(now))
        .bind(complete.sees_deletions)
    };
    query
        .bind(import.tenant.uuid())
        .bind(import.forest.as_str())
        .execute(tx)
        .await
        .doing(doing)?;
    Ok(())
}
