//! The contract of the store's traits, held to SQLite.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use tempfile::TempDir;
use writeback_store::conformance::Fixture;
use writeback_store_sqlite::SqliteStore;

/// A database in a folder that goes with it.
struct TemporaryFile(TempDir);

impl TemporaryFile {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }
}

impl Fixture for TemporaryFile {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.0.path().join("writeback.db"))
            .await
            .unwrap()
    }
}

writeback_store::conformance_tests!(TemporaryFile::new());
