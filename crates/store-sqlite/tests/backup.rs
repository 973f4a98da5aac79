//! Copies that are made while others write.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;
use writeback_audit::{ChainCheck, Start};
use writeback_model::{BackupId, Operation, RequestId, SourceAnchor, Target, TenantId, UserId};
use writeback_store::{
    Actor, AuditRecord, AuditStore, KeptLine, NewRequest, RequestStore, Tenant, TenantStore,
};
use writeback_store_sqlite::{BackupError, Manifest, Source, SqliteStore, Stamp, back_up};

fn tenant() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

fn record() -> AuditRecord {
    AuditRecord {
        tenant: Some(tenant()),
        at: Timestamp::UNIX_EPOCH,
        actor: Actor::Cloud,
        activity: "Something",
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: "x".repeat(300),
    }
}

fn request(number: u128) -> NewRequest {
    NewRequest {
        id: RequestId::from_uuid(Uuid::from_u128(number)),
        tenant: tenant(),
        user: UserId::from_uuid(Uuid::from_u128(2)),
        operation: Operation::Unlock,
        target: Target {
            forest: "corp.test".parse().unwrap(),
            domain: "corp.test".parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
        },
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
    }
}

async fn store(folder: &Path) -> SqliteStore {
    let store = SqliteStore::open(&folder.join("cloud.db")).await.unwrap();
    let tenant = Tenant {
        id: tenant(),
        name: "Example".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        disabled_at: None,
    };
    assert!(store.add_tenant(&tenant, &record()).await.unwrap());
    store
}

async fn backup(folder: &Path, number: u128, replace: bool) -> Result<Manifest, BackupError> {
    let stamp = Stamp {
        id: BackupId::from_uuid(Uuid::from_u128(number)),
        made_at: Timestamp::UNIX_EPOCH,
        program: "test".to_owned(),
    };
    let (database, checkpoints) = (folder.join("cloud.db"), folder.join("checkpoints"));
    let to = folder.join("backup");
    back_up(&database, &checkpoints, &to, replace, stamp, &mut |_, _| {}).await
}

/// Requests and records are written in one transaction each: a copy that has one without the other,
/// or a chain with a gap, is of no one moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_of_one_moment_while_many_write() {
    let folder = TempDir::new().unwrap();
    let store = store(folder.path()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4_u128)
        .map(|writer| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut written = 0;
                while !stop.load(Ordering::Relaxed) {
                    written += 1;
                    let request = request(writer * 1_000_000 + written);
                    store.add_request(&request, &record()).await.unwrap();
                }
                written
            })
        })
        .collect();
    let mut before = 0;
    for round in 1..=5 {
        let now = || store.overdue_requests(Timestamp::UNIX_EPOCH);
        while (now().await.unwrap().len() as u64) < before + 200 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let made = backup(folder.path(), round, true).await.unwrap();
        assert_eq!(made.schema, writeback_store_sqlite::newest_schema());
        let copy = folder.path().join("copy.db");
        let mut file = fs::File::create(&copy).unwrap();
        let mut source = Source::open(&folder.path().join("backup")).unwrap();
        assert_eq!(source.manifest, made);
        source.extract(&mut file, &copy, &mut |_, _| {}).unwrap();
        let copied = SqliteStore::open(&copy).await.unwrap();
        let overdue = copied
            .overdue_requests(Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
        let chain = Some(tenant());
        let mut check = ChainCheck::new(chain, Start::Beginning);
        for line in copied.audit_lines(chain, 0, u32::MAX).await.unwrap() {
            let KeptLine::Record(kept) = line else {
                panic!("a record that cannot be read");
            };
            check.line(&kept).unwrap();
        }
        // One for the tenant itself.
        assert_eq!(check.last().number, overdue.len() as u64 + 1);
        assert!(overdue.len() as u64 >= before + 200);
        before = overdue.len() as u64;
        copied.close().await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    let all = store.overdue_requests(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(all.len() as u128, written, "nobody's write was lost");
}

#[tokio::test]
async fn a_backup_is_private_and_nothing_else_is_written_over() {
    let folder = TempDir::new().unwrap();
    let store = store(folder.path()).await;
    fs::write(folder.path().join("checkpoints"), "line\n").unwrap();
    backup(folder.path(), 1, false).await.unwrap();
    let path = folder.path().join("backup");
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let again = backup(folder.path(), 2, false).await.unwrap_err();
    assert!(matches!(again, BackupError::Exists(_)), "{again}");
    let made = backup(folder.path(), 3, true).await.unwrap();
    let mut source = Source::open(&path).unwrap();
    assert_eq!(source.manifest.id, made.id);
    let copies = source.extract(&mut Vec::new(), &path, &mut |_, _| {});
    assert_eq!(copies.unwrap(), b"line\n");

    fs::write(&path, "somebody's").unwrap();
    let refused = backup(folder.path(), 4, true).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotReplaced(_)), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), b"somebody's");
    store.close().await;
    fs::remove_file(&path).unwrap();
    fs::write(folder.path().join("cloud.db"), "no database at all").unwrap();
    backup(folder.path(), 5, false).await.unwrap_err();
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("backup"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
