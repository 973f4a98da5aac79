//! Objects as synchronisations leave them.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::{SqliteConnection, SqlitePool};
use writeback_model::{DomainName, SourceAnchor, TenantId, UserId};
use writeback_store::StoreError;
use writeback_sync::Problem;

use super::{
    apply::Place,
    outcome::{Join, Joint},
};
use crate::row::{Columns, Doing, Hex, json};

/// An object as SQL takes it from JSON.
#[derive(Serialize)]
struct Row {
    anchor: Hex,
    leaves: bool,
    user: Option<Hex>,
    problems: Option<String>,
    has_error: bool,
}

pub(super) fn rows(objects: &BTreeMap<SourceAnchor, Joint<'_>>) -> Result<String, StoreError> {
    let rows = objects
        .iter()
        .map(|(anchor, Joint { join, problems })| {
            Ok(Row {
                anchor: Hex::anchor(*anchor),
                leaves: matches!(join, Join::Nobody),
                user: match join {
                    Join::Person(user) => Some(Hex::uuid(user.uuid())),
                    Join::AsItWas | Join::Nobody => None,
                },
                problems: (!problems.is_empty()).then(|| json(problems)).transpose()?,
                has_error: problems.iter().any(Problem::is_error),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    json(&rows)
}

pub(super) const SETTLE: &str = "UPDATE OR FAIL connector_objects SET
        user_id = iif(value ->> 'leaves', NULL,
            coalesce(unhex(value ->> 'user'), user_id)),
        sync_problems = value ->> 'problems',
        has_error = value ->> 'has_error',
        due = value ->> 'has_error'
    FROM jsonb_each(?1)
    WHERE connector_objects.id = (SELECT id FROM connector_objects AS known
        WHERE known.tenant_id = ?2 AND known.forest = ?3
            AND known.anchor = unhex(value ->> 'anchor'))
        AND (due <> value ->> 'has_error'
            OR sync_problems IS NOT value ->> 'problems'
            OR iif(value ->> 'leaves', user_id IS NOT NULL,
                user_id IS NOT coalesce(unhex(value ->> 'user'), user_id)))";

/// Joins objects, keeps their problems, and notes that they were looked at; one with an error
/// is looked at again. In a full synchronisation nearly all stay as they are.
pub(super) async fn settle(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &str,
) -> Result<(), StoreError> {
    sqlx::query(SETTLE)
        .bind(rows)
        .bind(place.tenant.uuid())
        .bind(place.forest)
        .execute(tx)
        .await
        .doing(place.doing)?;
    Ok(())
}

/// A person who was changed or left through an object.
#[derive(Serialize)]
pub(super) struct Touched {
    user: Hex,
    through: Hex,
}

pub(super) fn touched(user: UserId, through: SourceAnchor) -> Touched {
    Touched {
        user: Hex::uuid(user.uuid()),
        through: Hex::anchor(through),
    }
}

pub(super) const LOOK_AGAIN: &str = "UPDATE OR FAIL connector_objects SET due = 1 WHERE id IN (
    SELECT other.id FROM jsonb_each(?1) CROSS JOIN connector_objects AS other
    WHERE other.tenant_id = ?2 AND other.user_id = unhex(value ->> 'user')
        AND NOT (other.forest = ?3 AND other.anchor = unhex(value ->> 'through')))";

/// Has the other objects of people looked at again, in all forests.
pub(super) async fn look_again(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    users: &str,
) -> Result<(), StoreError> {
    sqlx::query(LOOK_AGAIN)
        .bind(users)
        .bind(place.tenant.uuid())
        .bind(place.forest)
        .execute(tx)
        .await
        .doing(place.doing)?;
    Ok(())
}

pub(super) const FORGET_SPENT: &str = "DELETE FROM connector_objects
    WHERE tenant_id = ? AND gone IS NOT NULL AND user_id IS NULL AND due = 0";

/// Forgets the objects that are gone, are joined to nobody and were looked at.
pub(super) async fn forget_spent(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    doing: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(FORGET_SPENT)
        .bind(tenant.uuid())
        .execute(tx)
        .await
        .doing(doing)?;
    Ok(())
}

pub(super) async fn without_consistency_guid(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
    after: Option<SourceAnchor>,
    limit: u32,
) -> Result<Vec<(DomainName, SourceAnchor)>, StoreError> {
    // The empty blob is before all anchors.
    let after = after.map_or_else(Vec::new, |after| after.bytes().to_vec());
    sqlx::query(
        "SELECT domain, anchor FROM connector_objects
         WHERE tenant_id = ? AND forest = ? AND anchor > ? AND kind = 'user'
             AND consistency_guid IS NULL AND user_id IS NOT NULL AND gone IS NULL
         ORDER BY anchor LIMIT ?",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .bind(after)
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("list the objects without a consistency GUID")?
    .iter()
    .map(|row| {
        let columns = Columns {
            row,
            table: "connector_objects",
        };
        Ok((columns.parsed("domain")?, columns.anchor("anchor")?))
    })
    .collect()
}
