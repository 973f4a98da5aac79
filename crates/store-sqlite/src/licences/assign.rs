//! Assigning licences and taking them back.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use writeback_model::TenantId;
use writeback_policy::licence::{ServicePlanId, SkuId, free_seats};
use writeback_store::{AssignAnswer, Assignee, StoreError};

use super::{read, row, seats};
use crate::{
    groups,
    row::{Doing, micros},
};

const DOING: &str = "assign a licence";

/// The columns `user_id` and `group_id` of an assignee.
fn keys(to: Assignee) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    match to {
        Assignee::User(user) => (Some(user.uuid().into_bytes().to_vec()), None),
        Assignee::Group(group) => (None, Some(groups::key(group))),
        Assignee::Everybody => (None, None),
    }
}

/// Assigns, inside a transaction that is given up where the answer is not `Assigned`.
pub(super) async fn assign(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    id: SkuId,
    to: Assignee,
    disabled: &[ServicePlanId],
    now: Timestamp,
) -> Result<AssignAnswer, StoreError> {
    let Some((sku, _)) = read::sku(&mut *tx, tenant, id).await? else {
        return Ok(AssignAnswer::NoSku);
    };
    let carried = |plan: &ServicePlanId| sku.plans.iter().any(|it| it.id == *plan);
    if let Some(plan) = disabled.iter().find(|plan| !carried(plan)) {
        return Ok(AssignAnswer::NoPlan(*plan));
    }
    let state = sku.term.state(now);
    if !state.works() {
        return Ok(AssignAnswer::NotRunning(state));
    }
    if !is_there(&mut *tx, tenant, to).await? {
        return Ok(AssignAnswer::NoAssignee);
    }
    put(&mut *tx, tenant, id, to, disabled, now).await?;
    let Some(prepaid) = sku.prepaid else {
        return Ok(AssignAnswer::Assigned { without_seat: 0 });
    };
    if let Assignee::User(user) = to
        && !seats::has_one(&mut *tx, tenant, id, user).await?
    {
        // Not settled before: what is free goes to them, not to those who wait by a group.
        seats::release(&mut *tx, tenant, id).await?;
        let consumed = seats::count(&mut *tx, tenant, id).await?;
        if free_seats(Some(prepaid), consumed) == 0 {
            return Ok(AssignAnswer::NoSeat { prepaid, consumed });
        }
        seats::give_one(&mut *tx, tenant, id, user, now).await?;
    }
    seats::settle(&mut *tx, tenant, id, now).await?;
    let waiting = read::waiting(tx, tenant, id, u32::MAX).await?;
    Ok(AssignAnswer::Assigned {
        without_seat: waiting.len() as u64,
    })
}

async fn is_there(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    to: Assignee,
) -> Result<bool, StoreError> {
    match to {
        Assignee::Everybody => Ok(true),
        Assignee::Group(group) => Ok(groups::find_group(tx, tenant, group).await?.is_some()),
        Assignee::User(user) => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM users
                 WHERE tenant_id = ? AND id = ? AND removed_at IS NULL)",
        )
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_one(tx)
        .await
        .doing(DOING),
    }
}

/// Keeps the assignment; one that is there gets the new disabled plans and keeps its time.
async fn put(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    to: Assignee,
    disabled: &[ServicePlanId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (user, group) = keys(to);
    let disabled = row::disabled_json(disabled)?;
    let changed = sqlx::query(
        "UPDATE licence_assignments SET disabled_plans = ?
         WHERE tenant_id = ? AND sku_id = ? AND user_id IS ? AND group_id IS ?",
    )
    .bind(disabled.as_str())
    .bind(tenant.uuid())
    .bind(sku.uuid())
    .bind(user.as_deref())
    .bind(group.as_deref())
    .execute(&mut *tx)
    .await
    .doing(DOING)?;
    if changed.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO licence_assignments
             (tenant_id, sku_id, user_id, group_id, disabled_plans, assigned_at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(tenant.uuid())
    .bind(sku.uuid())
    .bind(user)
    .bind(group)
    .bind(disabled)
    .bind(micros(now))
    .execute(tx)
    .await
    .doing(DOING)?;
    Ok(())
}

/// Takes an assignment back. `false` where there is none.
pub(super) async fn unassign(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    from: Assignee,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (user, group) = keys(from);
    let done = sqlx::query(
        "DELETE FROM licence_assignments
         WHERE tenant_id = ? AND sku_id = ? AND user_id IS ? AND group_id IS ?",
    )
    .bind(tenant.uuid())
    .bind(sku.uuid())
    .bind(user)
    .bind(group)
    .execute(&mut *tx)
    .await
    .doing("take a licence back")?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    seats::settle(tx, tenant, sku, now).await?;
    Ok(true)
}
