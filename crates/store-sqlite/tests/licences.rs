//! Groups, roles and licences in a real file: what the database refuses, what it is born with, and
//! large groups.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::{borrow::Cow, path::Path};

use jiff::Timestamp;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use tempfile::TempDir;
use uuid::Uuid;
use writeback_model::{GroupId, Role, TenantId, UserId};
use writeback_policy::licence::{SELF_HOSTED, Seat, Term, Via, catalogue_sku};
use writeback_store::{
    Actor, AssignAnswer, Assignee, AuditRecord, GroupStore, LicenceStore, NewCloudUser, NewGroup,
    NewSku, RevokeAnswer, RoleStore, Tenant, TenantStore, UserStore,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::Attributes;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

const fn user_id(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn record(activity: &'static str) -> AuditRecord {
    AuditRecord {
        tenant: Some(TENANT),
        at: at(0),
        actor: Actor::Operator,
        activity,
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: String::new(),
    }
}

async fn by_hand(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .connect()
        .await
        .unwrap()
}

async fn with_tenant(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).await.unwrap();
    let tenant = Tenant {
        id: TENANT,
        name: "Example".to_owned(),
        created_at: at(0),
        disabled_at: None,
    };
    let record = record("Tenant created");
    assert!(store.add_tenant(&tenant, &record).await.unwrap());
    store
}

async fn add(store: &SqliteStore, number: u128, holds_admin_role: bool) -> UserId {
    let user = NewCloudUser {
        id: user_id(number),
        attributes: Attributes {
            user_principal_name: format!("user{number}@example.test"),
            enabled: true,
            ..Attributes::default()
        },
        holds_admin_role,
    };
    let record = record("User created");
    assert!(
        store
            .add_cloud_user(TENANT, &user, at(0), &record)
            .await
            .unwrap()
    );
    user.id
}

#[tokio::test]
async fn the_database_keeps_the_last_global_administrator() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    let store = with_tenant(&path).await;
    let (first, second) = (add(&store, 1, true).await, add(&store, 2, true).await);
    let mut hand = by_hand(&path).await;
    let mut tries = async |user: UserId| {
        let mut refused = Vec::new();
        for statement in [
            "UPDATE users SET enabled = 0 WHERE tenant_id = ? AND id = ?",
            "UPDATE users SET removed_at = 1, removed_forest = '', removed_approved = 1
             WHERE tenant_id = ? AND id = ?",
            "DELETE FROM users WHERE tenant_id = ? AND id = ?",
        ] {
            let mut tx = hand.begin().await.unwrap();
            let done = sqlx::query(statement)
                .bind(TENANT.uuid())
                .bind(user.uuid())
                .execute(&mut *tx)
                .await;
            refused.push(done.is_err_and(|error| {
                let text = error.to_string();
                text.contains("the last global administrator of a tenant stays")
            }));
        }
        refused
    };
    assert_eq!(tries(first).await, [false; 3], "there is another");
    let role = Role::GlobalAdministrator;
    let revoked = store
        .revoke_role(TENANT, second, role, &record("Remove member from role"))
        .await;
    assert_eq!(revoked.unwrap(), RevokeAnswer::Revoked);
    assert_eq!(tries(first).await, [true; 3]);
    assert_eq!(tries(second).await, [false; 3]);
}

#[tokio::test]
async fn an_administrator_who_is_disabled_does_not_count() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    let store = with_tenant(&path).await;
    let (first, second) = (add(&store, 1, true).await, add(&store, 2, true).await);
    let mut hand = by_hand(&path).await;
    sqlx::query("UPDATE users SET enabled = 0 WHERE id = ?")
        .bind(second.uuid())
        .execute(&mut hand)
        .await
        .unwrap();
    assert!(
        store
            .is_last_global_administrator(TENANT, first)
            .await
            .unwrap()
    );
    let role = Role::GlobalAdministrator;
    let record = record("Remove member from role");
    let revoked = store.revoke_role(TENANT, first, role, &record).await;
    assert_eq!(revoked.unwrap(), RevokeAnswer::LastGlobalAdministrator);
    // Who cannot act anyway can lose the role.
    let revoked = store.revoke_role(TENANT, second, role, &record).await;
    assert_eq!(revoked.unwrap(), RevokeAnswer::Revoked);
}

