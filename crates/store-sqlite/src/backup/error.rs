//! Why there is no backup, or no way back from one.

use std::{io, path::PathBuf};

use writeback_store::StoreError;

use crate::OpenError;

/// Why a backup could not be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file is there already.
    #[error("{} is there already: give another name, or --force to replace an older backup", .0.display())]
    Exists(PathBuf),
    /// What would be written over is no backup.
    #[error("{} is no backup of Writeback, and is not written over: give another name", .0.display())]
    NotReplaced(PathBuf),
    /// A path that SQLite cannot be told.
    #[error("{} cannot be used: its name has to be UTF-8", .0.display())]
    Name(PathBuf),
    /// A file cannot be read or written.
    #[error("{} cannot be {doing}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// `read`, `written`.
        doing: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// SQLite failed.
    #[error("the database {} could not be copied", path.display())]
    Copy {
        /// Which.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: sqlx::Error,
    },
    /// The database is damaged.
    #[error(
        "the database {} is damaged ({problem}): what could be copied of it is no backup. Put back \
         the last good one", path.display()
    )]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What SQLite found first.
        problem: String,
    },
    /// A file that is something else.
    #[error("{} is no backup of Writeback, or its end is missing: nothing was changed", .0.display())]
    Foreign(PathBuf),
    /// A backup of which some bytes are not what they were.
    #[error(
        "{} is a damaged backup ({what}): nothing was changed. Take another copy of it", path.display()
    )]
    Torn {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// Made by a later version.
    #[error(
        "{} was made by a newer Writeback ({program}): its tables are version {found}, this \
         program knows up to version {known}; use the newer program", path.display()
    )]
    Newer {
        /// Which.
        path: PathBuf,
        /// Who made it.
        program: String,
        /// The version of its tables.
        found: i64,
        /// The last version that this program knows.
        known: i64,
    },
    /// Somebody works on the database.
    #[error(
        "the database {} is in use: stop the cloud and every `writeback admin` first; nothing was \
         changed", .0.display()
    )]
    InUse(PathBuf),
    /// What was open in it could not be ended.
    #[error("the copied database cannot be put in order")]
    Mark(#[from] StoreError),
    /// What was copied cannot be opened.
    #[error("the copied database cannot be used")]
    Open(#[from] OpenError),
}

impl BackupError {
    pub(super) fn reading(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            path,
            doing: "read",
            source,
        }
    }

    pub(super) fn writing(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            path,
            doing: "written",
            source,
        }
    }

    pub(super) fn copying(path: &std::path::Path) -> impl FnOnce(sqlx::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Copy { path, source }
    }
}
