//! The state folder: private files, each replaced as a whole or not at all.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

/// Nobody but the agent's user.
const FOLDER_MODE: u32 = 0o700;
/// Nobody but the agent's user.
const FILE_MODE: u32 = 0o600;

/// The state folder.
#[derive(Clone, Debug)]
pub struct StateDir {
    path: PathBuf,
}

/// The state folder, held by this process alone until dropped: two agents on one journal could
/// not say what happened.
#[derive(Debug)]
pub struct Locked {
    _file: File,
}

/// What is wrong with the state folder.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be made.
    #[error("the state folder {} cannot be used; create it for the agent's user with mode 0700", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has it.
    #[error("another agent is using {}; stop it first, or give this one a state_dir of its own", .0.display())]
    InUse(PathBuf),
    /// A file in it cannot be read.
    #[error("{} cannot be read; check that it belongs to the agent's user", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file in it cannot be written.
    #[error("{} cannot be written; check free space and the rights of the folder", file.display())]
    Write {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file in it is not what the agent wrote.
    #[error("{} is damaged; restore it from a backup, or enrol the agent anew", .0.display())]
    Damaged(PathBuf),
}

impl StateDir {
    /// Opens the folder; makes it if it is not there.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let failed = |source| StateError::Folder {
            path: path.to_owned(),
            source,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(path)
            .map_err(failed)?;
        fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE)).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// The folder at that place as it is; for looking at it only.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Takes the folder for this process alone.
    pub fn lock(&self) -> Result<Locked, StateError> {
        let path = self.file("lock");
        let failed = |source| StateError::Write {
            file: self.file("lock"),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(FILE_MODE)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Locked { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse(self.path.clone())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Whether another process holds the folder. Makes nothing in it: whoever asks may be root,
    /// and the folder another's.
    pub fn is_held(&self) -> Result<bool, StateError> {
        if let Ok(false) = self.file("lock").try_exists() {
            return Ok(false);
        }
        match self.lock() {
            Ok(_) => Ok(false),
            Err(StateError::InUse(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The path of a file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Reads a file; `None` when there is none.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Zeroizing<String>>, StateError> {
        let file = self.file(name);
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StateError::Read { file, source }),
        }
    }

    /// Writes a file so that after a power cut either the old or the new one is there.
    pub(crate) fn write(&self, name: &str, contents: &[u8]) -> Result<(), StateError> {
        replace(&self.file(name), contents).map_err(|source| StateError::Write {
            file: self.file(name),
            source,
        })
    }
}

/// Writes beside the file, syncs, renames, and syncs the folder.
pub(crate) fn replace(file: &Path, contents: &[u8]) -> io::Result<()> {
    let beside = file.with_added_extension("new");
    let mut new = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(FILE_MODE)
        .open(&beside)?;
    // An older file that was left behind keeps its mode.
    new.set_permissions(Permissions::from_mode(FILE_MODE))?;
    new.write_all(contents)?;
    new.sync_all()?;
    fs::rename(&beside, file)?;
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folder_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(&folder.path().join("a/b")).unwrap();
        fs::write(state.file("x.new"), "left behind").unwrap();
        state.write("x", b"1").unwrap();
        state.write("x", b"2").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&state.path), 0o700);
        assert_eq!(mode(&state.file("x")), 0o600);
        assert_eq!(state.read("x").unwrap().unwrap().as_str(), "2");
        assert!(state.read("y").unwrap().is_none());
    }

    #[test]
    fn one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        let held = state.lock().unwrap();
        assert!(matches!(state.lock(), Err(StateError::InUse(_))));
        drop(held);
        state.lock().unwrap();
    }
}
