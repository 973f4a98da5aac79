//! Who is in which group.

use std::collections::BTreeMap;

use sqlx::{SqlitePool, sqlite::SqliteRow};
use writeback_model::{DomainName, SourceAnchor, TenantId, UserId};
use writeback_store::{Group, StoreError};

use super::read::{TABLE, anchor_in};
use crate::row::{Columns, Doing};

/// UNION keeps each group once, so that a circle ends. CROSS JOIN keeps the planner, which
/// thinks that a forest has ten objects, from beginning with all of them.
const MEMBERS: &str = "WITH RECURSIVE inside (id) AS (
        VALUES (?1)
        UNION
        SELECT groups.id FROM inside
        CROSS JOIN memberships ON group_id = inside.id
        CROSS JOIN connector_objects AS groups
            ON groups.tenant_id = ?2 AND groups.forest = ?3
                AND groups.anchor = memberships.member
        WHERE groups.kind = 'group' AND groups.gone IS NULL
    ),
    primaries (domain, rid) AS MATERIALIZED (
        SELECT domain, rid FROM inside JOIN connector_objects USING (id) WHERE rid IS NOT NULL
    )
    SELECT users.anchor FROM inside
    CROSS JOIN memberships ON group_id = inside.id
    CROSS JOIN connector_objects AS users
        ON users.tenant_id = ?2 AND users.forest = ?3 AND users.anchor = memberships.member
    WHERE users.kind = 'user' AND users.gone IS NULL
    UNION
    SELECT anchor FROM connector_objects
    WHERE tenant_id = ?2 AND forest = ?3 AND kind = 'user' AND gone IS NULL
        AND (domain, primary_group) IN (SELECT domain, rid FROM primaries)
    ORDER BY 1";

/// The users that are members of a group, through other groups too.
pub(super) async fn members(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
    group: &str,
) -> Result<Option<Vec<SourceAnchor>>, StoreError> {
    const DOING: &str = "find the members of a group";
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM connector_objects
         WHERE tenant_id = ?1 AND forest = ?2 AND anchor = ?3 AND kind = 'group'
             AND gone IS NULL
         UNION ALL
         SELECT id FROM connector_objects
         WHERE tenant_id = ?1 AND forest = ?2 AND dn_key = ?4 AND kind = 'group'
             AND gone IS NULL
         LIMIT 1",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .bind(anchor_in(group))
    .bind(group.to_lowercase())
    .fetch_optional(&mut *snapshot)
    .await
    .doing(DOING)?;
    let Some(id) = id else {
        return Ok(None);
    };
    let members = sqlx::query(MEMBERS)
        .bind(id)
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .fetch_all(&mut *snapshot)
        .await
        .doing(DOING)?;
    members
        .iter()
        .map(|row| Columns { row, table: TABLE }.anchor("anchor"))
        .collect::<Result<Vec<_>, _>>()
        .map(Some)
}

pub(super) const OF_USER: &str = "WITH RECURSIVE
    accounts AS (
        SELECT forest, domain, anchor, primary_group FROM connector_objects
        WHERE tenant_id = ?1 AND user_id = ?2 AND gone IS NULL
    ),
    outside (id, forest, anchor) AS (
        SELECT groups.id, groups.forest, groups.anchor FROM accounts
        CROSS JOIN connector_objects AS groups
            ON groups.tenant_id = ?1 AND groups.forest = accounts.forest
                AND groups.domain = accounts.domain AND groups.rid = accounts.primary_group
        WHERE groups.kind = 'group' AND groups.gone IS NULL
        UNION
        SELECT groups.id, groups.forest, groups.anchor FROM accounts
        CROSS JOIN memberships ON member = accounts.anchor
        CROSS JOIN connector_objects AS groups ON groups.id = group_id
        WHERE groups.tenant_id = ?1 AND groups.forest = accounts.forest
            AND groups.gone IS NULL
        UNION
        SELECT groups.id, groups.forest, groups.anchor FROM outside
        CROSS JOIN memberships ON member = outside.anchor
        CROSS JOIN connector_objects AS groups ON groups.id = group_id
        WHERE groups.tenant_id = ?1 AND groups.forest = outside.forest
            AND groups.gone IS NULL
    )
    SELECT objects.forest, objects.anchor, objects.dn, objects.attributes
    FROM outside CROSS JOIN connector_objects AS objects USING (id)
    ORDER BY objects.forest, objects.dn_key";

/// The groups that a person is a member of, through other groups too.
pub(super) async fn of_user(
    readers: &SqlitePool,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<Group>, StoreError> {
    sqlx::query(OF_USER)
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_all(readers)
        .await
        .doing("find the groups of a user")?
        .iter()
        .map(group)
        .collect()
}

fn group(row: &SqliteRow) -> Result<Group, StoreError> {
    let columns = Columns { row, table: TABLE };
    let attributes: BTreeMap<String, Vec<String>> = columns.json("attributes")?;
    let name = attributes
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("sAMAccountName"))
        .and_then(|(_, values)| values.into_iter().next());
    Ok(Group {
        forest: columns.parsed("forest")?,
        anchor: columns.anchor("anchor")?,
        name: name.unwrap_or_default(),
        dn: columns.get("dn")?,
    })
}
