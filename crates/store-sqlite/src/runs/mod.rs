//! Runs: the wishes, the one that is under way in each forest, and the history.

mod row;

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{DomainName, RunId, TenantId};
use writeback_store::{AuditRecord, Run, RunEnd, RunProblem, RunStore, StoreError, WantedCycle};
use writeback_sync::{Counts, Profile, RunResult};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Doing, json, micros, number},
};

pub(crate) use row::{TABLE, note_problems};

/// What is written for each batch.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[row::NOTE_PROBLEMS];

#[async_trait]
impl RunStore for SqliteStore {
    async fn want_cycle(
        &self,
        tenant: TenantId,
        wanted: &WantedCycle,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "note that a run is wanted";
        let mut tx = self.write(DOING).await?;
        let noted = sqlx::query(
            "INSERT INTO wanted_cycles (cycle, tenant_id, forest, profiles, wanted_by, wanted_at)
             SELECT ?, tenant_id, name, ?, ?, ? FROM forests WHERE tenant_id = ? AND name = ?",
        )
        .bind(wanted.cycle.uuid())
        .bind(json(&wanted.profiles)?)
        .bind(wanted.by.as_str())
        .bind(micros(wanted.at))
        .bind(tenant.uuid())
        .bind(wanted.forest.as_str())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if noted == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn wanted_cycles(&self, tenant: TenantId) -> Result<Vec<WantedCycle>, StoreError> {
        sqlx::query("SELECT * FROM wanted_cycles WHERE tenant_id = ? ORDER BY wanted_at, cycle")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list the wanted runs")?
            .iter()
            .map(row::wanted)
            .collect()
    }

    async fn take_wanted(&self, tenant: TenantId, cycle: RunId) -> Result<bool, StoreError> {
        const DOING: &str = "take a wanted run";
        let mut tx = self.write(DOING).await?;
        let taken = sqlx::query("DELETE FROM wanted_cycles WHERE tenant_id = ? AND cycle = ?")
            .bind(tenant.uuid())
            .bind(cycle.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?
            .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(taken == 1)
    }

    async fn begin_run(
        &self,
        tenant: TenantId,
        run: &Run,
        continues: bool,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "begin a run";
        let mut tx = self.write(DOING).await?;
        if !row::insert(&mut tx, tenant, run, DOING).await? {
            return Ok(false);
        }
        if run.profile == Profile::FullImport && run.ended_at.is_none() {
            crate::connector::begin_full_import(&mut tx, tenant, &run.forest, continues, DOING)
                .await?;
        }
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn note_progress(
        &self,
        tenant: TenantId,
        run: RunId,
        counts: Counts,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "note the progress of a run";
        let mut tx = self.write(DOING).await?;
        let noted = sqlx::query(
            "UPDATE runs SET read = ?, added = ?, updated = ?, removed = ?, unchanged = ?,
                 problems = ?, expected = ?, progress_at = ?
             WHERE id = ? AND tenant_id = ? AND ended_at IS NULL",
        )
        .bind(number(counts.read))
        .bind(number(counts.added))
        .bind(number(counts.updated))
        .bind(number(counts.removed))
        .bind(number(counts.unchanged))
        .bind(number(counts.problems))
        .bind(expected.map(number))
        .bind(micros(now))
        .bind(run.uuid())
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(noted == 1)
    }

    async fn end_run(
        &self,
        tenant: TenantId,
        run: RunId,
        end: &RunEnd,
        audit: Option<&AuditRecord>,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "end a run";
        let mut tx = self.write(DOING).await?;
        let Some((forest, profile)) = row::end(&mut tx, tenant, run, end, DOING).await? else {
            return Ok(false);
        };
        if matches!(
            end.result,
            RunResult::Success | RunResult::CompletedWithProblems
        ) {
            row::set_time(&mut tx, tenant, &forest, profile, end.at, DOING).await?;
        }
        if let Some(audit) = audit {
            append_audit(&mut tx, audit).await?;
        }
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn forget_run(&self, tenant: TenantId, run: RunId) -> Result<(), StoreError> {
        const DOING: &str = "forget a run";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM runs WHERE id = ? AND tenant_id = ? AND ended_at IS NOT NULL")
            .bind(run.uuid())
            .bind(tenant.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn run(&self, tenant: TenantId, run: RunId) -> Result<Option<Run>, StoreError> {
        sqlx::query("SELECT * FROM runs WHERE id = ? AND tenant_id = ?")
            .bind(run.uuid())
            .bind(tenant.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a run")?
            .as_ref()
            .map(row::run)
            .transpose()
    }

    async fn running(&self, tenant: TenantId) -> Result<Vec<Run>, StoreError> {
        sqlx::query("SELECT * FROM runs WHERE tenant_id = ? AND ended_at IS NULL ORDER BY forest")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list the runs that are under way")?
            .iter()
            .map(row::run)
            .collect()
    }

    async fn runs(
        &self,
        tenant: TenantId,
        forest: Option<&DomainName>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        let query = match forest {
            Some(forest) => sqlx::query(
                "SELECT * FROM runs WHERE tenant_id = ? AND forest = ?
                 ORDER BY began_at DESC, rowid DESC LIMIT ?",
            )
            .bind(tenant.uuid())
            .bind(forest.as_str()),
            None => sqlx::query(
                "SELECT * FROM runs WHERE tenant_id = ?
                 ORDER BY began_at DESC, rowid DESC LIMIT ?",
            )
            .bind(tenant.uuid()),
        };
        query
            .bind(limit)
            .fetch_all(self.readers())
            .await
            .doing("list the runs")?
            .iter()
            .map(row::run)
            .collect()
    }

    async fn runs_of_cycle(&self, tenant: TenantId, cycle: RunId) -> Result<Vec<Run>, StoreError> {
        sqlx::query("SELECT * FROM runs WHERE tenant_id = ? AND cycle = ? ORDER BY began_at, rowid")
            .bind(tenant.uuid())
            .bind(cycle.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list the runs of a cycle")?
            .iter()
            .map(row::run)
            .collect()
    }

    async fn run_problems(
        &self,
        tenant: TenantId,
        run: RunId,
    ) -> Result<Vec<RunProblem>, StoreError> {
        sqlx::query(
            "SELECT run_problems.* FROM runs JOIN run_problems ON run_id = runs.id
             WHERE runs.id = ? AND tenant_id = ? ORDER BY seq",
        )
        .bind(run.uuid())
        .bind(tenant.uuid())
        .fetch_all(self.readers())
        .await
        .doing("list the problems of a run")?
        .iter()
        .map(row::problem)
        .collect()
    }

    async fn forget_runs_before(
        &self,
        tenant: TenantId,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        const DOING: &str = "forget old runs";
        let mut tx = self.write(DOING).await?;
        let forgotten = sqlx::query("DELETE FROM runs WHERE tenant_id = ? AND ended_at < ?")
            .bind(tenant.uuid())
            .bind(micros(before))
            .execute(&mut *tx)
            .await
            .doing(DOING)?
            .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(forgotten)
    }
}
