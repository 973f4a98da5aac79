//! Why the trail could not be looked after.

use std::{io, path::PathBuf};

use writeback_audit::Finding;
use writeback_store::StoreError;

/// Why the trail could not be looked after.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// Somebody tampered with it.
    #[error("the audit trail was tampered with: {0}")]
    Finding(#[from] Finding),
    /// The store failed.
    #[error("the audit trail could not be read or written")]
    Store(#[from] StoreError),
    /// A file that cannot be read or written.
    #[error(
        "{} cannot be read or written; it and its folder must belong to whoever runs the cloud",
        path.display()
    )]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The key can be read by others.
    #[error(
        "the audit key {} can be read by others (mode {mode:03o}): make it 600, and think of it \
         as known: move it away for a new one to be made", path.display()
    )]
    KeyIsOpen {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// No key in the key's file.
    #[error(
        "the audit key {} is no key: put back the file from a copy; without one, move it away \
         for a new one to be made, which will not confirm what the old one signed",
        path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// A line of the copies that is no checkpoint.
    #[error("{}, line {line}: not a checkpoint as it was written", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// Records went, in their time, while they were exported.
    #[error(
        "old records were removed, as `audit.keep_days` says, while they were exported: what was \
         written so far is not whole. Export again, or only what is younger (`--since`)"
    )]
    PrunedMeanwhile,
    /// A record that is no JSON cannot be exported as JSON.
    #[error("a record could not be written as JSON: it was tampered with")]
    Json(#[from] serde_json::Error),
}
