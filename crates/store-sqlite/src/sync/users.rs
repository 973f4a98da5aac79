//! People as decisions change them.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{AssertSqlSafe, SqliteConnection};
use writeback_model::UserId;
use writeback_store::StoreError;
use writeback_sync::{Account, Attributes, Removal, Standing};

use super::{apply::Place, outcome::Outcome};
use crate::{
    bulk::{Bulk, chunks},
    row::{Doing, Hex, json, micros},
};

/// A person as SQL takes them from JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    id: Hex,
    source_anchor: Option<Hex>,
    account_name: &'a str,
    netbios: Option<&'a str>,
    user_principal_name: &'a str,
    display_name: Option<&'a str>,
    mail: Option<&'a str>,
    other_mail: String,
    mobile: Option<&'a str>,
    language: Option<&'a str>,
    enabled: bool,
    account_expires: Option<i64>,
    account_key: String,
    netbios_key: Option<String>,
    upn_key: String,
    mail_key: Option<String>,
    #[serde(flatten)]
    goes_to: GoesTo<'a>,
}

/// Where a password goes.
#[derive(Default, Serialize)]
struct GoesTo<'a> {
    target_forest: Option<&'a str>,
    target_domain: Option<&'a str>,
    target_anchor: Option<Hex>,
    enabled_twice: bool,
}

impl<'a> From<Option<&'a Standing>> for GoesTo<'a> {
    fn from(standing: Option<&'a Standing>) -> Self {
        match standing {
            Some(Standing::Target(Account {
                forest,
                domain,
                anchor,
                ..
            })) => Self {
                target_forest: Some(forest.as_str()),
                target_domain: Some(domain.as_str()),
                target_anchor: Some(Hex::anchor(*anchor)),
                enabled_twice: false,
            },
            Some(Standing::EnabledTwice) => Self {
                enabled_twice: true,
                ..Self::default()
            },
            Some(Standing::None) | None => Self::default(),
        }
    }
}

pub(super) fn row<'a>(
    user: UserId,
    attributes: &'a Attributes,
    outcome: &Outcome<'a>,
) -> Result<Row<'a>, StoreError> {
    Ok(Row {
        id: Hex::uuid(user.uuid()),
        source_anchor: outcome.source_anchor.map(Hex::anchor),
        account_name: &attributes.account_name,
        netbios: attributes.netbios.as_deref(),
        user_principal_name: &attributes.user_principal_name,
        display_name: attributes.display_name.as_deref(),
        mail: attributes.mail.as_deref(),
        other_mail: json(&attributes.other_mail)?,
        mobile: attributes.mobile.as_deref(),
        language: attributes.language.as_deref(),
        enabled: attributes.enabled,
        account_expires: attributes.account_expires.map(micros),
        account_key: attributes.account_name.to_lowercase(),
        netbios_key: attributes.netbios.as_deref().map(str::to_lowercase),
        upn_key: attributes.user_principal_name.to_lowercase(),
        mail_key: attributes.mail.as_deref().map(str::to_lowercase),
        goes_to: outcome.standing.into(),
    })
}

/// A person whose standing changes.
#[derive(Serialize)]
pub(super) struct Moved<'a> {
    id: Hex,
    #[serde(flatten)]
    goes_to: GoesTo<'a>,
}

pub(super) fn moved(user: UserId, standing: &Standing) -> Moved<'_> {
    Moved {
        id: Hex::uuid(user.uuid()),
        goes_to: Some(standing).into(),
    }
}

/// A person whose removal is staged.
#[derive(Serialize)]
pub(super) struct Staged {
    id: Hex,
    why: &'static str,
}

pub(super) fn staged(user: UserId, why: Removal) -> Staged {
    Staged {
        id: Hex::uuid(user.uuid()),
        why: why.name(),
    }
}

pub(super) const RELEASE_NAMES: &str = "UPDATE OR FAIL users SET upn_key = char(0) || hex(users.id)
    FROM jsonb_each(?1)
    WHERE users.rowid = (SELECT rowid FROM users AS known
        WHERE known.tenant_id = ?2 AND known.id = unhex(value ->> 'id'))
        AND upn_key <> value ->> 'upn_key'";

/// People who get another user principal name let go of theirs first, so that one may get what
/// another one of the batch had. No name begins with a zero byte and has no `@`.
pub(super) async fn release_names(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &str,
) -> Result<(), StoreError> {
    sqlx::query(RELEASE_NAMES)
        .bind(rows)
        .bind(place.tenant.uuid())
        .execute(tx)
        .await
        .doing(place.doing)?;
    Ok(())
}

