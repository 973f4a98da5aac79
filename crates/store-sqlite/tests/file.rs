//! What is SQLite's own: the file, other processes, and what the tables themselves refuse.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection, migrate::Migrate,
    sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;
use uuid::Uuid;
use writeback_model::{AgentId, Operation, RequestId, SourceAnchor, Target, TenantId, UserId};
use writeback_store::{
    Actor, AuditRecord, AuditStore, ClaimAnswer, NewRequest, RequestStore, StoreError, Tenant,
    TenantStore,
};
use writeback_store_sqlite::{OpenError, SqliteStore};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    (folder, path)
}

fn tenant_id() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

fn record() -> AuditRecord {
    AuditRecord {
        tenant: Some(tenant_id()),
        at: at(0),
        actor: Actor::Cloud,
        activity: "Something",
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: String::new(),
    }
}

async fn add_tenant(store: &SqliteStore) {
    let tenant = Tenant {
        id: tenant_id(),
        name: "Example".to_owned(),
        created_at: at(0),
        disabled_at: None,
    };
    assert!(store.add_tenant(&tenant, &record()).await.unwrap());
}

fn request(number: u128) -> NewRequest {
    NewRequest {
        id: RequestId::from_uuid(Uuid::from_u128(number)),
        tenant: tenant_id(),
        user: UserId::from_uuid(Uuid::from_u128(2)),
        operation: Operation::Unlock,
        target: Target {
            forest: "corp.test".parse().unwrap(),
            domain: "corp.test".parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
        },
        created_at: at(0),
        expires_at: at(100),
    }
}

/// A connection as a hand at the database has it.
async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .connect()
        .await
        .unwrap()
}

/// All that an error says, down to its first cause.
fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    words
}

#[tokio::test]
async fn what_was_kept_is_there_when_it_is_opened_again() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    store.add_request(&request(9), &record()).await.unwrap();
    let agent = AgentId::from_uuid(Uuid::from_u128(3));
    let claim = store.claim_request(tenant_id(), request(9).id, agent, at(1));
    assert_eq!(claim.await.unwrap(), ClaimAnswer::Granted);
    let before = store.request(tenant_id(), request(9).id).await.unwrap();
    store.close().await;
    assert!(
        !path.with_extension("db-wal").exists(),
        "closed, all is in one file"
    );

    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(
        store.request(tenant_id(), request(9).id).await.unwrap(),
        before
    );
    assert_eq!(
        store.last_audit_lines(tenant_id(), 9).await.unwrap().len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_a_new_file_at_once() {
    let (_folder, path) = folder();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { SqliteStore::open(&path).await.map(|_| ()) })
        })
        .collect();
    for task in tasks {
        if let Err(error) = task.await.unwrap() {
            panic!("{}", words(&error));
        }
    }
}

#[tokio::test]
async fn only_the_owner_can_read_the_file() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    for file in [
        path.clone(),
        path.with_extension("db-wal"),
        path.with_extension("db-shm"),
    ] {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_writer_waits_for_its_turn() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    let mut other = raw(&path).await;
    let tx = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.add_request(&request(9), &record()).await }
    });
    // Reading waits for nobody.
    assert!(store.tenant(tenant_id()).await.unwrap().is_some());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    tx.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
    assert!(
        store
            .request(tenant_id(), request(9).id)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_in_words() {
    let (_folder, path) = folder();
    SqliteStore::open(&path).await.unwrap().close().await;
    let mut hand = raw(&path).await;
    let applied = hand
        .list_applied_migrations("_sqlx_migrations")
        .await
        .unwrap();
    let known = applied.last().unwrap().version;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(&mut hand)
    .await
    .unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { found: 9999, .. }),
        "{}",
        words(&error)
    );
    assert_eq!(
        error.to_string(),
        format!(
            "the database file {} was made or upgraded by a newer Writeback: its tables are \
             version 9999, this program knows up to version {known}; run the newer program, or \
             put back the copy of the file from before the upgrade",
            path.display()
        )
    );
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let (folder, path) = folder();
    let error = SqliteStore::open(&folder.path().join("no/such/folder.db"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, OpenError::Create { .. }),
        "{}",
        words(&error)
    );
    std::fs::write(
        &path,
        "this is a letter, not a database, and long enough to tell".repeat(99),
    )
    .unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(
        words(&error).contains("not a database"),
        "{}",
        words(&error)
    );
}

#[tokio::test]
async fn the_audit_trail_cannot_be_changed() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    for _ in 0..3 {
        store.audit(&record()).await.unwrap();
    }
    let before = store.last_audit_lines(tenant_id(), 9).await.unwrap();
    let mut hand = raw(&path).await;
    for statement in [
        "UPDATE audit SET result = 'failure'",
        "UPDATE audit SET seq = seq + 10",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 3",
        "INSERT OR REPLACE INTO audit (seq, at, actor, activity, result, detail)
         VALUES (2, 0, '\"cloud\"', '', '', '')",
    ] {
        let error = sqlx::query(statement).execute(&mut hand).await.unwrap_err();
        assert!(
            error.to_string().contains("append-only"),
            "{statement}: {error}"
        );
    }
    assert_eq!(
        store.last_audit_lines(tenant_id(), 9).await.unwrap(),
        before
    );
}

