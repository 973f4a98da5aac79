//! What a restored database says, and what it does not.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;
use writeback_model::{
    AgentId, BackupId, Cause, EnrolmentId, Operation, Outcome, RequestId, RequestState,
    SourceAnchor, Target, TenantId, UserId,
};
use writeback_store::{
    Actor, AgentStore, AuditRecord, AuditStore, ClaimAnswer, EnrolRefused, Enrolment, NewAgent,
    NewRequest, RequestStore, Tenant, TenantStore, TokenHash,
};
use writeback_store_sqlite::{
    BackupError, KeptAside, OpenError, Place, Source, SqliteStore, Staged, Stamp, back_up,
    take_alone,
};
use writeback_wire::{Begun, Evidence};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn tenant() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

fn agent(number: u128) -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(number))
}

fn id(number: u128) -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(number))
}

fn record() -> AuditRecord {
    AuditRecord {
        tenant: Some(tenant()),
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

fn begun() -> Begun {
    Begun {
        controller: "dc1.corp.test".into(),
        invocation: None,
        version_before: Some(3),
        directory_time: at(1),
        remarks: Vec::new(),
    }
}

/// A cloud's files.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.path("cloud.db")).await.unwrap()
    }

    async fn back_up(&self) {
        let stamp = Stamp {
            id: BackupId::from_uuid(Uuid::from_u128(9)),
            made_at: at(10),
            program: "test".to_owned(),
        };
        let (database, copies) = (self.path("cloud.db"), self.path("copies"));
        let to = self.path("backup");
        back_up(&database, &copies, &to, true, stamp, &mut |_, _| {})
            .await
            .unwrap();
    }

    async fn stage(&self) -> Result<Staged, BackupError> {
        let mut source = Source::open(&self.path("backup"))?;
        let place = Place {
            database: self.path("cloud.db"),
            checkpoints_file: self.path("copies"),
        };
        Staged::read(&mut source, place, at(100), &mut |_, _| {}).await
    }

    async fn restore(&self) -> Result<KeptAside, BackupError> {
        let alone = take_alone(&self.path("cloud.db")).await?;
        self.stage().await?.put_in_place(&alone)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

async fn add_request(store: &SqliteStore, number: u128) -> RequestId {
    let request = NewRequest {
        id: id(number),
        tenant: tenant(),
        user: UserId::from_uuid(Uuid::from_u128(2)),
        operation: Operation::Unlock,
        target: Target {
            forest: "corp.test".parse().unwrap(),
            domain: "corp.test".parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
        },
        created_at: at(0),
        expires_at: at(1_000_000),
    };
    store.add_request(&request, &record()).await.unwrap();
    request.id
}

async fn claim(store: &SqliteStore, request: RequestId) -> ClaimAnswer {
    store
        .claim_request(tenant(), request, agent(1), at(1))
        .await
        .unwrap()
}

async fn finish(store: &SqliteStore, request: RequestId) -> bool {
    let outcome = Outcome::from(Cause::ObjectNotFound);
    let evidence = Evidence::default();
    store
        .finish_request(tenant(), request, &outcome, &evidence, at(2), &record())
        .await
        .unwrap()
}

async fn filled(files: &Files) -> SqliteStore {
    let store = files.store().await;
    let new = Tenant {
        id: tenant(),
        name: "Example".to_owned(),
        created_at: at(0),
        disabled_at: None,
    };
    assert!(store.add_tenant(&new, &record()).await.unwrap());
    store
}

#[tokio::test]
async fn open_requests_are_not_known_and_no_agent_gets_one() {
    let files = Files::new();
    let store = filled(&files).await;
    let (record, begun) = (record(), begun());
    let pending = add_request(&store, 1).await;
    let claimed = add_request(&store, 2).await;
    let writing = add_request(&store, 3).await;
    let unknown = add_request(&store, 4).await;
    let done = add_request(&store, 5).await;
    let expired = add_request(&store, 6).await;
    for request in [claimed, writing, unknown, done] {
        assert_eq!(claim(&store, request).await, ClaimAnswer::Granted);
    }
    let begins = store.begin_request(tenant(), writing, agent(1), &begun);
    assert!(begins.await.unwrap());
    let doubts = store.doubt_request(tenant(), unknown, at(2), &record);
    assert!(doubts.await.unwrap());
    assert!(finish(&store, done).await);
    let expires = store.expire_request(tenant(), expired, at(2), &record);
    assert!(expires.await.unwrap());
    files.back_up().await;
    // What happened after the backup, and is forgotten.
    assert_eq!(claim(&store, pending).await, ClaimAnswer::Granted);
    for request in [pending, claimed, writing, unknown] {
        assert!(finish(&store, request).await);
    }
    add_request(&store, 7).await;
    store.close().await;
    drop(store);

    let lost = files.stage().await.unwrap().lost.clone().unwrap();
    // Four ended, one more was asked.
    assert_eq!((lost.requests, lost.records), (1, 5));
    files.restore().await.unwrap();
    let store = files.store().await;
    let read = async |request| store.request(tenant(), request).await.unwrap().unwrap();
    for (request, by, begun) in [
        (pending, AgentId::NOT_KNOWN, None),
        (claimed, AgentId::NOT_KNOWN, None),
        (writing, agent(1), Some(begun.clone())),
        (unknown, AgentId::NOT_KNOWN, None),
    ] {
        let found = read(request).await;
        assert_eq!(found.state, RequestState::Unknown);
        assert_eq!((found.claimed_by, found.begun), (Some(by), begun));
        assert_ne!(claim(&store, request).await, ClaimAnswer::Granted);
        let expires = store.expire_request(tenant(), request, at(200), &record);
        assert!(!expires.await.unwrap(), "it is not said to have never run");
    }
    assert_eq!(read(done).await.state, RequestState::Done);
    assert_eq!(read(expired).await.state, RequestState::Expired);
    assert!(store.request(tenant(), id(7)).await.unwrap().is_none());
    assert!(
        store
            .overdue_requests(at(2_000_000))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        finish(&store, pending).await,
        "an agent that knows is believed"
    );
    let trail = store
        .last_audit_lines(tenant(), 100)
        .await
        .unwrap()
        .join("\n");
    assert_eq!(trail.matches("Outcome of a request in doubt").count(), 4);
    assert!(trail.contains("Backup restored"));
}

#[tokio::test]
async fn tokens_end_and_agents_that_were_revoked_are_named() {
    let files = Files::new();
    let store = filled(&files).await;
    let hash = TokenHash([5; 32]);
    let token = |number| Enrolment {
        id: EnrolmentId::from_uuid(Uuid::from_u128(number)),
        tenant: tenant(),
        hash,
        created_at: at(0),
        expires_at: at(1_000_000),
    };
    let new = |number: u8| NewAgent {
        id: agent(number.into()),
        public_key: [number; 32],
        host: format!("host{number}"),
        version: "1".to_owned(),
    };
    for number in 1..=3 {
        store
            .add_enrolment(&token(number), &record())
            .await
            .unwrap();
    }
    let enrol = async |store: &SqliteStore, number: u8| {
        let enrolment = EnrolmentId::from_uuid(Uuid::from_u128(number.into()));
        store
            .enrol(enrolment, hash, &new(number), at(150), &record())
            .await
            .unwrap()
    };
    enrol(&store, 1).await.unwrap();
    files.back_up().await;
    enrol(&store, 2).await.unwrap();
    assert!(
        store
            .revoke_agent(tenant(), agent(1), at(20), &record())
            .await
            .unwrap()
    );
    store.close().await;
    drop(store);

    let staged = files.stage().await.unwrap();
    assert_eq!(staged.ended.enrolments, 2);
    let hosts = |agents: &[writeback_store_sqlite::KnownAgent]| {
        agents.iter().map(|it| it.host.clone()).collect::<Vec<_>>()
    };
    let lost = staged.lost.clone().unwrap();
    assert_eq!(
        (hosts(&lost.revoked), hosts(&lost.enrolled)),
        (vec!["host1".into()], vec!["host2".into()])
    );
    assert_eq!(hosts(&staged.agents), ["host1"]);
    drop(staged);
    files.restore().await.unwrap();
    let store = files.store().await;
    for number in [2, 3] {
        assert_eq!(enrol(&store, number).await, Err(EnrolRefused::Expired));
    }
}

#[tokio::test]
async fn what_is_in_use_newer_or_damaged_is_refused_and_nothing_is_changed() {
    let files = Files::new();
    let store = filled(&files).await;
    files.back_up().await;
    let refused = files.restore().await.unwrap_err();
    assert!(matches!(refused, BackupError::InUse(_)), "{refused}");
    add_request(&store, 1).await;
    store.close().await;
    drop(store);

    // The other way round: nobody opens it while it is replaced.
    let alone = take_alone(&files.path("cloud.db")).await.unwrap();
    let refused = SqliteStore::open(&files.path("cloud.db"))
        .await
        .unwrap_err();
    assert!(matches!(refused, OpenError::BeingReplaced(_)), "{refused}");
    drop(alone);

    let whole = fs::read(files.path("backup")).unwrap();
    let damaged = |bytes: &[u8]| fs::write(files.path("backup"), bytes).unwrap();
    damaged(&whole[..whole.len() - 1]);
    assert!(matches!(
        files.restore().await,
        Err(BackupError::Foreign(_))
    ));
    let mut flipped = whole.clone();
    flipped[5000] ^= 1;
    damaged(&flipped);
    assert!(matches!(
        files.restore().await,
        Err(BackupError::Torn { .. })
    ));
    damaged(b"SQLite format 3\0 and so on");
    assert!(matches!(
        files.restore().await,
        Err(BackupError::Foreign(_))
    ));

    let store = files.store().await;
    assert!(store.request(tenant(), id(1)).await.unwrap().is_some());
    store.close().await;
    let names = files.names();
    assert_eq!(names, ["backup", "cloud.db", "cloud.db.lock"]);
}

/// A cloud of an earlier version has no lock but SQLite's own.
#[tokio::test]
async fn a_database_that_only_sqlite_knows_to_be_open_is_in_use() {
    let files = Files::new();
    let store = filled(&files).await;
    fs::remove_file(files.path("cloud.db.lock")).unwrap();
    let refused = take_alone(&files.path("cloud.db")).await.unwrap_err();
    assert!(matches!(refused, BackupError::InUse(_)), "{refused}");
    store.close().await;
    take_alone(&files.path("cloud.db")).await.unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_replaced_with_its_log_and_kept() {
    let files = Files::new();
    let store = filled(&files).await;
    files.back_up().await;
    store.close().await;
    drop(store);
    fs::write(files.path("cloud.db"), "damaged").unwrap();
    fs::write(files.path("cloud.db-wal"), "of the damaged one").unwrap();
    fs::write(files.path("copies"), "newer\n").unwrap();
    assert_eq!(files.stage().await.unwrap().lost, None);
    let kept = files.restore().await.unwrap();
    let read = |path: &Option<PathBuf>| fs::read_to_string(path.as_ref().unwrap()).unwrap();
    assert_eq!(read(&kept.database), "damaged");
    assert_eq!(read(&kept.checkpoints_file), "newer\n");
    let log = kept.database.as_deref().map(wal);
    assert_eq!(read(&log), "of the damaged one");
    assert!(!files.path("copies").exists());
    let store = files.store().await;
    assert!(store.tenant(tenant()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_new_machine_gets_it_all() {
    let files = Files::new();
    let store = filled(&files).await;
    fs::write(files.path("copies"), "line\n").unwrap();
    files.back_up().await;
    let other = Files::new();
    fs::copy(files.path("backup"), other.path("backup")).unwrap();
    let kept = other.restore().await.unwrap();
    assert_eq!((kept.database, kept.checkpoints_file), (None, None));
    assert_eq!(fs::read(other.path("copies")).unwrap(), b"line\n");
    let restored = other.store().await;
    assert!(restored.tenant(tenant()).await.unwrap().is_some());
    store.close().await;
}

fn wal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
