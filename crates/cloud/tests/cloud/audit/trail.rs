//! A trail of several chains, and a hand in its database.

use std::{borrow::Cow, path::PathBuf, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Executor, SqliteConnection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use uuid::Uuid;
use writeback_audit::{Checked, Finding, PublicKey};
use writeback_cloud::{AuditSettings, Keeper, TrailError, Verified, verify};
use writeback_model::{TenantId, UserId};
use writeback_store::{Actor, AuditRecord, AuditStore, KnownChain};
use writeback_store_sqlite::SqliteStore;

use crate::setting::{Chance, ManualClock};

/// Before there were chains.
const CHAINS_SINCE: i64 = 8;

pub const ONE: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
pub const TWO: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

pub struct Trail {
    pub store: SqliteStore,
    pub clock: Arc<ManualClock>,
    pub settings: AuditSettings,
    pub path: PathBuf,
    _folder: TempDir,
}

impl Trail {
    /// An empty one.
    pub async fn new() -> Self {
        Self::open(TempDir::new().unwrap()).await
    }

    /// One that an earlier version began: with three records without a place for one tenant,
    /// and one for the installation.
    pub async fn from_before() -> Self {
        let folder = TempDir::new().unwrap();
        let mut all = sqlx::migrate!("../store-sqlite/migrations");
        let before = all.migrations.iter();
        let before = before.filter(|it| it.version < CHAINS_SINCE);
        all = Migrator {
            migrations: Cow::Owned(before.cloned().collect()),
            ..all
        };
        let options = SqliteConnectOptions::new().filename(folder.path().join("cloud.db"));
        let mut hand = options.create_if_missing(true).connect().await.unwrap();
        all.run_direct(None, &mut hand, false).await.unwrap();
        for (tenant, detail) in [
            (Some(ONE), "a"),
            (None, "b"),
            (Some(ONE), "c"),
            (Some(ONE), "d"),
        ] {
            sqlx::query(
                "INSERT INTO audit (tenant_id, at, actor, activity, result, detail)
                 VALUES (?, 1000000, '{\"kind\":\"cloud\"}', 'Before', 'success', ?)",
            )
            .bind(tenant.map(TenantId::uuid))
            .bind(detail)
            .execute(&mut hand)
            .await
            .unwrap();
        }
        drop(hand);
        Self::open(folder).await
    }

    async fn open(folder: TempDir) -> Self {
        let path = folder.path().join("cloud.db");
        Self {
            store: SqliteStore::open(&path).await.unwrap(),
            clock: Arc::new(ManualClock::default()),
            settings: AuditSettings {
                key_file: folder.path().join("key"),
                checkpoints_file: folder.path().join("checkpoints"),
                keep_days: 0,
            },
            path,
            _folder: folder,
        }
    }

    pub fn keeper(&self) -> Keeper {
        let store = Arc::new(self.store.clone());
        let clock = Arc::clone(&self.clock);
        Keeper::open(&self.settings, store, clock, &Chance).unwrap()
    }

    /// Keeps so many records, of all chains in turn, each a second later.
    pub async fn keep(&self, records: u32) {
        for number in 0..records {
            let user = UserId::from_uuid(Uuid::from_u128(u128::from(number % 5)));
            let record = AuditRecord {
                tenant: [Some(ONE), None, Some(TWO), Some(ONE)][number as usize % 4],
                at: self.now(),
                actor: [Actor::Person(Some(user)), Actor::Cloud][number as usize % 2],
                activity: "Reset password (self-service)",
                user: (!number.is_multiple_of(3)).then_some(user),
                correlation: number
                    .is_multiple_of(2)
                    .then(|| Uuid::from_u128(number.into())),
                address: number.is_multiple_of(4).then(|| "203.0.113.9".to_owned()),
                result: "success".to_owned(),
                detail: format!("number {number}"),
            };
            self.store.audit(&record).await.unwrap();
            self.clock.advance(SignedDuration::from_secs(1));
        }
    }

    pub fn now(&self) -> Timestamp {
        writeback_model::Clock::now(&*self.clock)
    }

    /// Signs all chains.
    pub async fn sign(&self) {
        let keeper = self.keeper();
        for known in self.store.audit_chains().await.unwrap() {
            let KnownChain::Of(chain) = known else {
                panic!("{known:?}")
            };
            keeper.checkpoint(chain).await.unwrap();
        }
    }

    pub async fn verify(&self) -> Result<Vec<Checked>, TrailError> {
        self.verify_with(&[]).await
    }

    pub async fn verify_with(&self, older: &[PublicKey]) -> Result<Vec<Checked>, TrailError> {
        let verified = self.verified(older).await?;
        assert_eq!(verified.without_copy, 0);
        Ok(verified.chains)
    }

    pub async fn verified(&self, older: &[PublicKey]) -> Result<Verified, TrailError> {
        verify(&self.settings, &self.store, older, &mut |_| {}).await
    }

    /// What is wrong.
    pub async fn finding(&self) -> Finding {
        match self.verify().await {
            Err(TrailError::Finding(finding)) => finding,
            other => panic!("nothing was found: {other:?}"),
        }
    }

    /// A hand that nothing stops: without the triggers.
    pub async fn hand(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(&self.path);
        let options = options.synchronous(SqliteSynchronous::Off);
        let mut hand = options.connect().await.unwrap();
        for trigger in [
            "audit_is_not_changed",
            "audit_is_not_deleted",
            "audit_is_not_replaced",
            "audit_is_chained",
            "audit_checkpoints_are_not_changed",
            "audit_checkpoints_are_not_deleted",
            "audit_checkpoints_are_not_replaced",
        ] {
            let drop = format!("DROP TRIGGER IF EXISTS {trigger}");
            hand.execute(AssertSqlSafe(drop)).await.unwrap();
        }
        hand
    }
}
