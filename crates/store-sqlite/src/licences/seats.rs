//! Who is to have a seat, and giving and taking them.
//!
//! All of a SKU's seats are settled by a few statements, however many people are assigned it.

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};
use writeback_model::{TenantId, UserId};
use writeback_policy::licence::SkuId;
use writeback_store::StoreError;

use crate::row::{Doing, micros};

/// The common table expression `wanted` (person, whether it is not their own assignment, when
/// it was made): everybody who is assigned the SKU ?2 of the tenant ?1, by an assignment for which
/// the condition holds where there is one.
macro_rules! wanted {
    () => {
        wanted!("")
    };
    ($condition:literal) => {
        concat!(
            crate::groups::queries::people_in!(concat!(
                "SELECT group_id, assigned_at FROM licence_assignments
         WHERE tenant_id = ?1 AND sku_id = ?2 AND group_id IS NOT NULL ",
                $condition
            )),
            ",
    each (id, inherited, at) AS (
        SELECT user_id, 0, assigned_at FROM licence_assignments
        CROSS JOIN users ON users.tenant_id = ?1 AND users.id = user_id
        WHERE licence_assignments.tenant_id = ?1 AND sku_id = ?2 AND removed_at IS NULL ",
            $condition,
            "
        UNION ALL
        SELECT id, 1, at FROM people
        UNION ALL
        SELECT users.id, 1, assigned_at FROM licence_assignments
        CROSS JOIN users ON users.tenant_id = ?1
        WHERE licence_assignments.tenant_id = ?1 AND sku_id = ?2 AND user_id IS NULL
            AND group_id IS NULL AND removed_at IS NULL ",
            $condition,
            "
    ),
    wanted (id, inherited, at) AS (
        SELECT id, min(inherited), min(at) FROM each GROUP BY id
    ) "
        )
    };
}

const TAKE: &str = concat!(
    wanted!(),
    "DELETE FROM licence_seats WHERE tenant_id = ?1 AND sku_id = ?2
         AND user_id NOT IN (SELECT id FROM wanted)"
);

/// At most ?4 of those who have none get one.
const GIVE: &str = concat!(
    wanted!(),
    "INSERT INTO licence_seats (tenant_id, sku_id, user_id, granted_at)
     SELECT ?1, ?2, id, ?3 FROM wanted
     WHERE id NOT IN (SELECT user_id FROM licence_seats WHERE tenant_id = ?1 AND sku_id = ?2)
     ORDER BY inherited, at, id LIMIT ?4"
);

pub(super) const WAITING: &str = concat!(
    wanted!(),
    "SELECT id FROM wanted
     WHERE id NOT IN (SELECT user_id FROM licence_seats WHERE tenant_id = ?1 AND sku_id = ?2)
     ORDER BY inherited, at, id LIMIT ?3"
);

pub(super) const COUNT_WANTED: &str = concat!(wanted!(), "SELECT count(*) FROM wanted");

/// Whether somebody is assigned it by one of the assignments ?4 (JSON) and has a seat, if ?3 says
/// that one is needed.
pub(super) const ANYBODY: &str = concat!(
    wanted!("AND licence_assignments.seq IN (SELECT value FROM json_each(?4))"),
    "SELECT EXISTS (SELECT 1 FROM wanted WHERE NOT ?3 OR id IN
         (SELECT user_id FROM licence_seats WHERE tenant_id = ?1 AND sku_id = ?2))"
);

/// Those that look at everybody who is assigned a SKU.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[TAKE, GIVE, WAITING, COUNT_WANTED, ANYBODY];

const DOING: &str = "settle the seats of a licence";

pub(super) async fn count(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
) -> Result<u64, StoreError> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM licence_seats WHERE tenant_id = ? AND sku_id = ?")
            .bind(tenant.uuid())
            .bind(sku.uuid())
            .fetch_one(tx)
            .await
            .doing(DOING)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Gives seats to those who wait, at most so many; all where there is no limit. Answers how many
/// it gave.
pub(super) async fn give(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    now: Timestamp,
    most: Option<u64>,
) -> Result<u64, StoreError> {
    if most == Some(0) {
        return Ok(0);
    }
    // SQLite takes a negative limit for none.
    let most = most.map_or(-1, |most| i64::try_from(most).unwrap_or(i64::MAX));
    let given = sqlx::query(GIVE)
        .bind(tenant.uuid())
        .bind(sku.uuid())
        .bind(micros(now))
        .bind(most)
        .execute(tx)
        .await
        .doing(DOING)?;
    Ok(given.rows_affected())
}

