//! Licences: SKUs, assignments and seats.

mod assign;
mod read;
mod row;
mod seats;
mod write;

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{TenantId, UserId};
use writeback_policy::licence::{HeldLicence, Lowered, ServicePlanId, SkuId, Term};
use writeback_store::{
    AssignAnswer, Assignee, AuditRecord, LicenceAssignment, LicenceStore, NewSku, StoreError,
    SubscribedSku,
};

pub(crate) use seats::settle_all;
#[cfg(test)]
pub(crate) use {read::HELD, seats::STATEMENTS};

use crate::{SqliteStore, audit::append_audit, row::Doing};

#[async_trait]
impl LicenceStore for SqliteStore {
    async fn add_sku(
        &self,
        tenant: TenantId,
        sku: &NewSku,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a SKU";
        let mut tx = self.write(DOING).await?;
        if !write::add(&mut tx, tenant, sku, now).await? {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn skus(
        &self,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<Vec<SubscribedSku>, StoreError> {
        read::skus(self.readers(), tenant, now).await
    }

    async fn set_seats(
        &self,
        tenant: TenantId,
        sku: SkuId,
        prepaid: Option<u64>,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Option<Lowered>, StoreError> {
        const DOING: &str = "set the seats of a SKU";
        let mut tx = self.write(DOING).await?;
        let Some(lowered) = write::set_seats(&mut tx, tenant, sku, prepaid, now).await? else {
            return Ok(None);
        };
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(Some(lowered))
    }

    async fn set_term(
        &self,
        tenant: TenantId,
        sku: SkuId,
        term: Term,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "set the state of a SKU";
        let mut tx = self.write(DOING).await?;
        if !write::set_term(&mut tx, tenant, sku, term).await? {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn assign_licence(
        &self,
        tenant: TenantId,
        sku: SkuId,
        to: Assignee,
        disabled: &[ServicePlanId],
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<AssignAnswer, StoreError> {
        const DOING: &str = "assign a licence";
        let mut tx = self.write(DOING).await?;
        let answer = assign::assign(&mut tx, tenant, sku, to, disabled, now).await?;
        if matches!(answer, AssignAnswer::Assigned { .. }) {
            append_audit(&mut tx, audit).await?;
            tx.commit().await.doing(DOING)?;
        }
        Ok(answer)
    }

    async fn try_assign_licence(
        &self,
        tenant: TenantId,
        sku: SkuId,
        to: Assignee,
        disabled: &[ServicePlanId],
        now: Timestamp,
    ) -> Result<AssignAnswer, StoreError> {
        let mut tx = self.write("try to assign a licence").await?;
        // The transaction is given up.
        assign::assign(&mut tx, tenant, sku, to, disabled, now).await
    }

    async fn unassign_licence(
        &self,
        tenant: TenantId,
        sku: SkuId,
        from: Assignee,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "take a licence back";
        let mut tx = self.write(DOING).await?;
        if !assign::unassign(&mut tx, tenant, sku, from, now).await? {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn licence_assignments(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<LicenceAssignment>, StoreError> {
        read::assignments(self.readers(), tenant).await
    }

    async fn held_licences(
        &self,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<HeldLicence>, StoreError> {
        read::held(self.readers(), tenant, user, now).await
    }

    async fn without_seat(
        &self,
        tenant: TenantId,
        sku: SkuId,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        const DOING: &str = "find who waits for a seat";
        let mut snapshot = self.readers().begin().await.doing(DOING)?;
        match read::sku(&mut snapshot, tenant, sku).await? {
            Some((bought, _)) if bought.prepaid.is_some() => {
                read::waiting(&mut snapshot, tenant, sku, limit).await
            }
            _ => Ok(Vec::new()),
        }
    }

    async fn any_licence_assigned(
        &self,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        read::any_assigned(self.readers(), tenant, now).await
    }

    async fn settle_seats(
        &self,
        tenant: TenantId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError> {
        const DOING: &str = "settle the seats of licences";
        if !seats::any_limited(self.readers(), tenant).await? {
            return Ok(0);
        }
        let mut tx = self.write(DOING).await?;
        let changed = settle_all(&mut tx, tenant, now).await?;
        if changed > 0 {
            append_audit(&mut tx, audit).await?;
        }
        tx.commit().await.doing(DOING)?;
        Ok(changed)
    }
}
