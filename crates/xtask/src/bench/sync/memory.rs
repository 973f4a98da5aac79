//! What a process holds in memory.

use anyhow::{Context as _, Result};

/// Resident memory, in KiB.
#[derive(Clone, Copy, Default)]
pub(super) struct Memory {
    now: u64,
    peak: u64,
}

impl Memory {
    pub(super) fn of(pid: u32) -> Result<Self> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        Ok(Self {
            now: line(&status, "VmRSS:")?,
            peak: line(&status, "VmHWM:")?,
        })
    }

    /// The larger of both, each for itself.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            now: self.now.max(other.now),
            peak: self.peak.max(other.peak),
        }
    }

    pub(super) fn now_mebibytes(self) -> f64 {
        self.now as f64 / 1024.0
    }

    pub(super) fn peak_mebibytes(self) -> f64 {
        self.peak as f64 / 1024.0
    }
}

fn line(status: &str, name: &str) -> Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number
        .with_context(|| format!("the process has no {name}"))?
        .parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_had_no_less() {
        let memory = Memory::of(std::process::id()).unwrap();
        assert!(memory.now > 0 && memory.peak >= memory.now);
        assert!(line("VmRSS:\t  12 kB\n", "VmHWM:").is_err());
    }
}
