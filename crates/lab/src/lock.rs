//! Locks between test processes: files in the state, freed by the kernel when
//! a process dies.

use std::fs::File;

use anyhow::{Context as _, Result};

use crate::state;

/// A lock held until it is dropped.
#[derive(Debug)]
pub struct Guard {
    _file: File,
}

fn open(name: &str) -> Result<File> {
    let path = state::state_dir("locks")?.join(name);
    File::create(&path).with_context(|| format!("cannot open the lock {}", path.display()))
}

pub(crate) fn exclusive(name: &str) -> Result<Guard> {
    let file = open(name)?;
    file.lock()
        .with_context(|| format!("cannot take the lock {name}"))?;
    Ok(Guard { _file: file })
}

pub(crate) fn shared(name: &str) -> Result<Guard> {
    let file = open(name)?;
    file.lock_shared()
        .with_context(|| format!("cannot share the lock {name}"))?;
    Ok(Guard { _file: file })
}

/// Whether someone has it exclusively.
pub(crate) fn is_held(name: &str) -> Result<bool> {
    Ok(matches!(
        open(name)?.try_lock_shared(),
        Err(std::fs::TryLockError::WouldBlock)
    ))
}

/// None when someone else has it.
pub(crate) fn try_exclusive(name: &str) -> Result<Option<Guard>> {
    let file = open(name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Guard { _file: file })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot try the lock {name}"))
        }
    }
}
