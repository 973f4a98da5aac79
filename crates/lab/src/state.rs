//! Where the lab keeps its files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Root of everything that lives from `up` to `down`.
pub(crate) fn state() -> PathBuf {
    PathBuf::from("/var/lib/writeback-lab")
}

/// A directory below the state, made when it is missing.
pub(crate) fn state_dir(name: &str) -> Result<PathBuf> {
    made(state().join(name))
}

/// Root of what outlives `down`: root file systems, provisioned domains, the CA.
pub(crate) fn cache() -> PathBuf {
    std::env::var_os("WRITEBACK_LAB_CACHE")
        .filter(|value| !value.is_empty())
        .map_or_else(|| PathBuf::from("/var/cache/writeback-lab"), PathBuf::from)
}

/// A directory below the cache, made when it is missing.
pub(crate) fn cache_dir(name: &str) -> Result<PathBuf> {
    made(cache().join(name))
}

fn made(path: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path)
}

/// Writes a file with the given mode; the old content is replaced.
pub(crate) fn write(path: &Path, mode: u32, content: &[u8]) -> Result<()> {
    let work = || -> std::io::Result<()> {
        // The old file may be read-only or someone else's.
        let _ = fs::remove_file(path);
        fs::write(path, b"")?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        fs::write(path, content)
    };
    work().with_context(|| format!("cannot write {}", path.display()))
}

/// Copies a tree with owners, modes and extended attributes (Samba keeps
/// Windows ACLs in them), sharing blocks where the file system can.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let mut copy = std::process::Command::new("cp");
    copy.args(["-a", "--reflink=auto", "--sparse=always", "-T"])
        .arg(from)
        .arg(to);
    crate::command::must(&mut copy).map(drop)
}

/// Removes a tree that may not be there.
pub(crate) fn remove_tree(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
