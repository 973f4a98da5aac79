//! Objects as synchronisations leave them.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};
use writeback_model::{DomainName, SourceAnchor, TenantId, UserId};
use writeback_store::StoreError;
use writeback_sync::Problem;

use super::{
    apply::Place,
    outcome::{Join, Joint},
};
use crate::{
    bulk::{Bulk, chunks},
    row::{Columns, Doing, Hex, json},
};

/// An object as it is left.
pub(super) struct Row {
    anchor: SourceAnchor,
    leaves: bool,
    user: Option<UserId>,
    problems: Option<String>,
    has_error: bool,
}

pub(super) fn rows(objects: &BTreeMap<SourceAnchor, Joint<'_>>) -> Result<Vec<Row>, StoreError> {
    objects
        .iter()
        .map(|(anchor, Joint { join, problems })| {
            Ok(Row {
                anchor: *anchor,
                leaves: matches!(join, Join::Nobody),
                user: match join {
                    Join::Person(user) => Some(*user),
                    Join::AsItWas | Join::Nobody => None,
                },
                problems: (!problems.is_empty()).then(|| json(problems)).transpose()?,
                has_error: problems.iter().any(Problem::is_error),
            })
        })
        .collect()
}

pub(super) const SETTLE: Bulk = Bulk {
    columns: &["anchor", "leaves", "user", "problems", "has_error"],
    statement: "UPDATE OR FAIL connector_objects SET
        user_id = iif(new.leaves, NULL, coalesce(new.user, user_id)),
        sync_problems = new.problems,
        has_error = new.has_error,
        due = new.has_error
    FROM new
    WHERE connector_objects.id = (SELECT id FROM connector_objects AS known
            WHERE known.tenant_id = $1 AND known.forest = $2 AND known.anchor = new.anchor)
        AND (due <> new.has_error
            OR sync_problems IS NOT new.problems
            OR iif(new.leaves, user_id IS NOT NULL,
                user_id IS NOT coalesce(new.user, user_id)))",
};

/// Joins objects, keeps their problems, and notes that they were looked at; one with an error
/// is looked at again. In a full synchronisation nearly all stay as they are.
pub(super) async fn settle(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &[Row],
) -> Result<(), StoreError> {
    for rows in chunks(rows) {
        let mut query = sqlx::query(AssertSqlSafe(SETTLE.sql(rows.len())));
        for row in rows {
            query = query
                .bind(row.anchor.bytes().as_slice())
                .bind(row.leaves)
                .bind(row.user.map(UserId::uuid))
                .bind(row.problems.as_deref())
                .bind(row.has_error);
        }
        query
            .bind(place.tenant.uuid())
            .bind(place.forest)
            .execute(&mut *tx)
            .await
            .doing(place.doing)?;
    }
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
