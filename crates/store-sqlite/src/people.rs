//! The columns of people that everybody reads.

use sqlx::sqlite::SqliteRow;
use writeback_model::{Target, TenantId, UserId};
use writeback_store::{StoreError, User};
use writeback_sync::{Attributes, Origin};

use crate::row::Columns;

pub(crate) const TABLE: &str = "users";

pub(crate) fn attributes(columns: &Columns<'_>) -> Result<Attributes, StoreError> {
    Ok(Attributes {
        account_name: columns.get("account_name")?,
        netbios: columns.get("netbios")?,
        user_principal_name: columns.get("user_principal_name")?,
        display_name: columns.get("display_name")?,
        mail: columns.get("mail")?,
        other_mail: columns.json("other_mail")?,
        mobile: columns.get("mobile")?,
        language: columns.get("language")?,
        enabled: columns.get("enabled")?,
        account_expires: columns.maybe_time("account_expires")?,
    })
}

pub(crate) fn origin(name: &str) -> Option<Origin> {
    match name {
        "cloud" => Some(Origin::Cloud),
        "synchronised" => Some(Origin::Synchronised),
        _ => None,
    }
}

/// Where a password goes, if anywhere.
pub(crate) fn target(columns: &Columns<'_>) -> Result<Option<Target>, StoreError> {
    let Some(anchor) = columns.maybe_anchor("target_anchor")? else {
        return Ok(None);
    };
    Ok(Some(Target {
        forest: columns.parsed("target_forest")?,
        domain: columns.parsed("target_domain")?,
        anchor,
    }))
}

pub(crate) fn user(row: &SqliteRow) -> Result<User, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(User {
        id: columns.id("id", UserId::from_uuid)?,
        tenant: columns.id("tenant_id", TenantId::from_uuid)?,
        origin: columns.named("origin", origin)?,
        source_anchor: columns.maybe_anchor("source_anchor")?,
        attributes: attributes(&columns)?,
        target: target(&columns)?,
        enabled_twice: columns.get("enabled_twice")?,
        changed_at: columns.time("changed_at")?,
    })
}
