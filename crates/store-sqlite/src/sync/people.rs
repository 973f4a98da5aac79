//! People as a synchronisation sees them.

use std::collections::BTreeMap;

use sqlx::{SqliteConnection, SqlitePool, sqlite::SqliteRow};
use writeback_model::{Target, TenantId, UserId};
use writeback_store::StoreError;
use writeback_sync::{Account, Keys, Person, Removal, Standing};

use crate::{
    people::{TABLE, attributes, origin, target},
    row::{Columns, Doing, Hex, json},
};

const DOING: &str = "find the people that objects may belong to";

/// Each person once, by whichever key they are found.
pub(super) const PEOPLE: &str = "SELECT id, origin, source_anchor, account_name, netbios,
        user_principal_name, display_name, mail, other_mail, mobile, language, enabled,
        account_expires, target_forest, target_domain, target_anchor, enabled_twice,
        holds_admin_role, removal, removed_at
    FROM users WHERE rowid IN (
        SELECT rowid FROM users
        WHERE tenant_id = ?1 AND id IN (SELECT unhex(value) FROM json_each(?2))
        UNION
        SELECT rowid FROM users
        WHERE tenant_id = ?1 AND source_anchor IN (SELECT unhex(value) FROM json_each(?3))
        UNION
        SELECT rowid FROM users
        WHERE tenant_id = ?1 AND upn_key IN (SELECT value FROM json_each(?4))
            AND removed_at IS NULL
        UNION
        SELECT rowid FROM users
        WHERE tenant_id = ?1 AND mail_key IN (SELECT value FROM json_each(?5))
            AND removed_at IS NULL
    )";

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
    let mut people = sqlx::query(PEOPLE)
        .bind(tenant.uuid())
        .bind(json(&ids)?)
        .bind(json(&anchors)?)
        .bind(json(&keys.upns)?)
        .bind(json(&keys.mails)?)
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?
        .iter()
        .map(|row| Found::new(row).map(|found| (found.person.id, found)))
        .collect::<Result<BTreeMap<_, _>, _>>()?;
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
