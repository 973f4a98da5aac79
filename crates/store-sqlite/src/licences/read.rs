//! Who holds what.

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool, sqlite::SqliteRow};
use writeback_model::{GroupId, TenantId, UserId};
use writeback_policy::licence::{HeldLicence, Plan, Seat, SkuId, Via};
use writeback_store::{Assignee, GroupRef, LicenceAssignment, StoreError, SubscribedSku};

use super::{row, seats};
use crate::{
    groups::{group_id, of_user, queries::my_groups},
    row::{Columns, Doing, json, micros},
};

/// The assignments that reach a person, with their seats. The place in the order of seats is
/// only asked for where there are too many.
pub(crate) const HELD: &str = concat!(
    my_groups!(),
    ", reaching (seq) AS (
        SELECT seq FROM licence_assignments WHERE tenant_id = ?1 AND user_id = ?2
        UNION ALL
        SELECT seq FROM mine
        CROSS JOIN licence_assignments ON tenant_id = ?1 AND group_id = mine.id
        UNION ALL
        SELECT seq FROM licence_assignments
        WHERE tenant_id = ?1 AND user_id IS NULL AND group_id IS NULL
    )
    SELECT assigned.user_id, assigned.group_id, assigned.disabled_plans, skus.id,
        skus.part_number, skus.plans, skus.prepaid, skus.state, skus.ends_at,
        skus.surplus_until, seats.seq AS seat,
        iif(skus.surplus_until IS NULL, 0, (
            SELECT count(*) FROM licence_seats AS before
            WHERE before.tenant_id = ?1 AND before.sku_id = skus.id AND before.seq <= seats.seq
        )) AS place
    FROM reaching
    CROSS JOIN licence_assignments AS assigned ON assigned.seq = reaching.seq
    CROSS JOIN skus ON skus.tenant_id = ?1 AND skus.id = assigned.sku_id
    LEFT JOIN licence_seats AS seats ON seats.tenant_id = ?1 AND seats.sku_id = skus.id
        AND seats.user_id = ?2
    WHERE EXISTS (
        SELECT 1 FROM users WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL
    )
    ORDER BY assigned.assigned_at, assigned.seq"
);

pub(super) async fn held(
    readers: &SqlitePool,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<HeldLicence>, StoreError> {
    const DOING: &str = "find the licences of a user";
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let rows = sqlx::query(HELD)
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_all(&mut *snapshot)
        .await
        .doing(DOING)?;
    let assigned = rows
        .iter()
        .map(|row| assignee(&columns_of(row)))
        .collect::<Result<Vec<_>, _>>()?;
    let inherits = |to: &Assignee| matches!(to, Assignee::Group(_));
    let groups = if assigned.iter().any(inherits) {
        of_user(&mut snapshot, tenant, user).await?
    } else {
        Vec::new()
    };
    rows.iter()
        .zip(assigned)
        .map(|(row, to)| held_licence(&columns_of(row), to, &groups, now))
        .collect()
}

const fn columns_of(row: &SqliteRow) -> Columns<'_> {
    Columns {
        row,
        table: row::TABLE,
    }
}

fn held_licence(
    columns: &Columns<'_>,
    to: Assignee,
    groups: &[GroupRef],
    now: Timestamp,
) -> Result<HeldLicence, StoreError> {
    let off = row::disabled(columns)?;
    let (disabled, plans) = row::plans(columns)?
        .into_iter()
        .partition(|plan| off.contains(&plan.id));
    Ok(HeldLicence {
        sku: columns.id("id", SkuId::from_uuid)?,
        sku_name: columns.get("part_number")?,
        via: match to {
            Assignee::User(_) => Via::Direct,
            Assignee::Everybody => Via::Everybody,
            Assignee::Group(id) => Via::Group(id, name_of(groups, id)),
        },
        plans,
        disabled,
        state: row::term(columns)?.state(now),
        seat: seat(columns, now)?,
    })
}

fn name_of(groups: &[GroupRef], id: GroupId) -> String {
    let group = groups.iter().find(|group| group.id == id);
    group.map_or_else(|| id.to_string(), |group| group.name.clone())
}

fn seat(columns: &Columns<'_>, now: Timestamp) -> Result<Seat, StoreError> {
    let Some(prepaid) = row::prepaid(columns)? else {
        return Ok(Seat::Unlimited);
    };
    if columns.get::<Option<i64>>("seat")?.is_none() {
        return Ok(Seat::Missing);
    }
    match columns.maybe_time("surplus_until")? {
        Some(until) if columns.number("place")? > prepaid => Ok(if now < until {
            Seat::Surplus { until }
        } else {
            Seat::Missing
        }),
        _ => Ok(Seat::Held),
    }
}

fn assignee(columns: &Columns<'_>) -> Result<Assignee, StoreError> {
    if let Some(user) = columns.maybe_id("user_id", UserId::from_uuid)? {
        return Ok(Assignee::User(user));
    }
    if columns.get::<Option<&[u8]>>("group_id")?.is_some() {
        return Ok(Assignee::Group(group_id(columns, "group_id")?));
    }
    Ok(Assignee::Everybody)
}

