//! Imported objects into their rows.

use serde::Serialize;
use sqlx::{AssertSqlSafe, SqliteConnection};
use writeback_store::StoreError;
use writeback_sync::{ObjectKind, Problem};
use writeback_wire::http::{ImportedKind, ImportedObject};

use super::{batch::Brought, import::Import};
use crate::{
    bulk::{Bulk, chunks},
    row::{Doing, Hex, json, micros},
};

/// An object as SQL takes it from JSON.
#[derive(Serialize)]
struct Row<'a> {
    anchor: Hex,
    kind: &'static str,
    domain: &'a str,
    netbios: Option<&'a str>,
    dn: &'a str,
    rid: Option<u32>,
    primary_group: Option<u32>,
    enabled: bool,
    account_expires: Option<i64>,
    consistency_guid: Option<Hex>,
    attributes: &'a str,
    dn_key: String,
    upn_key: Option<String>,
    mail_key: Option<String>,
    account_key: Option<String>,
    digest: &'a Hex,
    import_problems: Option<String>,
}

const fn kind(imported: ImportedKind) -> ObjectKind {
    match imported {
        ImportedKind::User => ObjectKind::User,
        ImportedKind::Group => ObjectKind::Group,
    }
}

/// The first value of an attribute as names are looked up. How LDAP names are written is the
/// rules' affair; case does not matter in them.
fn key(object: &ImportedObject, attribute: &str) -> Option<String> {
    object
        .attributes
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(attribute))
        .and_then(|(_, values)| values.first())
        .map(|value| value.to_lowercase())
}

fn problems(object: &ImportedObject) -> Result<Option<String>, StoreError> {
    if object.problems.is_empty() {
        return Ok(None);
    }
    let problems: Vec<_> = object
        .problems
        .iter()
        .map(|problem| Problem::Attribute {
            attribute: problem.attribute.clone(),
            why: problem.why.clone(),
        })
        .collect();
    json(&problems).map(Some)
}

fn row<'a>(brought: &'a Brought<'_>) -> Result<Row<'a>, StoreError> {
    let object = brought.object;
    Ok(Row {
        anchor: Hex::anchor(object.anchor),
        kind: kind(object.kind).name(),
        domain: object.domain.as_str(),
        netbios: object.netbios.as_deref(),
        dn: &object.dn,
        rid: object.rid,
        primary_group: object.primary_group,
        enabled: object.enabled,
        account_expires: object.account_expires.map(micros),
        consistency_guid: object.consistency_guid.map(Hex::anchor),
        attributes: &brought.attributes,
        dn_key: object.dn.to_lowercase(),
        upn_key: key(object, "userPrincipalName"),
        mail_key: key(object, "mail"),
        account_key: key(object, "sAMAccountName"),
        digest: &brought.digest,
        import_problems: problems(object)?,
    })
}

pub(super) const ADD: Bulk = Bulk {
    columns: &[
        "anchor",
        "kind",
        "domain",
        "netbios",
        "dn",
        "rid",
        "primary_group",
        "enabled",
        "account_expires",
        "consistency_guid",
        "attributes",
        "dn_key",
        "upn_key",
        "mail_key",
        "account_key",
        "digest",
        "import_problems",
    ],
    statement: "INSERT OR FAIL INTO connector_objects
        (tenant_id, forest, anchor, kind, domain, netbios, dn, rid, primary_group, enabled,
         account_expires, consistency_guid, attributes, dn_key, upn_key, mail_key, account_key,
         digest, import_problems)
    SELECT $1, $2, * FROM new",
};

