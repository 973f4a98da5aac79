//! The one thread that writes the journal. Records that come together are synced together.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use tokio::sync::oneshot;

use super::{
    JournalError,
    replay::{OpenRequests, records},
};
use crate::state::replace;

/// How many records share one sync at most: no more wait than run at once.
const GROUP_MAX: usize = 64;

/// When a journal is rewritten with what is open: some thousand resets' worth, small enough to
/// be read in no time after a restart.
const COMPACT_BYTES: u64 = 1024 * 1024;

/// A line to be written.
pub(super) struct Job {
    pub(super) line: Vec<u8>,
    /// Answered when the line is on the disk; a job without it needs no sync.
    pub(super) done: Option<oneshot::Sender<Result<(), JournalError>>>,
}

/// The file, or what stands for it in a test of a failing disk.
pub(super) trait Medium: Send {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Puts `bytes` in the place of everything.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// The journal's file.
pub(super) struct OnDisk {
    path: PathBuf,
    file: File,
}

impl OnDisk {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Self { path, file })
    }
}

impl Medium for OnDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        replace(&self.path, bytes)?;
        *self = Self::open(self.path.clone())?;
        Ok(())
    }
}

/// What the thread holds.
pub(super) struct Writer<M> {
    pub(super) medium: M,
    /// Length of what is known to be whole.
    pub(super) length: u64,
    pub(super) compact_at: u64,
    /// After a failed sync nobody knows what is on the disk: nothing counts any more.
    pub(super) broken: bool,
    pub(super) open: Arc<Mutex<OpenRequests>>,
}

impl<M: Medium> Writer<M> {
    pub(super) fn new(medium: M, length: u64, open: Arc<Mutex<OpenRequests>>) -> Self {
        Self {
            medium,
            length,
            compact_at: COMPACT_BYTES,
            broken: false,
            open,
        }
    }

    /// Runs until nobody can send a job any more.
    pub(super) fn run(mut self, jobs: &mpsc::Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            while group.len() < GROUP_MAX
                && let Ok(job) = jobs.try_recv()
            {
                group.push(job);
            }
            let result = self.write(&group).map_err(Arc::new);
            for job in group {
                if let Some(done) = job.done {
                    let _ = done.send(result.clone().map_err(JournalError::Write));
                }
            }
            if self.length > self.compact_at && !self.broken {
                self.compact();
            }
        }
    }

    fn write(&mut self, group: &[Job]) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier sync failed"));
        }
        let bytes: Vec<u8> = group.iter().flat_map(|job| &job.line).copied().collect();
        if let Err(error) = self.medium.append(&bytes) {
            // A part may be there: the next line must not follow half of this one.
            self.broken = self.medium.truncate(self.length).is_err();
            return Err(error);
        }
        if group.iter().any(|job| job.done.is_some())
            && let Err(error) = self.medium.sync()
        {
            self.broken = true;
            return Err(error);
        }
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Rewrites the journal with what is open. Who submits a record notes it in `open` first, so
    /// that nothing is left out that was written before.
    fn compact(&mut self) {
        let open = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let bytes: Result<Vec<Vec<u8>>, _> = records(&open)
            .iter()
            .map(super::record::Record::line)
            .collect();
        let Ok(bytes) = bytes.map(|lines| lines.concat()) else {
            return;
        };
        match self.medium.replace(&bytes) {
            Ok(()) => {
                self.length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.compact_at = self.length + COMPACT_BYTES;
            }
            Err(error) => {
                tracing::warn!(event_id = crate::events::STATE_UNWRITABLE, %error,
                    "the journal could not be rewritten shorter; it goes on growing");
                self.compact_at = self.length + COMPACT_BYTES;
            }
        }
    }
}
