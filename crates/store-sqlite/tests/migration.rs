//! A file that an earlier version made, opened by this one.

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
use writeback_model::{DomainName, SourceAnchor, Target, TenantId, UserId};
use writeback_store::{
    ConnectorStore, ForestStore, PeopleCounts, RequestStore, SyncStore, UserStore, Which,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Keys, Origin};

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

const fn user_id(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn anchor(number: u8) -> SourceAnchor {
    SourceAnchor::try_from_bytes(&[number; 16]).unwrap()
}

fn corp() -> DomainName {
    "corp.test".parse().unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The tables as the first version had them.
async fn first_version(path: &Path) -> SqliteConnection {
    let mut all = sqlx::migrate!();
    let first = all.migrations.iter().filter(|it| it.version == 1);
    all = Migrator {
        migrations: Cow::Owned(first.cloned().collect()),
        ..all
    };
    let mut hand = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .connect()
        .await
        .unwrap();
    all.run_direct(None, &mut hand, false).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO tenants (id, name, created_at)
             VALUES (x'00000000000000000000000000000001', 'Example', 0);
         INSERT INTO forests (tenant_id, name, domains, imported_at, import_wanted_at)
             VALUES (x'00000000000000000000000000000001', 'corp.test', '[]', 7000000, 1),
                    (x'00000000000000000000000000000001', 'lake.test', '[]', NULL, NULL);
         INSERT INTO imports (id, tenant_id, forest, agent_id, began_at)
             VALUES (zeroblob(16), x'00000000000000000000000000000001', 'corp.test',
                     zeroblob(16), 0);
         INSERT INTO import_batches (import_id, sequence) VALUES (zeroblob(16), 0);
         INSERT INTO requests (id, tenant_id, user_id, operation, forest, domain, anchor,
                               created_at, expires_at, state)
             VALUES (zeroblob(16), x'00000000000000000000000000000001',
                     x'0000000000000000000000000000000A', 'reset', 'corp.test', 'corp.test',
                     x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 0, 9000000, 'pending')",
    )
    .execute(&mut hand)
    .await
    .unwrap();
    hand
}

/// A user as the first version kept one.
async fn put(hand: &mut SqliteConnection, forest: &str, number: u8, anchor: u8, name: &str) {
    sqlx::query(
        "INSERT INTO users
             (id, tenant_id, forest, anchor, domain, netbios, account_name,
              user_principal_name, display_name, mail, other_mail, mobile, language, enabled,
              account_expires, netbios_key, account_key, upn_key, mail_key, imported_at,
              last_import)
         VALUES (?, ?, ?, ?, ?, 'CORP', ?, ?, 'Name', 'Mail@x.test', '[\"a@x.test\"]', '1',
                 'id', 1, 8000000, 'corp', ?, ?, 'mail@x.test', 5000000, zeroblob(16))",
    )
    .bind(Uuid::from_u128(number.into()))
    .bind(TENANT.uuid())
    .bind(forest)
    .bind([anchor; 16].as_slice())
    .bind(forest)
    .bind(name)
    .bind(format!("{name}@Corp.Test"))
    .bind(name.to_lowercase())
    .bind(format!("{}@corp.test", name.to_lowercase()))
    .execute(hand)
    .await
    .unwrap();
}

async fn close(hand: SqliteConnection) {
    hand.close().await.unwrap();
}

#[tokio::test]
async fn people_keep_their_identifiers_and_stay_joined() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    let mut hand = first_version(&path).await;
    put(&mut hand, "corp.test", 10, 10, "Şükrü").await;
    close(hand).await;

    let store = SqliteStore::open(&path).await.unwrap();
    let user = store.user(TENANT, user_id(10)).await.unwrap().unwrap();
    assert_eq!(user.origin, Origin::Synchronised);
    assert_eq!(user.source_anchor, Some(anchor(10)));
    assert_eq!(
        user.target,
        Some(Target {
            forest: corp(),
            domain: corp(),
            anchor: anchor(10),
        })
    );
    assert_eq!(user.attributes.other_mail, ["a@x.test"]);
    assert_eq!(user.attributes.account_expires, Some(at(8)));
    assert_eq!(user.changed_at, at(5));
    let name = "şükrü@corp.test".parse().unwrap();
    let found = store.users_by_name(TENANT, &name).await.unwrap();
    assert_eq!(found, [user]);

    // Nothing is to be synchronised before the first import of the new kind.
    let all = store.objects(TENANT, &corp(), Which::All, None, 9).await;
    let all = all.unwrap();
    assert_eq!((all.len(), all[0].joined), (1, Some(user_id(10))));
    let pending = store
        .objects(TENANT, &corp(), Which::Pending, None, 9)
        .await;
    assert_eq!(pending.unwrap(), []);

    let forests = store.forests(TENANT).await.unwrap();
    assert_eq!(forests[0].full_import_at, Some(at(7)));
    assert_eq!(forests[0].full_sync_at, Some(at(7)));
    assert_eq!((&forests[0].scope, forests[0].positions.len()), (&None, 0));
    assert_eq!(forests[1].full_import_at, None);
    let request = writeback_model::RequestId::from_uuid(Uuid::nil());
    let request = store.request(TENANT, request).await.unwrap().unwrap();
    assert_eq!(request.asked.user, user_id(10));
}

#[tokio::test]
async fn of_those_who_shared_a_name_the_first_stays() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    let mut hand = first_version(&path).await;
    put(&mut hand, "corp.test", 11, 11, "Twin").await;
    put(&mut hand, "lake.test", 12, 12, "TWIN").await;
    // The copy of a forest has the same objectGUIDs.
    put(&mut hand, "lake.test", 13, 11, "Copy").await;
    close(hand).await;

    let store = SqliteStore::open(&path).await.unwrap();
    assert!(store.user(TENANT, user_id(11)).await.unwrap().is_some());
    for hidden in [12, 13] {
        assert_eq!(store.user(TENANT, user_id(hidden)).await.unwrap(), None);
    }
    assert_eq!(
        store.count_people(TENANT).await.unwrap(),
        PeopleCounts {
            synchronised: 1,
            cloud: 0,
            removed: 1,
        }
    );
    // The second twin can come back under the identifier of before; both objects are looked at.
    let keys = Keys {
        anchors: [anchor(12)].into(),
        ..Keys::default()
    };
    let found = store.people(TENANT, &keys).await.unwrap();
    assert_eq!((found.len(), found[0].id), (1, user_id(12)));
    let lake = "lake.test".parse().unwrap();
    let pending = store.objects(TENANT, &lake, Which::Pending, None, 9).await;
    let pending = pending.unwrap();
    assert_eq!(pending.len(), 2);
    assert!(pending.iter().all(|object| object.joined.is_none()));
}
