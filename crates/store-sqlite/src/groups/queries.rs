//! The statements that follow memberships, up from a person and down from groups.
//!
//! UNION keeps each row once, so that a circle ends. CROSS JOIN keeps the planner from beginning
//! with all objects of a forest.

/// Up: the common table expressions `outside` (object, forest, anchor of synchronised groups),
/// `above` (identifiers of groups of the cloud) and `mine` (identifiers of both) of the person ?2
/// of the tenant ?1.
macro_rules! my_groups {
    () => {
        "WITH RECURSIVE
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
    ),
    above (id) AS (
        SELECT group_id FROM cloud_group_users
        WHERE tenant_id = ?1 AND user_id = ?2 AND EXISTS (
            SELECT 1 FROM users WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL
        )
        UNION
        SELECT group_id FROM outside
        CROSS JOIN cloud_group_groups ON tenant_id = ?1 AND member = outside.anchor
        UNION
        SELECT group_id FROM above
        CROSS JOIN cloud_group_groups ON tenant_id = ?1 AND member = above.id
    ),
    mine (id) AS (SELECT anchor FROM outside UNION SELECT id FROM above) "
    };
}

/// Down: the common table expression `people` (identifier, time) of everybody in the groups that
/// the seed names, each with the seed's time, of the tenant ?1.
macro_rules! people_in {
    ($seed:expr) => {
        concat!(
            "WITH RECURSIVE
    inside (id, at) AS (
        ",
            $seed,
            "
        UNION
        SELECT member, inside.at FROM inside
        CROSS JOIN cloud_group_groups ON tenant_id = ?1 AND group_id = inside.id
        UNION
        SELECT within.anchor, inside.at FROM inside
        CROSS JOIN forests ON forests.tenant_id = ?1
        CROSS JOIN connector_objects AS groups
            ON groups.tenant_id = ?1 AND groups.forest = forests.name
                AND groups.anchor = inside.id
        CROSS JOIN memberships ON group_id = groups.id
        CROSS JOIN connector_objects AS within
            ON within.tenant_id = ?1 AND within.forest = forests.name
                AND within.anchor = memberships.member
        WHERE groups.kind = 'group' AND groups.gone IS NULL
            AND within.kind = 'group' AND within.gone IS NULL
    ),
    synchronised (id, forest, domain, rid, at) AS MATERIALIZED (
        SELECT groups.id, groups.forest, groups.domain, groups.rid, inside.at FROM inside
        CROSS JOIN forests ON forests.tenant_id = ?1
        CROSS JOIN connector_objects AS groups
            ON groups.tenant_id = ?1 AND groups.forest = forests.name
                AND groups.anchor = inside.id
        WHERE groups.kind = 'group' AND groups.gone IS NULL
    ),
    members (id, at) AS (
        SELECT user_id, inside.at FROM inside
        CROSS JOIN cloud_group_users ON tenant_id = ?1 AND group_id = inside.id
        UNION ALL
        SELECT accounts.user_id, synchronised.at FROM synchronised
        CROSS JOIN memberships ON group_id = synchronised.id
        CROSS JOIN connector_objects AS accounts
            ON accounts.tenant_id = ?1 AND accounts.forest = synchronised.forest
                AND accounts.anchor = memberships.member
        WHERE accounts.kind = 'user' AND accounts.gone IS NULL
            AND accounts.user_id IS NOT NULL
        UNION ALL
        SELECT accounts.user_id, synchronised.at FROM synchronised
        JOIN connector_objects AS accounts
            ON accounts.tenant_id = ?1 AND accounts.forest = synchronised.forest
                AND accounts.kind = 'user' AND accounts.gone IS NULL
                AND accounts.domain = synchronised.domain
                AND accounts.primary_group = synchronised.rid
        WHERE accounts.user_id IS NOT NULL
    ),
    people (id, at) AS (
        SELECT members.id, min(members.at) FROM members
        CROSS JOIN users ON users.tenant_id = ?1 AND users.id = members.id
        WHERE removed_at IS NULL GROUP BY members.id
    ) "
        )
    };
}

pub(crate) use my_groups;
pub(crate) use people_in;
