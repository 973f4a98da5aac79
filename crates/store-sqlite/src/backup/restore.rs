//! Putting one in the place of a database.
//!
//! All work is done on a copy beside the database; one rename puts it in its place. Killed before
//! that, nothing has changed; after it, all has.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteLockingMode},
};

use super::{
    BackupError, Ended, KnownAgent, Lost, Progress, Source,
    lost::{compare, live_agents},
    make::{connect, sync_folder},
    mark::mark,
};
use crate::{
    SqliteStore,
    lock::{self, Lock, give_to_owner_of},
    open::{code, newest_schema},
};

/// The files of one cloud.
#[derive(Clone, Debug)]
pub struct Place {
    /// The database.
    pub database: PathBuf,
    /// The copies of the audit trail's checkpoints.
    pub checkpoints_file: PathBuf,
}

/// A backup that was read and found whole, ready to take its place; gone when dropped.
#[derive(Debug)]
pub struct Staged {
    place: Place,
    database: PathBuf,
    checkpoints: Vec<u8>,
    now: Timestamp,
    /// What was ended in it.
    pub ended: Ended,
    /// What is lost; `None` where there is no database yet, or it cannot be read.
    pub lost: Option<Lost>,
    /// The agents that are let in again.
    pub agents: Vec<KnownAgent>,
}

/// Keeps everybody else away from a database until dropped.
#[derive(Debug)]
pub struct Alone {
    _lock: Lock,
}

/// What was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAside {
    /// The database, unless there was none.
    pub database: Option<PathBuf>,
    /// The copies of checkpoints, unless there were none.
    pub checkpoints_file: Option<PathBuf>,
}

/// Takes a database for a restore. Fails where a cloud runs on it, or anything else of ours.
pub async fn take_alone(database: &Path) -> Result<Alone, BackupError> {
    let path = lock::path(database);
    let taken = lock::take(database).map_err(BackupError::writing(&path))?;
    let lock = taken.map_err(|_| BackupError::InUse(database.to_owned()))?;
    if is_sqlite(database) {
        settle(database).await?;
    }
    Ok(Alone { _lock: lock })
}

/// Brings the log into the file, as the only one who has it open. A cloud of an earlier version takes
/// no lock of ours, and is noticed by SQLite's.
async fn settle(database: &Path) -> Result<(), BackupError> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .busy_timeout(std::time::Duration::ZERO)
        .locking_mode(SqliteLockingMode::Exclusive);
    let settled = async {
        let mut db = SqliteConnection::connect_with(&options).await?;
        sqlx::query("SELECT count(*) FROM sqlite_schema")
            .execute(&mut db)
            .await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut db)
            .await?;
        db.close().await
    };
    match settled.await {
        Ok(()) => Ok(()),
        Err(error) => match code(&error) {
            Some(BUSY | LOCKED) => Err(BackupError::InUse(database.to_owned())),
            // That it is damaged may be why a backup is put back.
            Some(CORRUPT | NOTADB | IOERR | FULL | CANTOPEN | READONLY) => Ok(()),
            _ => Err(BackupError::copying(database)(error)),
        },
    }
}

/// <https://sqlite.org/rescode.html>
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