pub(super) const ADD: Bulk = Bulk {
    columns: &[
        "id",
        "source_anchor",
        "account_name",
        "netbios",
        "user_principal_name",
        "display_name",
        "mail",
        "other_mail",
        "mobile",
        "language",
        "enabled",
        "account_expires",
        "account_key",
        "netbios_key",
        "upn_key",
        "mail_key",
        "target_forest",
        "target_domain",
        "target_anchor",
        "enabled_twice",
    ],
    statement: "INSERT OR FAIL INTO users
        (tenant_id, origin, changed_at, id, source_anchor, account_name, netbios,
         user_principal_name, display_name, mail, other_mail, mobile, language, enabled,
         account_expires, account_key, netbios_key, upn_key, mail_key, target_forest,
         target_domain, target_anchor, enabled_twice)
    SELECT $1, 'synchronised', $2, * FROM new",
};

pub(super) async fn add(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &[Row<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    for rows in chunks(rows) {
        let mut query = sqlx::query(AssertSqlSafe(ADD.sql(rows.len())));
        for row in rows {
            query = query
                .bind(row.id.to_vec())
                .bind(row.source_anchor.as_ref().map(Hex::to_vec))
                .bind(row.account_name)
                .bind(row.netbios)
                .bind(row.user_principal_name)
                .bind(row.display_name)
                .bind(row.mail)
                .bind(row.other_mail.as_str())
                .bind(row.mobile)
                .bind(row.language)
                .bind(row.enabled)
                .bind(row.account_expires)
                .bind(row.account_key.as_str())
                .bind(row.netbios_key.as_deref())
                .bind(row.upn_key.as_str())
                .bind(row.mail_key.as_deref())
                .bind(row.goes_to.target_forest)
                .bind(row.goes_to.target_domain)
                .bind(row.goes_to.target_anchor.as_ref().map(Hex::to_vec))
                .bind(row.goes_to.enabled_twice);
        }
        query
            .bind(place.tenant.uuid())
            .bind(micros(now))
            .execute(&mut *tx)
            .await
            .doing(place.doing)?;
    }
    Ok(())
}

pub(super) const UPDATE: &str = "UPDATE OR FAIL users SET
        origin = 'synchronised',
        source_anchor = coalesce(users.source_anchor, unhex(value ->> 'source_anchor')),
        account_name = value ->> 'account_name',
        netbios = value ->> 'netbios',
        user_principal_name = value ->> 'user_principal_name',
        display_name = value ->> 'display_name',
        mail = value ->> 'mail',
        other_mail = value ->> 'other_mail',
        mobile = value ->> 'mobile',
        language = value ->> 'language',
        enabled = value ->> 'enabled',
        account_expires = value ->> 'account_expires',
        account_key = value ->> 'account_key',
        netbios_key = value ->> 'netbios_key',
        upn_key = value ->> 'upn_key',
        mail_key = value ->> 'mail_key',
        target_forest = value ->> 'target_forest',
        target_domain = value ->> 'target_domain',
        target_anchor = unhex(value ->> 'target_anchor'),
        enabled_twice = value ->> 'enabled_twice',
        changed_at = ?1,
        removal = NULL,
        removal_forest = NULL,
        removal_staged_at = NULL,
        removal_approved = 0,
        removed_at = NULL,
        removed_forest = NULL,
        removed_approved = NULL
    FROM jsonb_each(?2)
    WHERE users.rowid = (SELECT rowid FROM users AS known
        WHERE known.tenant_id = ?3 AND known.id = unhex(value ->> 'id'))";

/// Changes people, takes their staged removals back and restores them.
pub(super) async fn update(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(UPDATE)
        .bind(micros(now))
        .bind(rows)
        .bind(place.tenant.uuid())
        .execute(tx)
        .await
        .doing(place.doing)?;
    Ok(())
}

pub(super) const SET_STANDING: &str = "UPDATE OR FAIL users SET
        target_forest = value ->> 'target_forest',
        target_domain = value ->> 'target_domain',
        target_anchor = unhex(value ->> 'target_anchor'),
        enabled_twice = value ->> 'enabled_twice',
        changed_at = ?1
    FROM jsonb_each(?2)
    WHERE users.rowid = (SELECT rowid FROM users AS known
        WHERE known.tenant_id = ?3 AND known.id = unhex(value ->> 'id')) AND removed_at IS NULL";

/// Changes where the passwords of people go, and nothing else of them.
pub(super) async fn set_standing(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SET_STANDING)
        .bind(micros(now))
        .bind(rows)
        .bind(place.tenant.uuid())
        .execute(tx)
        .await
        .doing(place.doing)?;
    Ok(())
}

pub(super) const STAGE: &str = "UPDATE OR FAIL users SET
        removal = value ->> 'why',
        removal_forest = coalesce(removal_forest, ?1),
        removal_staged_at = coalesce(removal_staged_at, ?2)
    FROM jsonb_each(?3)
    WHERE users.rowid = (SELECT rowid FROM users AS known
        WHERE known.tenant_id = ?4 AND known.id = unhex(value ->> 'id')) AND removed_at IS NULL";

/// Stages removals. What is staged already keeps its time and its approval.
pub(super) async fn stage(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(STAGE)
        .bind(place.forest)
        .bind(micros(now))
        .bind(rows)
        .bind(place.tenant.uuid())
        .execute(tx)
        .await
        .doing(place.doing)?;
    Ok(())
}
