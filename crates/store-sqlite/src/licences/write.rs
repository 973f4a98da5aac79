//! What was bought.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use writeback_model::TenantId;
use writeback_policy::licence::{Lowered, SkuId, Term, lower_seats};
use writeback_store::{NewSku, StoreError};

use super::{read, row, seats};
use crate::row::{Doing, micros, number};

/// `false` where the tenant has one of that identifier or part number.
pub(super) async fn add(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: &NewSku,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO skus (tenant_id, id, part_number, part_number_key, product, plans, prepaid,
                           state, ends_at, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(tenant.uuid())
    .bind(sku.id.uuid())
    .bind(sku.part_number.as_str())
    .bind(sku.part_number.to_lowercase())
    .bind(sku.product.as_str())
    .bind(row::plans_json(&sku.plans)?)
    .bind(sku.prepaid.map(number))
    .bind(sku.term.set.id())
    .bind(sku.term.ends_at.map(micros))
    .bind(micros(now))
    .execute(tx)
    .await
    .doing("keep a SKU")?;
    Ok(added.rows_affected() > 0)
}

pub(super) async fn set_term(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    term: Term,
) -> Result<bool, StoreError> {
    let set = sqlx::query("UPDATE skus SET state = ?, ends_at = ? WHERE tenant_id = ? AND id = ?")
        .bind(term.set.id())
        .bind(term.ends_at.map(micros))
        .bind(tenant.uuid())
        .bind(sku.uuid())
        .execute(tx)
        .await
        .doing("set the state of a SKU")?;
    Ok(set.rows_affected() > 0)
}

pub(super) async fn set_seats(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    id: SkuId,
    prepaid: Option<u64>,
    now: Timestamp,
) -> Result<Option<Lowered>, StoreError> {
    const DOING: &str = "set the seats of a SKU";
    seats::settle(&mut *tx, tenant, id, now).await?;
    let Some((sku, until_before)) = read::sku(&mut *tx, tenant, id).await? else {
        return Ok(None);
    };
    if sku.prepaid.is_none() && prepaid.is_some() {
        // Everybody who could use it before has a seat to lose, by the rule for all.
        seats::give(&mut *tx, tenant, id, now, None).await?;
    }
    let consumed = seats::count(&mut *tx, tenant, id).await?;
    let mut lowered = lower_seats(prepaid, consumed, now);
    if let Lowered::Surplus { until, .. } = &mut lowered
        && let Some(before) = until_before
        && let Ok(before) = Timestamp::from_microsecond(before)
    {
        // A grace is not prolonged by lowering again.
        *until = before.min(*until);
    }
    let until = match lowered {
        Lowered::Surplus { until, .. } => Some(micros(until)),
        Lowered::Enough => None,
    };
    sqlx::query("UPDATE skus SET prepaid = ?, surplus_until = ? WHERE tenant_id = ? AND id = ?")
        .bind(prepaid.map(number))
        .bind(until)
        .bind(tenant.uuid())
        .bind(id.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
    if prepaid.is_none() {
        sqlx::query("DELETE FROM licence_seats WHERE tenant_id = ? AND sku_id = ?")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
    }
    seats::settle(tx, tenant, id, now).await?;
    Ok(Some(lowered))
}