/// Whoever is assigned it no more loses their seat. Answers how many did.
pub(super) async fn release(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
) -> Result<u64, StoreError> {
    let released = sqlx::query(TAKE)
        .bind(tenant.uuid())
        .bind(sku.uuid())
        .execute(tx)
        .await
        .doing(DOING)?;
    Ok(released.rows_affected())
}

/// Brings the seats of a SKU up to date: whoever is assigned it no more loses theirs, those
/// beyond a limit that was lowered lose theirs once their grace is over, and what is free goes
/// to those who wait. Answers how many seats changed hands.
pub(super) async fn settle(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let row: Option<(Option<i64>, Option<i64>)> =
        sqlx::query_as("SELECT prepaid, surplus_until FROM skus WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(sku.uuid())
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?;
    // Seats without limit are not kept.
    let Some((Some(prepaid), surplus_until)) = row else {
        return Ok(0);
    };
    let prepaid = u64::try_from(prepaid).unwrap_or(0);
    let mut changed = release(&mut *tx, tenant, sku).await?;
    let mut taken = count(&mut *tx, tenant, sku).await?;
    if surplus_until.is_some_and(|until| until <= micros(now)) && taken > prepaid {
        changed += take_surplus(&mut *tx, tenant, sku, prepaid).await?;
        taken = prepaid;
    }
    if surplus_until.is_some() && taken <= prepaid {
        sqlx::query("UPDATE skus SET surplus_until = NULL WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(sku.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
    }
    let free = prepaid.saturating_sub(taken);
    changed += give(tx, tenant, sku, now, Some(free)).await?;
    Ok(changed)
}

pub(super) async fn has_one(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    user: UserId,
) -> Result<bool, StoreError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM licence_seats
             WHERE tenant_id = ? AND sku_id = ? AND user_id = ?)",
    )
    .bind(tenant.uuid())
    .bind(sku.uuid())
    .bind(user.uuid())
    .fetch_one(tx)
    .await
    .doing(DOING)
}

/// Gives one person a seat. Whether one is free is the caller's to know.
pub(super) async fn give_one(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    user: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO licence_seats (tenant_id, sku_id, user_id, granted_at) VALUES (?, ?, ?, ?)",
    )
    .bind(tenant.uuid())
    .bind(sku.uuid())
    .bind(user.uuid())
    .bind(micros(now))
    .execute(tx)
    .await
    .doing(DOING)?;
    Ok(())
}

/// The first to get a seat keep theirs.
async fn take_surplus(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    prepaid: u64,
) -> Result<u64, StoreError> {
    let taken = sqlx::query(
        "DELETE FROM licence_seats WHERE seq IN (
             SELECT seq FROM licence_seats WHERE tenant_id = ? AND sku_id = ?
             ORDER BY seq LIMIT -1 OFFSET ?
         )",
    )
    .bind(tenant.uuid())
    .bind(sku.uuid())
    .bind(i64::try_from(prepaid).unwrap_or(i64::MAX))
    .execute(tx)
    .await
    .doing(DOING)?;
    Ok(taken.rows_affected())
}

/// Whether there is anything to settle.
pub(super) async fn any_limited(
    readers: &SqlitePool,
    tenant: TenantId,
) -> Result<bool, StoreError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM skus WHERE tenant_id = ? AND prepaid IS NOT NULL)",
    )
    .bind(tenant.uuid())
    .fetch_one(readers)
    .await
    .doing(DOING)
}

/// Settles all SKUs of a tenant. Answers how many seats changed hands.
pub(crate) async fn settle_all(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let limited: Vec<uuid::Uuid> =
        sqlx::query_scalar("SELECT id FROM skus WHERE tenant_id = ? AND prepaid IS NOT NULL")
            .bind(tenant.uuid())
            .fetch_all(&mut *tx)
            .await
            .doing(DOING)?;
    let mut changed = 0;
    for sku in limited {
        changed += settle(&mut *tx, tenant, SkuId::from_uuid(sku), now).await?;
    }
    Ok(changed)
}