pub(super) async fn assignments(
    readers: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<LicenceAssignment>, StoreError> {
    sqlx::query("SELECT * FROM licence_assignments WHERE tenant_id = ? ORDER BY assigned_at, seq")
        .bind(tenant.uuid())
        .fetch_all(readers)
        .await
        .doing("list the assigned licences")?
        .iter()
        .map(|row| {
            let columns = Columns {
                row,
                table: "licence_assignments",
            };
            Ok(LicenceAssignment {
                sku: columns.id("sku_id", SkuId::from_uuid)?,
                to: assignee(&columns)?,
                disabled: row::disabled(&columns)?,
                assigned_at: columns.time("assigned_at")?,
            })
        })
        .collect()
}

const SKUS: &str = "SELECT * FROM skus WHERE tenant_id = ? ORDER BY part_number_key";

pub(super) async fn skus(
    readers: &SqlitePool,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<SubscribedSku>, StoreError> {
    const DOING: &str = "list what was bought";
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let rows = sqlx::query(SKUS)
        .bind(tenant.uuid())
        .fetch_all(&mut *snapshot)
        .await
        .doing(DOING)?;
    let mut skus = Vec::new();
    for row in &rows {
        let columns = columns_of(row);
        let sku = row::sku(&columns)?;
        let wanted = count_wanted(&mut snapshot, tenant, sku.id).await?;
        let (consumed, without_seat) = match sku.prepaid {
            None => (wanted, 0),
            Some(_) => {
                let taken = seats::count(&mut snapshot, tenant, sku.id).await?;
                let waiting = waiting(&mut snapshot, tenant, sku.id, u32::MAX).await?;
                (taken, waiting.len() as u64)
            }
        };
        skus.push(SubscribedSku {
            state: sku.term.state(now),
            consumed,
            without_seat,
            surplus_until: columns.maybe_time("surplus_until")?,
            sku,
        });
    }
    Ok(skus)
}

async fn count_wanted(
    connection: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(seats::COUNT_WANTED)
        .bind(tenant.uuid())
        .bind(sku.uuid())
        .fetch_one(connection)
        .await
        .doing("count who is assigned a licence")?;
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(super) async fn waiting(
    connection: &mut SqliteConnection,
    tenant: TenantId,
    sku: SkuId,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    sqlx::query(seats::WAITING)
        .bind(tenant.uuid())
        .bind(sku.uuid())
        .bind(limit)
        .fetch_all(connection)
        .await
        .doing("find who waits for a seat")?
        .iter()
        .map(|row| columns_of(row).id("id", UserId::from_uuid))
        .collect()
}

/// Whether a licence that matters and works is assigned. A tenant whose people are still to
/// come, and all have one, counts.
pub(super) async fn any_assigned(
    readers: &SqlitePool,
    tenant: TenantId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const DOING: &str = "look for an assigned licence";
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let rows = sqlx::query("SELECT * FROM skus WHERE tenant_id = ?")
        .bind(tenant.uuid())
        .fetch_all(&mut *snapshot)
        .await
        .doing(DOING)?;
    for row in &rows {
        let sku = row::sku(&columns_of(row))?;
        if !sku.term.state(now).works() {
            continue;
        }
        let (entitling, everybody) = entitling(&mut snapshot, tenant, &sku).await?;
        if sku.prepaid != Some(0) && everybody {
            return Ok(true);
        }
        let anybody: bool = sqlx::query_scalar(seats::ANYBODY)
            .bind(tenant.uuid())
            .bind(sku.id.uuid())
            .bind(sku.prepaid.is_some())
            .bind(json(&entitling)?)
            .fetch_one(&mut *snapshot)
            .await
            .doing(DOING)?;
        if anybody {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The assignments of a SKU that leave a plan which decides something here, and whether one of them
/// is to everybody.
async fn entitling(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    sku: &writeback_store::NewSku,
) -> Result<(Vec<i64>, bool), StoreError> {
    const DOING: &str = "look for an assigned licence";
    let rows = sqlx::query(
        "SELECT seq, disabled_plans, user_id IS NULL AND group_id IS NULL AS everybody
         FROM licence_assignments WHERE tenant_id = ? AND sku_id = ?",
    )
    .bind(tenant.uuid())
    .bind(sku.id.uuid())
    .fetch_all(tx)
    .await
    .doing(DOING)?;
    let (mut entitling, mut everybody) = (Vec::new(), false);
    for row in &rows {
        let columns = Columns {
            row,
            table: "licence_assignments",
        };
        let disabled = row::disabled(&columns)?;
        let decides = |id| Plan::of(id) != Plan::Other && !disabled.contains(&id);
        if sku.plans.iter().any(|plan| decides(plan.id)) {
            entitling.push(columns.get("seq")?);
            everybody |= columns.get::<bool>("everybody")?;
        }
    }
    Ok((entitling, everybody))
}

/// One SKU, inside a transaction, with the time until which it has too many seats.
pub(super) async fn sku(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    id: SkuId,
) -> Result<Option<(writeback_store::NewSku, Option<i64>)>, StoreError> {
    sqlx::query("SELECT * FROM skus WHERE tenant_id = ? AND id = ?")
        .bind(tenant.uuid())
        .bind(id.uuid())
        .fetch_optional(tx)
        .await
        .doing("find a SKU")?
        .as_ref()
        .map(|row| {
            let columns = columns_of(row);
            let until = columns.maybe_time("surplus_until")?.map(micros);
            Ok((row::sku(&columns)?, until))
        })
        .transpose()
}
