//! Looking for groups and for who is in them.

use std::collections::BTreeMap;

use sqlx::{SqliteConnection, SqlitePool, sqlite::SqliteRow};
use writeback_model::{GroupId, TenantId, UserId};
use writeback_store::{GroupMember, GroupOrigin, GroupRef, StoreError};

use super::{
    TABLE, group_id, key,
    queries::{my_groups, people_in},
};
use crate::row::{Columns, Doing};

pub(crate) const OF_USER: &str = concat!(
    my_groups!(),
    "SELECT cloud_groups.id, cloud_groups.name, NULL AS forest, NULL AS dn, NULL AS attributes
     FROM above CROSS JOIN cloud_groups ON cloud_groups.tenant_id = ?1 AND cloud_groups.id = above.id
     UNION ALL
     SELECT objects.anchor, '', objects.forest, objects.dn, objects.attributes
     FROM outside CROSS JOIN connector_objects AS objects ON objects.id = outside.id"
);

const USERS_IN: &str = concat!(
    people_in!("VALUES (?2, 0)"),
    "SELECT id FROM people ORDER BY id"
);

const SYNCHRONISED: &str = "SELECT groups.anchor AS id, '' AS name, groups.forest, groups.dn,
        groups.attributes
    FROM forests CROSS JOIN connector_objects AS groups
        ON groups.tenant_id = ?1 AND groups.forest = forests.name
    WHERE forests.tenant_id = ?1 AND groups.kind = 'group' AND groups.gone IS NULL";

fn group_ref(row: &SqliteRow) -> Result<GroupRef, StoreError> {
    let columns = Columns { row, table: TABLE };
    let id = group_id(&columns, "id")?;
    if columns.get::<Option<&str>>("forest")?.is_none() {
        return Ok(GroupRef {
            id,
            name: columns.get("name")?,
            origin: GroupOrigin::Cloud,
        });
    }
    let attributes: BTreeMap<String, Vec<String>> = columns.json("attributes")?;
    let dn: String = columns.get("dn")?;
    let name = attributes
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("sAMAccountName"))
        .and_then(|(_, values)| values.into_iter().next());
    Ok(GroupRef {
        id,
        name: name.unwrap_or_else(|| dn.clone()),
        origin: GroupOrigin::Synchronised {
            forest: columns.parsed("forest")?,
            dn,
        },
    })
}

/// By name as people look for them.
fn sorted(rows: &[SqliteRow]) -> Result<Vec<GroupRef>, StoreError> {
    let mut groups = rows.iter().map(group_ref).collect::<Result<Vec<_>, _>>()?;
    groups.sort_by_cached_key(|group| (group.name.to_lowercase(), group.id));
    Ok(groups)
}

pub(super) async fn all(
    readers: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<GroupRef>, StoreError> {
    const ALL_OF_CLOUD: &str = "SELECT id, name, NULL AS forest, NULL AS dn, NULL AS attributes
        FROM cloud_groups WHERE tenant_id = ?1";
    const DOING: &str = "list the groups";
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let mut rows = Vec::new();
    for statement in [ALL_OF_CLOUD, SYNCHRONISED] {
        let query = sqlx::query(statement).bind(tenant.uuid());
        rows.extend(query.fetch_all(&mut *snapshot).await.doing(DOING)?);
    }
    sorted(&rows)
}

pub(super) fn of_name(groups: Vec<GroupRef>, name: &str) -> Vec<GroupRef> {
    let name = name.to_lowercase();
    let goes_by = |group: &GroupRef| {
        group.name.to_lowercase() == name
            || matches!(&group.origin, GroupOrigin::Synchronised { dn, .. }
                if dn.to_lowercase() == name)
    };
    groups.into_iter().filter(goes_by).collect()
}

/// One group, of the cloud before those of directories.
pub(crate) async fn group(
    connection: &mut SqliteConnection,
    tenant: TenantId,
    id: GroupId,
) -> Result<Option<GroupRef>, StoreError> {
    sqlx::query(
        "SELECT id, name, NULL AS forest, NULL AS dn, NULL AS attributes
         FROM cloud_groups WHERE tenant_id = ?1 AND id = ?2
         UNION ALL
         SELECT groups.anchor, '', groups.forest, groups.dn, groups.attributes
         FROM forests CROSS JOIN connector_objects AS groups
             ON groups.tenant_id = ?1 AND groups.forest = forests.name AND groups.anchor = ?2
         WHERE forests.tenant_id = ?1 AND groups.kind = 'group' AND groups.gone IS NULL
         LIMIT 1",
    )
    .bind(tenant.uuid())
    .bind(key(id))
    .fetch_optional(connection)
    .await
    .doing("find a group")?
    .as_ref()
    .map(group_ref)
    .transpose()
}

pub(super) async fn members(
    readers: &SqlitePool,
    tenant: TenantId,
    group: GroupId,
) -> Result<Vec<GroupMember>, StoreError> {
    const DOING: &str = "list the members of a group";
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let users = sqlx::query(
        "SELECT user_id FROM cloud_group_users CROSS JOIN users
             ON users.tenant_id = cloud_group_users.tenant_id AND users.id = user_id
         WHERE cloud_group_users.tenant_id = ? AND group_id = ? AND removed_at IS NULL
         ORDER BY user_id",
    )
    .bind(tenant.uuid())
    .bind(key(group))
    .fetch_all(&mut *snapshot)
    .await
    .doing(DOING)?;
    let groups = sqlx::query(
        "SELECT member FROM cloud_group_groups WHERE tenant_id = ? AND group_id = ?
         ORDER BY member",
    )
    .bind(tenant.uuid())
    .bind(key(group))
    .fetch_all(&mut *snapshot)
    .await
    .doing(DOING)?;
    let users = users.iter().map(|row| {
        let columns = Columns { row, table: TABLE };
        let user = columns.id("user_id", UserId::from_uuid)?;
        Ok(GroupMember::User(user))
    });
    let groups = groups.iter().map(|row| {
        let columns = Columns { row, table: TABLE };
        Ok(GroupMember::Group(group_id(&columns, "member")?))
    });
    users.chain(groups).collect()
}

pub(super) async fn users_in(
    readers: &SqlitePool,
    tenant: TenantId,
    group: GroupId,
) -> Result<Vec<UserId>, StoreError> {
    sqlx::query(USERS_IN)
        .bind(tenant.uuid())
        .bind(key(group))
        .fetch_all(readers)
        .await
        .doing("find who is in a group")?
        .iter()
        .map(|row| Columns { row, table: TABLE }.id("id", UserId::from_uuid))
        .collect()
}

/// The groups that a person is in, through other groups too.
pub(crate) async fn of_user(
    connection: &mut SqliteConnection,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<GroupRef>, StoreError> {
    let rows = sqlx::query(OF_USER)
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_all(connection)
        .await
        .doing("find the groups of a user")?;
    sorted(&rows)
}