#[tokio::test]
async fn not_even_a_hand_can_run_a_request_again() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    store.add_request(&request(9), &record()).await.unwrap();
    assert!(
        store
            .expire_request(tenant_id(), request(9).id, at(200), &record())
            .await
            .unwrap()
    );
    let mut hand = raw(&path).await;
    let back = "UPDATE requests SET state = 'pending', ended_at = NULL";
    let error = sqlx::query(back).execute(&mut hand).await.unwrap_err();
    assert!(error.to_string().contains("only moves forward"), "{error}");
}

#[tokio::test]
async fn no_column_would_hold_a_password() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    store.close().await;
    let columns = sqlx::query(
        "SELECT tables.name, columns.name FROM sqlite_schema AS tables
         JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'",
    )
    .fetch_all(&mut raw(&path).await)
    .await
    .unwrap();
    assert!(columns.len() > 80, "the tables were found");
    for row in columns {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        for word in [
            "pass",
            "pwd",
            "secret",
            "seal",
            "cipher",
            "credential",
            "envelope",
        ] {
            assert!(!column.contains(word), "{table}.{column}");
        }
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_and_not_shown() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    store.add_request(&request(9), &record()).await.unwrap();
    let mut hand = raw(&path).await;
    for (statement, column) in [
        ("UPDATE requests SET operation = 'kanari'", "operation"),
        (
            "UPDATE requests SET operation = 'reset', forest = 'kanari kanari'",
            "forest",
        ),
        (
            "UPDATE requests SET forest = 'a.b', anchor = x'00'",
            "anchor",
        ),
        (
            "UPDATE requests SET anchor = zeroblob(16), evidence = '{kanari'",
            "evidence",
        ),
        (
            "UPDATE requests SET evidence = NULL, outcome = '\"kanari\"'",
            "outcome",
        ),
        (
            "UPDATE requests SET outcome = NULL, created_at = 9223372036854775807",
            "created_at",
        ),
        (
            "UPDATE requests SET created_at = 0, user_id = x'0102'",
            "user_id",
        ),
    ] {
        sqlx::query("PRAGMA ignore_check_constraints = ON")
            .execute(&mut hand)
            .await
            .unwrap();
        sqlx::query(statement).execute(&mut hand).await.unwrap();
        let error = store.request(tenant_id(), request(9).id).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Inconsistent { table: "requests", column: named }
                if *named == column),
            "{statement}: {error:?}"
        );
        assert!(!format!("{error:?} {}", words(&error)).contains("kanari"));
    }
}

#[tokio::test]
async fn a_write_that_fails_halfway_changes_nothing() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    // A trigger that fails stands for a full disk.
    let mut hand = raw(&path).await;
    sqlx::query(
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    .execute(&mut hand)
    .await
    .unwrap();
    let error = store.add_request(&request(9), &record()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database failed while it was to append to the audit trail"
    );
    assert!(words(&error).contains("full"));
    sqlx::query("DROP TRIGGER full")
        .execute(&mut hand)
        .await
        .unwrap();
    assert_eq!(
        store.request(tenant_id(), request(9).id).await.unwrap(),
        None
    );
    store.add_request(&request(9), &record()).await.unwrap();
}

#[tokio::test]
async fn the_common_reads_use_an_index() {
    let (_folder, path) = folder();
    SqliteStore::open(&path).await.unwrap().close().await;
    let mut hand = raw(&path).await;
    for statement in [
        "SELECT * FROM sessions WHERE cookie = x'00' AND expires_at > 0",
        "SELECT * FROM users
         WHERE tenant_id = x'00' AND upn_key = 'a' AND removed_at IS NULL
         UNION ALL
         SELECT * FROM users
         WHERE tenant_id = x'00' AND mail_key = 'a' AND removed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM users
                 WHERE tenant_id = x'00' AND upn_key = 'a' AND removed_at IS NULL)",
        "SELECT * FROM users WHERE tenant_id = x'00' AND account_key = 'a' AND netbios_key = 'b'
             AND removed_at IS NULL",
        "SELECT * FROM requests WHERE state = 'pending' AND expires_at <= 0 ORDER BY expires_at",
        "SELECT * FROM requests WHERE state = 'claimed' AND claimed_at < 0 ORDER BY claimed_at",
        "SELECT * FROM requests WHERE state = 'unknown' AND tenant_id = x'00' AND forest = 'a'
         ORDER BY created_at",
        "SELECT * FROM audit WHERE tenant_id = x'00' ORDER BY seq DESC LIMIT 5",
        "SELECT count(*) FROM users WHERE tenant_id = x'00'",
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        for row in sqlx::query(explain).fetch_all(&mut hand).await.unwrap() {
            let step: String = row.get("detail");
            assert!(
                !step.contains("SCAN") && !step.contains("TEMP B-TREE"),
                "{statement}: {step}"
            );
        }
    }
}

/// As when the disk is full: then SQLite does not wait for the driver to roll back.
#[tokio::test]
async fn a_write_that_sqlite_rolled_back_by_itself_keeps_no_other_from_being_written() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).await.unwrap();
    add_tenant(&store).await;
    let mut hand = raw(&path).await;
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON requests
                   BEGIN SELECT RAISE(ROLLBACK, 'full'); END";
    sqlx::query(trigger).execute(&mut hand).await.unwrap();
    for number in 1..=3 {
        let failed = store.add_request(&request(number), &record()).await;
        assert!(failed.unwrap_err().to_string().contains("request"));
    }
    sqlx::query("DROP TRIGGER full")
        .execute(&mut hand)
        .await
        .unwrap();
    store.add_request(&request(4), &record()).await.unwrap();
    let kept = store.request(tenant_id(), request(4).id).await.unwrap();
    assert!(kept.is_some());
}
