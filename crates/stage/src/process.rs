//! A process of ours, with its log kept in a file.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

/// How long a process may take to end after it was asked to.
const END_WITHIN: Duration = Duration::from_secs(30);

/// A running process; ended when dropped.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// Where in the log this process began: an earlier one may have written before.
    log_begins: usize,
}

impl Process {
    /// Starts a program; what it says goes to the end of `log`.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let open = || -> Result<File> {
            OpenOptions::new()
                .create(true)
                .append(true)
                .open(log)
                .with_context(|| format!("cannot write {}", log.display()))
        };
        let log_begins =
            std::fs::metadata(log).map_or(0, |it| usize::try_from(it.len()).unwrap_or(0));
        let child = command
            .stdin(Stdio::null())
            .stdout(open()?)
            .stderr(open()?)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
            log_begins,
        })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has said so far.
    pub fn said(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let own = log.get(self.log_begins..).unwrap_or_default();
        String::from_utf8_lossy(own).into_owned()
    }

    /// Fails, with the end of its log, when it ended by itself.
    pub fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            let said = self.said();
            let lines: Vec<_> = said.lines().collect();
            let tail = lines
                .get(lines.len().saturating_sub(20)..)
                .unwrap_or_default()
                .join("\n");
            bail!("{} ended with {status}:\n{tail}", self.name);
        }
        Ok(())
    }

    /// Asks it to end in order, and waits until it has.
    pub fn stop(&mut self) -> Result<()> {
        self.signal("TERM")?;
        let deadline = Instant::now() + END_WITHIN;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                bail!(
                    "{} did not end within {} s",
                    self.name,
                    END_WITHIN.as_secs()
                );
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Ends it without warning, as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends it a signal by name, such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()?;
        if !status.success() {
            bail!("{} is not there to get the signal {name}", self.name);
        }
        Ok(())
    }

    /// Resident memory, in bytes.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u64 = line
            .and_then(|line| line.split_whitespace().next())
            .context("no VmRSS")?
            .parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
