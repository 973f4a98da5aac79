//! Processes known for certain: a pid alone can come back as another process,
//! so each is kept with its start time.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// A process and the clock tick it was started at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    started: u64,
}

/// Fields of `/proc/PID/stat` after the program name.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in brackets and may hold anything, brackets too.
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

impl Process {
    /// The process with this pid, unless it is gone.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let started = stat(pid)?.get(19)?.parse().ok()?;
        Some(Self { pid, started })
    }

    /// Still the same process, and not merely waiting to be reaped.
    pub(crate) fn alive(self) -> bool {
        Self::of(self.pid) == Some(self) && run_state(self.pid).is_some_and(|s| s != 'Z')
    }

    /// Ends it at once and waits until it is gone.
    pub(crate) fn kill(self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.alive() {
            signal("KILL", &[self.pid])?;
            if Instant::now() > deadline {
                bail!("process {} does not end", self.pid);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

/// The kernel's letter for what a process is doing.
pub(crate) fn run_state(pid: u32) -> Option<char> {
    stat(pid)?.first()?.chars().next()
}

/// Children of a process.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let wanted = parent.to_string();
    all()
        .filter(|pid| stat(*pid).and_then(|f| f.get(1).cloned()).as_deref() == Some(&wanted))
        .collect()
}

/// Every process of the machine.
pub(crate) fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Sends a signal; processes that are gone by now do not matter.
pub(crate) fn signal(name: &str, pids: &[u32]) -> Result<()> {
    if !pids.is_empty() {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{name}"))
            .args(pids.iter().map(u32::to_string));
        crate::command::run(&mut kill, b"")?;
    }
    Ok(())
}
