//! Opening the file.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Connection as _, Sqlite, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use writeback_store::StoreError;

use crate::{
    audit::{begin_chains, has_no_chains},
    lock::{Lock, share},
    row::Doing,
};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a write waits for another process's. The longest one of ours, a batch of an
/// import, takes a few hundredths of a second; a copy of the file being made takes longer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait before a file that another process is setting up is tried again.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// <https://sqlite.org/rescode.html#busy>
const SQLITE_BUSY: u32 = 5;

/// SQLite writes one at a time: more connections would only wait inside it, and unfairly.
const WRITERS: u32 = 1;

/// Reads are short; more than a few at once are more than the machine has cores.
const READERS: u32 = 4;

/// How much of the file the writer may keep in memory, in KiB, as the pragma wants it: negative.
/// Imports come in no order of the indexes' own, so pages that do not fit are read and written
/// again and again. It is taken when it is needed, and kept: four times as much made the import of
/// 50,000 users no faster, and the cloud grow for hours (docs/performance.md).
const WRITER_CACHE: &str = "-8192";

/// The same for each reader. What it does not keep, the operating system does, once for all.
const READER_CACHE: &str = "-2048";

/// How many pages of 4 KiB the log gets before they are brought into the file. Batches change
/// the same pages of an index again and again: they are brought over once for several.
const CHECKPOINT: &str = "4000";

/// How many rows are read ahead. With fewer than a batch has, two threads wait for each other
/// again and again.
const ROWS: usize = 512;

/// Every statement of this crate, and room to spare: none is ever prepared twice.
const STATEMENT_CACHE: usize = 128;

/// A store in one SQLite file. Clones are the same store.
#[derive(Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Keeps a restore away.
    _lock: Option<Arc<Lock>>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not there and cannot be made.
    #[error(
        "the database file {} cannot be made: its folder must exist, and whoever runs \
         Writeback must be able to write in it", path.display()
    )]
    Create {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A restore has it.
    #[error(
        "the database file {} is just being replaced by `writeback admin restore`: try again when \
         that has ended", .0.display()
    )]
    BeingReplaced(PathBuf),
    /// The file is no database, is damaged, or may not be read and written.
    #[error("the database file {} cannot be opened", path.display())]
    Connect {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: sqlx::Error,
    },
    /// A later version of this software changed the tables.
    #[error(
        "the database file {} was made or upgraded by a newer Writeback: its tables are \
         version {found}, this program knows up to version {known}; run the newer program, or \
         put back the copy of the file from before the upgrade", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The last version that this program knows.
        known: i64,
    },
    /// The tables could not be brought up to date.
    #[error("the tables in the database file {} could not be brought up to date", path.display())]
    Migrate {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: MigrateError,
    },
    /// The audit trail of an earlier version could not be chained.
    #[error(
        "the audit trail in the database file {} could not be chained; nothing was changed",
        path.display()
    )]
    Chains {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: StoreError,
    },
}

impl SqliteStore {
    /// Opens the file and brings its tables up to date; makes the file, readable by its owner
    /// alone, where there is none.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let lock = share(path).map_err(|_| OpenError::BeingReplaced(path.to_owned()))?;
        create(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT)
            .row_buffer_size(ROWS)
            .statement_cache_capacity(STATEMENT_CACHE);
        let connect = |source| OpenError::Connect {
            path: path.to_owned(),
            source,
        };

        let writer = first(&options).await.map_err(connect)?;
        migrate(&writer, path).await?;
        let options = options
            .pragma("cache_size", READER_CACHE)
            .pragma("query_only", "ON");
        let readers = pool(READERS).connect_with(options).await.map_err(connect)?;
        Ok(Self {
            writer,
            readers,
            _lock: lock.map(Arc::new),
        })
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins to write. The write lock is taken at once: a transaction that reads first and
    /// asks for the lock later is refused, not made to wait, when another wrote in between.
    pub(crate) async fn write(
        &self,
        doing: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.doing(doing)
    }

    pub(crate) const fn readers(&self) -> &SqlitePool {
        &self.readers
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore(..)")
    }
}

/// The first connection, which turns a new file's log on. While another process does the same,
/// SQLite refuses at once instead of waiting as it does for everything else.
async fn first(options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let mut waited = Duration::ZERO;
    loop {
        match pool(WRITERS).connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && waited < BUSY_TIMEOUT => {
                tokio::time::sleep(BUSY_PAUSE).await;
                waited += BUSY_PAUSE;
            }
            done => return done,
        }
    }
}

/// The version of the tables that this program makes.
pub fn newest_schema() -> i64 {
    let versions = MIGRATIONS.iter().map(|migration| migration.version);
    versions.max().unwrap_or(0)
}

/// Whether another connection is in the way.
fn is_busy(error: &sqlx::Error) -> bool {
    code(error) == Some(SQLITE_BUSY)
}

/// SQLite's primary result code, whatever its extended form.
pub(crate) fn code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok())
        .map(|code| code & 0xff)
}

/// Makes the file where there is none. It never opens one that is there: closing it again
/// would release the locks that this process holds on it.
fn create(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::Create {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Connections are kept for good: nothing wears out, and their prepared statements are warm. All but
/// those of which SQLite ended a transaction by itself, as it does when the disk is full: the driver
/// counts it as open for ever, and would begin no other one.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            let is_idle = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_idle) })
        })
}

/// All migrations in one transaction, so that of two processes that open a file at the same
/// time one migrates it and the other waits and finds nothing left to do.
async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), OpenError> {
    let failed = |source| match source {
        MigrateError::VersionMissing(found) => OpenError::Newer {
            path: path.to_owned(),
            found,
            known: newest_schema(),
        },
        source => OpenError::Migrate {
            path: path.to_owned(),
            source,
        },
    };
    let connect = |source| OpenError::Connect {
        path: path.to_owned(),
        source,
    };
    let mut tx = writer
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(connect)?;
    let has_no_chains = has_no_chains(&mut tx).await.map_err(connect)?;
    // Not `run`: its future cannot be sent between threads.
    MIGRATIONS
        .run_direct(None, &mut *tx, false)
        .await
        .map_err(failed)?;
    if has_no_chains {
        begin_chains(&mut tx)
            .await
            .map_err(|source| OpenError::Chains {
                path: path.to_owned(),
                source,
            })?;
    }
    tx.commit().await.map_err(connect)
}
