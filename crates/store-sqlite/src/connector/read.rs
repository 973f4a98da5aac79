//! What a connector space holds.

use sqlx::{SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;
use writeback_model::{DomainName, SourceAnchor, TenantId, UserId};
use writeback_store::{ObjectCounts, StoreError, Which};
use writeback_sync::{Gone, Object, ObjectKind, Problem};

use crate::row::{Columns, Doing};

pub(super) const TABLE: &str = "connector_objects";

fn object(row: &SqliteRow) -> Result<Object, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(Object {
        forest: columns.parsed("forest")?,
        domain: columns.parsed("domain")?,
        netbios: columns.get("netbios")?,
        anchor: columns.anchor("anchor")?,
        kind: columns.named("kind", ObjectKind::from_name)?,
        dn: columns.get("dn")?,
        consistency_guid: columns.maybe_anchor("consistency_guid")?,
        enabled: columns.get("enabled")?,
        account_expires: columns.maybe_time("account_expires")?,
        attributes: columns.json("attributes")?,
        joined: columns.maybe_id("user_id", UserId::from_uuid)?,
        in_group_scope: true,
        gone: columns.maybe_named("gone", Gone::from_name)?,
    })
}

pub(super) async fn objects(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
    which: Which,
    after: Option<SourceAnchor>,
    limit: u32,
) -> Result<Vec<Object>, StoreError> {
    // The empty blob is before all anchors.
    let after = after.map_or_else(Vec::new, |after| after.bytes().to_vec());
    let query = match which {
        Which::Pending => sqlx::query(
            "SELECT forest, domain, netbios, anchor, kind, dn, consistency_guid, enabled,
                 account_expires, attributes, user_id, gone
             FROM connector_objects
             WHERE tenant_id = ? AND forest = ? AND anchor > ? AND due = 1
             ORDER BY anchor LIMIT ?",
        ),
        Which::All => sqlx::query(
            "SELECT forest, domain, netbios, anchor, kind, dn, consistency_guid, enabled,
                 account_expires, attributes, user_id, gone
             FROM connector_objects
             WHERE tenant_id = ? AND forest = ? AND anchor > ?
             ORDER BY anchor LIMIT ?",
        ),
    };
    query
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(readers)
        .await
        .doing("list imported objects")?
        .iter()
        .map(object)
        .collect()
}

pub(super) async fn group_is_pending(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
) -> Result<bool, StoreError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM connector_objects
             WHERE tenant_id = ? AND forest = ? AND due = 1 AND kind = 'group')",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .fetch_one(readers)
    .await
    .doing("look for changed groups")
}

/// The anchor that a text is: the GUID as administrators read it, or as a source anchor is
/// written.
pub(super) fn anchor_in(text: &str) -> Option<Vec<u8>> {
    let guid = text.parse::<Uuid>().ok().map(|guid| guid.to_bytes_le());
    let written = || {
        text.parse()
            .ok()
            .map(|anchor: SourceAnchor| *anchor.bytes())
    };
    guid.or_else(written).map(|bytes| bytes.to_vec())
}

/// Reads through the tenant's connector spaces: a person asks that now and then, and indexes
/// for it would slow down every import.
pub(super) async fn objects_by_name(
    readers: &SqlitePool,
    tenant: TenantId,
    name: &str,
) -> Result<Vec<Object>, StoreError> {
    sqlx::query(
        "SELECT forest, domain, netbios, anchor, kind, dn, consistency_guid, enabled,
             account_expires, attributes, user_id, gone
         FROM connector_objects
         WHERE tenant_id = ?1
             AND (anchor = ?2 OR ?3 IN (dn_key, upn_key, mail_key, account_key))
         ORDER BY forest, anchor",
    )
    .bind(tenant.uuid())
    .bind(anchor_in(name))
    .bind(name.to_lowercase())
    .fetch_all(readers)
    .await
    .doing("find imported objects by their name")?
    .iter()
    .map(object)
    .collect()
}

pub(super) async fn problems(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
    limit: u32,
) -> Result<Vec<(SourceAnchor, String, Vec<Problem>)>, StoreError> {
    sqlx::query(
        "SELECT anchor, dn, import_problems, sync_problems FROM connector_objects
         WHERE tenant_id = ? AND forest = ? AND gone IS NULL
             AND (import_problems IS NOT NULL OR sync_problems IS NOT NULL)
         ORDER BY has_error DESC, anchor LIMIT ?",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("list the problems of imported objects")?
    .iter()
    .map(|row| {
        let columns = Columns { row, table: TABLE };
        let mut problems: Vec<Problem> = columns.maybe_json("sync_problems")?.unwrap_or_default();
        let imported: Option<Vec<Problem>> = columns.maybe_json("import_problems")?;
        problems.extend(imported.unwrap_or_default());
        Ok((columns.anchor("anchor")?, columns.get("dn")?, problems))
    })
    .collect()
}

pub(super) async fn counts(
    readers: &SqlitePool,
    tenant: TenantId,
    forest: &DomainName,
) -> Result<ObjectCounts, StoreError> {
    let row = sqlx::query(
        "SELECT
             (SELECT count(*) FROM connector_objects WHERE tenant_id = ?1 AND forest = ?2
                 AND kind = 'user' AND gone IS NULL) AS users,
             (SELECT count(*) FROM connector_objects WHERE tenant_id = ?1 AND forest = ?2
                 AND kind = 'group' AND gone IS NULL) AS groups,
             (SELECT count(*) FROM connector_objects WHERE tenant_id = ?1 AND forest = ?2
                 AND gone IS NULL
                 AND (import_problems IS NOT NULL OR sync_problems IS NOT NULL))
                 AS with_problems",
    )
    .bind(tenant.uuid())
    .bind(forest.as_str())
    .fetch_one(readers)
    .await
    .doing("count imported objects")?;
    let columns = Columns {
        row: &row,
        table: TABLE,
    };
    Ok(ObjectCounts {
        users: columns.number("users")?,
        groups: columns.number("groups")?,
        with_problems: columns.number("with_problems")?,
    })
}
