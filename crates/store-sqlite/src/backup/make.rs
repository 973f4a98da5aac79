//! Making one.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};
use writeback_model::BackupId;

use super::{
    BackupError, Manifest, Part, Progress, Source,
    file::{pass, seal},
};

/// How often the growing copy is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How long to wait for whoever sets the file up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// What a new backup is called, and when and by whom it is made.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Its identifier.
    pub id: BackupId,
    /// The time.
    pub made_at: Timestamp,
    /// The version of the program.
    pub program: String,
}

/// Copies a database, as it stands at one moment, while others read and write it, together with
/// the copies of its audit trail's checkpoints. The file appears whole, mode 0600, or not at all;
/// one that is there is replaced only where `replace` says so, and only if it is a backup.
pub async fn back_up(
    database: &Path,
    checkpoints_file: &Path,
    to: &Path,
    replace: bool,
    stamp: Stamp,
    progress: Progress<'_>,
) -> Result<Manifest, BackupError> {
    if to.exists() {
        if !replace {
            return Err(BackupError::Exists(to.to_owned()));
        }
        if !Source::is_one(to) {
            return Err(BackupError::NotReplaced(to.to_owned()));
        }
    }
    let beside = Beside::make(to, stamp.id)?;
    let manifest = fill(&beside.path, database, checkpoints_file, stamp, progress).await?;
    beside.place(to, replace)?;
    Ok(manifest)
}

async fn fill(
    path: &Path,
    database: &Path,
    checkpoints_file: &Path,
    stamp: Stamp,
    progress: Progress<'_>,
) -> Result<Manifest, BackupError> {
    // First: a checkpoint that is copied is in the database before, and so in the copy of it.
    let checkpoints = match fs::read(checkpoints_file) {
        Ok(copies) => copies,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(BackupError::reading(checkpoints_file)(error)),
    };
    copy(database, path, progress).await?;
    let schema = check(path, database).await?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(BackupError::reading(path))?;
    let bytes = file.metadata().map_err(BackupError::reading(path))?.len();
    let part = pass(&mut file, bytes, &mut |_| Ok(())).map_err(BackupError::reading(path))?;
    let manifest = Manifest {
        id: stamp.id,
        made_at: stamp.made_at,
        program: stamp.program,
        schema,
        database: part,
        checkpoints: Part::of(&checkpoints),
    };
    seal(&mut file, &checkpoints, &manifest).map_err(BackupError::writing(path))?;
    Ok(manifest)
}

pub(super) async fn connect(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT);
    SqliteConnection::connect_with(&options).await
}

/// One read transaction, however long it takes: nobody waits for it, and it waits for nobody.
async fn copy(database: &Path, into: &Path, progress: Progress<'_>) -> Result<(), BackupError> {
    let name = into
        .to_str()
        .ok_or_else(|| BackupError::Name(into.to_owned()))?;
    let failed = || BackupError::copying(database);
    let mut db = connect(database).await.map_err(failed())?;
    let total = sqlx::query(
        "SELECT (SELECT page_count FROM pragma_page_count)
             - (SELECT freelist_count FROM pragma_freelist_count),
             (SELECT page_size FROM pragma_page_size)",
    )
    .fetch_one(&mut db)
    .await
    .and_then(|row| Ok((row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?)))
    .map_err(failed())?;
    let total = u64::try_from(total.0.saturating_mul(total.1)).unwrap_or(0);
    {
        let copying = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut db);
        tokio::pin!(copying);
        loop {
            tokio::select! {
                copied = &mut copying => {
                    copied.map_err(failed())?;
                    break;
                }
                () = tokio::time::sleep(LOOK_EVERY) => {
                    let done = fs::metadata(into).map_or(0, |it| it.len());
                    progress(done.min(total), total);
                }
            }
        }
    }
    progress(total, total);
    db.close().await.map_err(failed())
}

/// A copy that could not be used is no backup. Gives the version of its tables.
async fn check(copy: &Path, database: &Path) -> Result<i64, BackupError> {
    let failed = || BackupError::copying(database);
    let mut db = connect(copy).await.map_err(failed())?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut db)
        .await
        .map_err(failed())?;
    if found != "ok" {
        return Err(BackupError::Damaged {
            path: database.to_owned(),
            problem: found,
        });
    }
    let schema = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut db)
        .await
        .map_err(failed())?;
    db.close().await.map_err(failed())?;
    Ok(schema)
}

/// The file under its first name; gone when dropped, unless it got its place.
struct Beside {
    path: PathBuf,
}

impl Beside {
    fn make(to: &Path, id: BackupId) -> Result<Self, BackupError> {
        let path = to.with_added_extension(format!("{}.partial", id));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(BackupError::writing(&path))?;
        Ok(Self { path })
    }

    fn place(self, to: &Path, replace: bool) -> Result<(), BackupError> {
        let placed = if replace {
            fs::rename(&self.path, to)
        } else {
            // A link, unlike a rename, never takes the place of a file that is there.
            match fs::hard_link(&self.path, to) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !to.exists() => {
                    // Not every file system has links.
                    fs::rename(&self.path, to)
                }
                linked => linked,
            }
        };
        match placed {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(BackupError::Exists(to.to_owned()))
            }
            placed => placed
                .and_then(|()| sync_folder(to))
                .map_err(BackupError::writing(to)),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // After a rename there is none.
        let _ = fs::remove_file(&self.path);
    }
}

/// So that a name that was given or taken is there after a power cut, too.
pub(super) fn sync_folder(of: &Path) -> io::Result<()> {
    match of.parent() {
        Some(folder) if folder.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
