//! Connector spaces.

mod batch;
mod complete;
mod groups;
mod import;
mod read;
mod write;

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{AgentId, DomainName, RunId, SourceAnchor, TenantId, UserId};
use writeback_store::{
    AuditRecord, BatchAnswer, CompleteAnswer, ConnectorStore, Group, ObjectCounts, StoreError,
    Which,
};
use writeback_sync::{Object, Problem};
use writeback_wire::http::{ImportBatch, ImportComplete};

#[cfg(test)]
use crate::bulk::Bulk;
use crate::{SqliteStore, audit::append_audit, row::Doing};

pub(crate) use import::begin_full_import;

/// What is written for each batch.
#[cfg(test)]
pub(crate) const BULK: &[Bulk] = &[write::ADD];

/// What is asked and written for each batch, too.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    batch::DIFFERING,
    batch::REMOVE,
    batch::SEE,
    write::UPDATE,
    groups::OF_USER,
];

#[async_trait]
impl ConnectorStore for SqliteStore {
    async fn put_batch(
        &self,
        tenant: TenantId,
        run: RunId,
        agent: AgentId,
        batch: &ImportBatch,
        now: Timestamp,
    ) -> Result<BatchAnswer, StoreError> {
        const DOING: &str = "keep a batch of an import";
        // Before the write lock is taken: it costs as much as the writing.
        let prepared = batch::Prepared::new(batch)?;
        let mut tx = self.write(DOING).await?;
        let Some(import) = import::running(&mut tx, tenant, run, agent, DOING).await? else {
            return Ok(BatchAnswer::NotRunning);
        };
        if batch.sequence < import.next_sequence {
            return Ok(BatchAnswer::Repeated);
        }
        if batch.sequence > import.next_sequence {
            let due = import.next_sequence;
            return Ok(BatchAnswer::OutOfOrder { due });
        }
        batch::put(&mut tx, &import, &prepared, now, DOING).await?;
        tx.commit().await.doing(DOING)?;
        Ok(BatchAnswer::Kept)
    }

    async fn complete_import(
        &self,
        tenant: TenantId,
        run: RunId,
        agent: AgentId,
        complete: &ImportComplete,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CompleteAnswer, StoreError> {
        const DOING: &str = "complete an import";
        let mut tx = self.write(DOING).await?;
        let Some(import) = import::running(&mut tx, tenant, run, agent, DOING).await? else {
            return Ok(CompleteAnswer::NotRunning);
        };
        if complete.batches != import.next_sequence || complete.objects != import.uploaded {
            return Ok(CompleteAnswer::Incomplete);
        }
        let answer = complete::end(&mut tx, &import, complete, now, DOING).await?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(answer)
    }

    async fn objects(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        which: Which,
        after: Option<SourceAnchor>,
        limit: u32,
    ) -> Result<Vec<Object>, StoreError> {
        read::objects(self.readers(), tenant, forest, which, after, limit).await
    }

    async fn group_is_pending(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<bool, StoreError> {
        read::group_is_pending(self.readers(), tenant, forest).await
    }

    async fn objects_by_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Vec<Object>, StoreError> {
        read::objects_by_name(self.readers(), tenant, name).await
    }

    async fn problems(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        limit: u32,
    ) -> Result<Vec<(SourceAnchor, String, Vec<Problem>)>, StoreError> {
        read::problems(self.readers(), tenant, forest, limit).await
    }

    async fn members_of_group(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        group: &str,
    ) -> Result<Option<Vec<SourceAnchor>>, StoreError> {
        groups::members(self.readers(), tenant, forest, group).await
    }

    async fn groups_of_user(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<Group>, StoreError> {
        groups::of_user(self.readers(), tenant, user).await
    }

    async fn count_objects(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<ObjectCounts, StoreError> {
        read::counts(self.readers(), tenant, forest).await
    }
}
