//! The one thread that writes the journal. Records that come together are synced together.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    JournalError,
    replay::{OpenRequests, records},
};
use crate::{events, state::replace};

/// How many records share one sync at most: no more wait than run at once.
const GROUP_MAX: usize = 64;

/// When a journal is rewritten with what is open: some thousand resets' worth, small enough to
/// be read in no time after a restart.
const COMPACT_BYTES: u64 = 1024 * 1024;

/// How often writing is tried again that failed, while nobody asks for more.
const RETRY_EVERY: Duration = Duration::from_secs(5);

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
    /// Absent while it is not known to be the file of that name.
    file: Option<File>,
}

impl OnDisk {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let mut this = Self { path, file: None };
        this.file()?;
        Ok(this)
    }

    fn file(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let file = OpenOptions::new()
                    .create(true)
                    .append(true)
                    .mode(0o600)
                    .open(&self.path)?;
                if let Some(folder) = self.path.parent() {
                    File::open(folder)?.sync_all()?;
                }
                file
            }
        };
        Ok(self.file.insert(file))
    }
}

impl Medium for OnDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file()?.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file()?.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file()?.set_len(length)
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Whatever becomes of it, the old one may have lost its name.
        self.file = None;
        replace(&self.path, bytes)?;
        self.file().map(|_| ())
    }
}

/// What the thread holds.
pub(super) struct Writer<M> {
    pub(super) medium: M,
    /// Length of what is known to be whole.
    pub(super) length: u64,
    pub(super) compact_at: u64,
    /// Something is not on the disk that is open, or nobody knows whether it is: after a failed
    /// sync, a line says nothing of those before it. Then all of it is written anew.
    pub(super) behind: bool,
    pub(super) open: Arc<Mutex<OpenRequests>>,
}

impl<M: Medium> Writer<M> {
    pub(super) fn new(medium: M, length: u64, open: Arc<Mutex<OpenRequests>>) -> Self {
        Self {
            medium,
            length,
            compact_at: COMPACT_BYTES,
            behind: false,
            open,
        }
    }

    /// Runs until nobody can send a job any more. What could not be written is tried again by
    /// itself.
    pub(super) fn run(mut self, jobs: &mpsc::Receiver<Job>) {
        loop {
            let first = match self.behind {
                false => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                true => jobs.recv_timeout(RETRY_EVERY),
            };
            let mut group = match first {
                Ok(first) => vec![first],
                Err(RecvTimeoutError::Timeout) => {
                    // It fails as before, and was told.
                    let _ = self.rewrite();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
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
            if self.length > self.compact_at && !self.behind {
                self.compact();
            }
        }
    }

    fn write(&mut self, group: &[Job]) -> io::Result<()> {
        if self.behind {
            // With what this group brings: it is open already.
            return self.rewrite();
        }
        let bytes: Vec<u8> = group.iter().flat_map(|job| &job.line).copied().collect();
        if let Err(error) = self.medium.append(&bytes) {
            self.behind = true;
            // A part may be there. The next line never follows half of this one, and an agent that is
            // killed now finds a whole file; if not, the half line is cut off then.
            let _ = self.medium.truncate(self.length);
            return Err(error);
        }
        if group.iter().any(|job| job.done.is_some())
            && let Err(error) = self.medium.sync()
        {
            self.behind = true;
            return Err(error);
        }
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    fn compact(&mut self) {
        if let Err(error) = self.rewrite() {
            tracing::warn!(event_id = events::STATE_UNWRITABLE, %error,
                "the journal could not be rewritten shorter; it is tried again");
        }
    }

    /// Rewrites the journal with what is open. Who submits a record notes it in `open` first, so
    /// that nothing is left out that was written before.
    fn rewrite(&mut self) -> io::Result<()> {
        let open = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let lines: Result<Vec<Vec<u8>>, _> = records(&open)
            .iter()
            .map(super::record::Record::line)
            .collect();
        let bytes = lines?.concat();
        let was_behind = std::mem::replace(&mut self.behind, true);
        self.medium.replace(&bytes)?;
        self.behind = false;
        self.length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.compact_at = self.length + COMPACT_BYTES;
        if was_behind {
            tracing::info!(
                event_id = events::STATE_WRITABLE,
                "the journal can be written again, and has everything"
            );
        }
        Ok(())
    }
}
