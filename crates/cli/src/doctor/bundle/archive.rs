//! The archive: a compressed tar that its owner alone may read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context as _, bail};
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use tar::{Builder, Header};

use super::Entry;

/// Nobody but who made it.
const MODE: u32 = 0o600;

/// The folder that it unpacks into.
const FOLDER: &str = "writeback-doctor";

/// Writes a new file, and gives its length in bytes; one that exists stays as it is.
pub(super) fn write(path: &Path, entries: &[Entry], now: Timestamp) -> anyhow::Result<u64> {
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path);
    let file = match new {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!(
                "{} exists and is left as it is; name another file",
                path.display()
            )
        }
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be written", path.display()));
        }
    };
    match pack(file, entries, now) {
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            // Half an archive helps nobody; that it could not be written is what is told.
            drop(fs::remove_file(path));
            Err(error).with_context(|| format!("{} cannot be written", path.display()))
        }
    }
}

fn pack(file: File, entries: &[Entry], now: Timestamp) -> io::Result<u64> {
    let mut archive = Builder::new(GzEncoder::new(file, Compression::default()));
    for entry in entries {
        let bytes = entry.text.as_bytes();
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(MODE);
        header.set_mtime(u64::try_from(now.as_second()).unwrap_or_default());
        archive.append_data(&mut header, format!("{FOLDER}/{}", entry.name), bytes)?;
    }
    let file = archive.into_inner()?.finish()?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}