/// Objects that were never imported before.
pub(super) async fn add(
    tx: &mut SqliteConnection,
    import: &Import,
    objects: &[&Brought<'_>],
    doing: &'static str,
) -> Result<(), StoreError> {
    for objects in chunks(objects) {
        let mut query = sqlx::query(AssertSqlSafe(ADD.sql(objects.len())));
        for brought in objects {
            let row = row(brought)?;
            query = query
                .bind(row.anchor.to_vec())
                .bind(row.kind)
                .bind(row.domain)
                .bind(row.netbios)
                .bind(row.dn)
                .bind(row.rid)
                .bind(row.primary_group)
                .bind(row.enabled)
                .bind(row.account_expires)
                .bind(row.consistency_guid.map(|guid| guid.to_vec()))
                .bind(row.attributes)
                .bind(row.dn_key)
                .bind(row.upn_key)
                .bind(row.mail_key)
                .bind(row.account_key)
                .bind(row.digest.to_vec())
                .bind(row.import_problems);
        }
        query
            .bind(import.tenant.uuid())
            .bind(import.forest.as_str())
            .execute(&mut *tx)
            .await
            .doing(doing)?;
    }
    Ok(())
}

pub(super) const UPDATE: &str = "UPDATE OR FAIL connector_objects SET
        kind = value ->> 'kind',
        domain = value ->> 'domain',
        netbios = value ->> 'netbios',
        dn = value ->> 'dn',
        rid = value ->> 'rid',
        primary_group = value ->> 'primary_group',
        enabled = value ->> 'enabled',
        account_expires = value ->> 'account_expires',
        consistency_guid = unhex(value ->> 'consistency_guid'),
        attributes = value ->> 'attributes',
        dn_key = value ->> 'dn_key',
        upn_key = value ->> 'upn_key',
        mail_key = value ->> 'mail_key',
        account_key = value ->> 'account_key',
        digest = unhex(value ->> 'digest'),
        import_problems = value ->> 'import_problems',
        gone = NULL,
        due = 1
    FROM jsonb_each(?1)
    WHERE connector_objects.id = (SELECT id FROM connector_objects AS known
        WHERE known.tenant_id = ?2 AND known.forest = ?3
            AND known.anchor = unhex(value ->> 'anchor'))";

/// Objects that differ, or are there again.
pub(super) async fn update(
    tx: &mut SqliteConnection,
    import: &Import,
    objects: &[&Brought<'_>],
    doing: &'static str,
) -> Result<(), StoreError> {
    if objects.is_empty() {
        return Ok(());
    }
    let rows = objects
        .iter()
        .map(|brought| row(brought))
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query(UPDATE)
        .bind(json(&rows)?)
        .bind(import.tenant.uuid())
        .bind(import.forest.as_str())
        .execute(tx)
        .await
        .doing(doing)?;
    Ok(())
}

/// The direct members of a group. One that has 100,000 and gets another writes one row.
pub(super) async fn set_members(
    tx: &mut SqliteConnection,
    import: &Import,
    group: &ImportedObject,
    doing: &'static str,
) -> Result<(), StoreError> {
    let mut members = group.members.clone().unwrap_or_default();
    members.sort_unstable();
    let members: Vec<_> = members.into_iter().map(Hex::anchor).collect();
    let members = json(&members)?;
    sqlx::query(
        "DELETE FROM memberships
         WHERE group_id = (SELECT id FROM connector_objects
                 WHERE tenant_id = ? AND forest = ? AND anchor = ?)
             AND member NOT IN (SELECT unhex(value) FROM json_each(?))",
    )
    .bind(import.tenant.uuid())
    .bind(import.forest.as_str())
    .bind(group.anchor.bytes().as_slice())
    .bind(members.as_str())
    .execute(&mut *tx)
    .await
    .doing(doing)?;
    sqlx::query(
        "INSERT INTO memberships (group_id, member)
         SELECT connector_objects.id, unhex(value) FROM connector_objects, json_each(?)
         WHERE tenant_id = ? AND forest = ? AND anchor = ?
         ON CONFLICT DO NOTHING",
    )
    .bind(members.as_str())
    .bind(import.tenant.uuid())
    .bind(import.forest.as_str())
    .bind(group.anchor.bytes().as_slice())
    .execute(&mut *tx)
    .await
    .doing(doing)?;
    Ok(())
}
