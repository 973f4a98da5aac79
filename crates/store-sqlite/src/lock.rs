//! Whether somebody works on a database: a lock beside it, which everybody who has it open shares,
//! and whoever puts another one in its place takes alone.
//!
//! It is a file of its own: the database's is replaced by a restore, and closing a second handle of
//! it would release SQLite's own locks.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, chown, fchown},
    path::{Path, PathBuf},
};

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Somebody holds it in a way that leaves no room.
#[derive(Debug)]
pub(crate) struct Held;

/// Shares the database with others. `None` where there can be no lock, such as on a file system
/// without any: a restore finds out by SQLite's locks as well.
pub(crate) fn share(database: &Path) -> Result<Option<Lock>, Held> {
    let Ok(file) = open(database) else {
        return Ok(None);
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(TryLockError::WouldBlock) => Err(Held),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Takes the database alone.
pub(crate) fn take(database: &Path) -> io::Result<Result<Lock, Held>> {
    let file = open(database)?;
    match file.try_lock() {
        Ok(()) => Ok(Ok(Lock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(Err(Held)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

pub(crate) fn path(database: &Path) -> PathBuf {
    database.with_added_extension("lock")
}

fn open(database: &Path) -> io::Result<File> {
    let path = path(database);
    match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)?;
    // Made by root's `writeback admin`, it must not keep the cloud's own account out.
    if let Ok(owner) = std::fs::metadata(database) {
        let _ = fchown(&file, Some(owner.uid()), Some(owner.gid()));
    }
    Ok(file)
}

/// Gives a file the owner of another one, where that may be done; it is as well where both have
/// the same already.
pub(crate) fn give_to_owner_of(file: &Path, like: &Path) -> io::Result<()> {
    let (is, wanted) = (std::fs::metadata(file)?, std::fs::metadata(like)?);
    if (is.uid(), is.gid()) == (wanted.uid(), wanted.gid()) {
        return Ok(());
    }
    chown(file, Some(wanted.uid()), Some(wanted.gid()))
}