impl Staged {
    /// Reads a backup beside the database, checks it, brings its tables up to date, and ends in it
    /// what is no longer true. The database itself is only read.
    pub async fn read(
        source: &mut Source,
        place: Place,
        now: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Self, BackupError> {
        let manifest = source.manifest.clone();
        if manifest.schema > newest_schema() {
            return Err(BackupError::Newer {
                path: source.path().to_owned(),
                program: manifest.program,
                found: manifest.schema,
                known: newest_schema(),
            });
        }
        let database = place
            .database
            .with_added_extension(format!("restoring-{}", now.as_microsecond()));
        let mut staged = Self {
            place,
            database,
            checkpoints: Vec::new(),
            now,
            ended: Ended::default(),
            lost: None,
            agents: Vec::new(),
        };
        staged.checkpoints = staged.extract(source, progress)?;
        staged.check(source).await?;
        let store = SqliteStore::open(&staged.database).await?;
        // A database that is damaged or of an older version cannot be compared, and is replaced all
        // the same.
        if is_sqlite(&staged.place.database) {
            staged.lost = compare(&staged.place.database, &staged.database).await.ok();
        }
        staged.ended = mark(&store, &manifest, now).await?;
        store.close().await;
        let path = &staged.database;
        staged.agents = live_agents(path)
            .await
            .map_err(BackupError::copying(path))?;
        Ok(staged)
    }

    fn extract(&self, source: &mut Source, progress: Progress<'_>) -> Result<Vec<u8>, BackupError> {
        let path = &self.database;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(BackupError::writing(path))?;
        source.extract(&mut file, path, progress)
    }

    async fn check(&self, source: &Source) -> Result<(), BackupError> {
        let path = &self.database;
        let failed = || BackupError::copying(path);
        let mut db = connect(path).await.map_err(failed())?;
        let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
            .fetch_one(&mut db)
            .await
            .map_err(failed())?;
        db.close().await.map_err(failed())?;
        match found.as_str() {
            "ok" => Ok(()),
            _ => Err(BackupError::Torn {
                path: source.path().to_owned(),
                what: "its tables do not fit together",
            }),
        }
    }

    /// Puts it in its place, and keeps aside what was there.
    pub fn put_in_place(self, _alone: &Alone) -> Result<KeptAside, BackupError> {
        let Place {
            database,
            checkpoints_file,
        } = &self.place;
        let owned_like = match database.exists() {
            true => database.as_path(),
            false => database.parent().unwrap_or(database),
        };
        let new = &self.database;
        give_to_owner_of(new, owned_like).map_err(BackupError::writing(new))?;
        sync(new).map_err(BackupError::writing(new))?;
        let suffix = self.now.strftime("replaced-%Y%m%dT%H%M%SZ").to_string();
        let kept = KeptAside {
            database: self.keep_database(&suffix)?,
            checkpoints_file: keep(checkpoints_file, &suffix)
                .map_err(BackupError::writing(checkpoints_file))?,
        };
        fs::rename(&self.database, database)
            .and_then(|()| sync_folder(database))
            .map_err(BackupError::writing(database))?;
        if !self.checkpoints.is_empty() {
            self.write_checkpoints(owned_like)
                .map_err(BackupError::writing(checkpoints_file))?;
        }
        Ok(kept)
    }

    /// The database stays under its name, too, until the new one takes its place. Its log does not: it
    /// would be taken for the new one's. After `take_alone` only a damaged one has any.
    fn keep_database(&self, suffix: &str) -> Result<Option<PathBuf>, BackupError> {
        let database = &self.place.database;
        if !database.exists() {
            return Ok(None);
        }
        let aside = database.with_added_extension(suffix);
        fs::hard_link(database, &aside)
            .or_else(|_| fs::copy(database, &aside).map(|_| ()))
            .map_err(BackupError::writing(&aside))?;
        for log in ["-wal", "-shm"] {
            let (from, to) = (with(database, log), with(&aside, log));
            match fs::rename(&from, &to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(BackupError::writing(&from)(error));
                }
                _ => {}
            }
        }
        Ok(Some(aside))
    }

    fn write_checkpoints(&self, owned_like: &Path) -> io::Result<()> {
        let path = &self.place.checkpoints_file;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(&self.checkpoints)?;
        file.sync_all()?;
        // The folder may be one of which the database's owner has no part.
        let _ = give_to_owner_of(path, owned_like);
        sync_folder(path)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            // After a rename there is none.
            let _ = fs::remove_file(with(&self.database, end));
        }
        let _ = fs::remove_file(lock::path(&self.database));
    }
}

/// Whether a file begins as SQLite's do. Of one that does not, it might throw the log away.
fn is_sqlite(file: &Path) -> bool {
    const HEADER: &[u8] = b"SQLite format 3\0";
    let mut begin = [0; HEADER.len()];
    let read = fs::File::open(file).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == HEADER
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn keep(file: &Path, suffix: &str) -> io::Result<Option<PathBuf>> {
    let aside = file.with_added_extension(suffix);
    match fs::rename(file, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn sync(file: &Path) -> io::Result<()> {
    fs::File::open(file)?.sync_all()
}