/// The tables as the version before licences had them, with a tenant, an administrator by mark
/// and a person.
async fn earlier_version(path: &Path) {
    let mut all = sqlx::migrate!();
    let earlier = all.migrations.iter().filter(|it| it.version < 3);
    all = Migrator {
        migrations: Cow::Owned(earlier.cloned().collect()),
        ..all
    };
    let mut hand = by_hand(path).await;
    all.run_direct(None, &mut hand, false).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO tenants (id, name, created_at)
             VALUES (x'00000000000000000000000000000001', 'Example', 5000000);
         INSERT INTO users (tenant_id, id, origin, account_name, user_principal_name, other_mail,
                            enabled, account_key, upn_key, holds_admin_role, changed_at)
             VALUES (x'00000000000000000000000000000001', x'0000000000000000000000000000000A',
                     'cloud', '', 'a@x.test', '[]', 1, '', 'a@x.test', 1, 6000000),
                    (x'00000000000000000000000000000001', x'0000000000000000000000000000000B',
                     'cloud', '', 'b@x.test', '[]', 1, '', 'b@x.test', 0, 6000000)",
    )
    .execute(&mut hand)
    .await
    .unwrap();
    hand.close().await.unwrap();
}

#[tokio::test]
async fn what_was_there_before_licences_goes_on() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    earlier_version(&path).await;
    let store = SqliteStore::open(&path).await.unwrap();
    let skus = store.skus(TENANT, at(9)).await.unwrap();
    assert_eq!((skus.len(), skus[0].sku.id), (1, SELF_HOSTED.id));
    assert_eq!(skus[0].consumed, 2);
    assert!(store.any_licence_assigned(TENANT, at(9)).await.unwrap());
    for user in [10, 11] {
        let held = store.held_licences(TENANT, user_id(user), at(9)).await;
        let held = held.unwrap();
        assert_eq!(
            (held.len(), &held[0].via, held[0].seat),
            (1, &Via::Everybody, Seat::Unlimited)
        );
    }
    // The mark became the role that may least.
    let roles = store.roles_of(TENANT, user_id(10)).await.unwrap();
    assert_eq!(roles, [Role::ReportsReader]);
    assert_eq!(store.roles_of(TENANT, user_id(11)).await.unwrap(), []);
}

#[tokio::test]
async fn a_group_of_ten_thousand_is_assigned_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    let store = with_tenant(&path).await;
    let group = NewGroup {
        id: GroupId::from_uuid(Uuid::from_u128(7)),
        name: "All".to_owned(),
    };
    let adds = record("Add group");
    let made = store.add_group(TENANT, &group, at(0), &adds).await;
    assert!(made.unwrap());
    let mut hand = by_hand(&path).await;
    sqlx::raw_sql(
        "WITH RECURSIVE numbers (number) AS (
             SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 10000
         )
         INSERT INTO users (tenant_id, id, origin, account_name, user_principal_name, other_mail,
                            enabled, account_key, upn_key, changed_at)
         SELECT x'00000000000000000000000000000001', unhex(printf('%032x', number)), 'cloud', '',
             'user' || number || '@x.test', '[]', 1, '', 'user' || number || '@x.test', 0
         FROM numbers;
         INSERT INTO cloud_group_users (tenant_id, group_id, user_id)
         SELECT tenant_id, (SELECT id FROM cloud_groups), id FROM users",
    )
    .execute(&mut hand)
    .await
    .unwrap();
    let known = catalogue_sku("EMS").unwrap();
    let sku = NewSku {
        id: known.id,
        part_number: known.part_number.to_owned(),
        product: known.product.to_owned(),
        plans: known.plans.iter().map(|plan| (*plan).into()).collect(),
        prepaid: Some(9_990),
        term: Term::ENDLESS,
    };
    let buys = record("Add subscription");
    let added = store.add_sku(TENANT, &sku, at(0), &buys).await;
    assert!(added.unwrap());
    let to = Assignee::Group(group.id);
    let change = record("Change user license");
    let answer = store
        .assign_licence(TENANT, sku.id, to, &[], at(1), &change)
        .await;
    assert_eq!(answer.unwrap(), AssignAnswer::Assigned { without_seat: 10 });
    // In the order of identifiers, the last ten wait.
    let waiting = store.without_seat(TENANT, sku.id, 99).await.unwrap();
    let last: Vec<_> = (9_991..=10_000).map(user_id).collect();
    assert_eq!(waiting, last);
    let seat = async |number| {
        let held = store.held_licences(TENANT, user_id(number), at(1)).await;
        let held = held.unwrap();
        held.iter().find(|it| it.sku == sku.id).map(|it| it.seat)
    };
    assert_eq!(seat(9_990).await, Some(Seat::Held));
    assert_eq!(seat(9_991).await, Some(Seat::Missing));
    let taken = store
        .unassign_licence(TENANT, sku.id, to, at(2), &change)
        .await;
    assert!(taken.unwrap());
    let skus = store.skus(TENANT, at(2)).await.unwrap();
    let left = skus.iter().find(|it| it.sku.id == sku.id).unwrap();
    assert_eq!((left.consumed, left.without_seat), (0, 0));
}
