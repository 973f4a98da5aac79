//! People as a synchronisation sees them.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::{SqliteConnection, SqlitePool, sqlite::SqliteRow};
use writeback_model::{Target, TenantId, UserId};
use writeback_store::StoreError;
use writeback_sync::{Account, Keys, Person, Removal, Standing};

use crate::{
    people::{TABLE, attributes, origin, target},
    row::{Columns, Doing, Hex, json},
};

const DOING: &str = "find the people that objects may belong to";

/// One statement for each kind of key.
pub(super) const BY_ID: &str = "SELECT * FROM users
    WHERE tenant_id = ? AND id IN (SELECT unhex(value) FROM json_each(?))";
pub(super) const BY_SOURCE_ANCHOR: &str = "SELECT * FROM users
    WHERE tenant_id = ? AND source_anchor IN (SELECT unhex(value) FROM json_each(?))";
pub(super) const BY_UPN: &str = "SELECT * FROM users
    WHERE tenant_id = ? AND upn_key IN (SELECT value FROM json_each(?)) AND removed_at IS NULL";
pub(super) const BY_MAIL: &str = "SELECT * FROM users
    WHERE tenant_id = ? AND mail_key IN (SELECT value FROM json_each(?)) AND removed_at IS NULL";

pub(super) const ACCOUNTS: &str = "SELECT user_id, forest, domain, anchor, enabled
    FROM connector_objects
    WHERE tenant_id = ? AND user_id IN (SELECT unhex(value) FROM json_each(?))
    ORDER BY user_id, forest, anchor";

/// Everybody that one of the keys names, each once.
pub(super) async fn by_keys(
    readers: &SqlitePool,
    tenant: TenantId,
    keys: &Keys,
) -> Result<Vec<Person>, StoreError> {
    let ids: Vec<_> = keys.users.iter().map(|id| Hex::uuid(id.uuid())).collect();
    let anchors: Vec<_> = keys.anchors.iter().copied().map(Hex::anchor).collect();
    let mut snapshot = readers.begin().await.doing(DOING)?;
    let tx = &mut *snapshot;
    let mut people = BTreeMap::new();
    find(tx, tenant, BY_ID, &ids, &mut people).await?;
    find(tx, tenant, BY_SOURCE_ANCHOR, &anchors, &mut people).await?;
    let upns: Vec<_> = keys.upns.iter().collect();
    find(tx, tenant, BY_UPN, &upns, &mut people).await?;
    let mails: Vec<_> = keys.mails.iter().collect();
    find(tx, tenant, BY_MAIL, &mails, &mut people).await?;
    add_accounts(tx, tenant, &mut people).await?;
    Ok(people.into_values().map(Found::stand).collect())
}

/// A person, before it is known whether the account of their target is enabled.
struct Found {
    person: Person,
    target: Option<Target>,
}

impl Found {
    fn new(row: &SqliteRow) -> Result<Self, StoreError> {
        let columns = Columns { row, table: TABLE };
        let standing = if columns.get("enabled_twice")? {
            Standing::EnabledTwice
        } else {
            Standing::None
        };
        Ok(Self {
            person: Person {
                id: columns.id("id", UserId::from_uuid)?,
                origin: columns.named("origin", origin)?,
                source_anchor: columns.maybe_anchor("source_anchor")?,
                attributes: attributes(&columns)?,
                standing,
                accounts: Vec::new(),
                holds_admin_role: columns.get("holds_admin_role")?,
                removal: columns.maybe_named("removal", Removal::from_name)?,
                removed_at: columns.maybe_time("removed_at")?,
            },
            target: target(&columns)?,
        })
    }

    fn stand(mut self) -> Person {
        if let Some(Target {
            forest,
            domain,
            anchor,
        }) = self.target
        {
            let mut accounts = self.person.accounts.iter();
            let enabled = accounts
                .find(|account| account.forest == forest && account.anchor == anchor)
                .is_some_and(|account| account.enabled);
            self.person.standing = Standing::Target(Account {
                forest,
                domain,
                anchor,
                enabled,
            });
        }
        self.person
    }
}

async fn find(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    statement: &'static str,
    keys: &[impl Serialize],
    people: &mut BTreeMap<UserId, Found>,
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(statement)
        .bind(tenant.uuid())
        .bind(json(keys)?)
        .fetch_all(tx)
        .await
        .doing(DOING)?;
    for row in &rows {
        let columns = Columns { row, table: TABLE };
        let id = columns.id("id", UserId::from_uuid)?;
        if !people.contains_key(&id) {
            people.insert(id, Found::new(row)?);
        }
    }
    Ok(())
}

async fn add_accounts(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    people: &mut BTreeMap<UserId, Found>,
) -> Result<(), StoreError> {
    let ids: Vec<_> = people.keys().map(|id| Hex::uuid(id.uuid())).collect();
    let rows = sqlx::query(ACCOUNTS)
        .bind(tenant.uuid())
        .bind(json(&ids)?)
        .fetch_all(tx)
        .await
        .doing(DOING)?;
    for row in &rows {
        let columns = Columns {
            row,
            table: "connector_objects",
        };
        let user = columns.id("user_id", UserId::from_uuid)?;
        if let Some(found) = people.get_mut(&user) {
            found.person.accounts.push(Account {
                forest: columns.parsed("forest")?,
                domain: columns.parsed("domain")?,
                anchor: columns.anchor("anchor")?,
                enabled: columns.get("enabled")?,
            });
        }
    }
    Ok(())
}
