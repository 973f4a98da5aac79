//! The agent's memory of what it was about to do and what came of it.
//!
//! One line of JSON per event, appended and synced before it counts:
//! 1. `intent`: before a write, with the attribute's version in the directory
//! 2. `outcome`: after it, or instead of it
//! 3. `recorded`: the cloud has the outcome
//!
//! After a restart an intent without an outcome is resolved by the directory's receipt, and an
//! outcome that was not recorded is told again. When the journal cannot be written, nothing is
//! written to the directory either.

mod record;
mod replay;
mod writer;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use tokio::sync::oneshot;
use writeback_model::RequestId;

pub use record::{Intent, Told};
pub use replay::Open;

use self::{
    record::Record,
    replay::{OpenRequests, apply, replay},
    writer::{Job, Medium, OnDisk, Writer},
};

/// Why the journal cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read at the start.
    #[error("the journal {} cannot be opened; check that it belongs to the agent's user", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// A line in its middle is no record.
    #[error(
        "the journal {} is damaged at line {line}, or was written by a newer agent: what became of \
         some requests could not be told. Update the agent; if that does not help, move the file \
         away, start the agent, and check by hand the requests that the cloud then shows as unknown", path.display()
    )]
    Corrupt {
        /// Which.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
    },
    /// A record could not be written.
    #[error(
        "the journal cannot be written; free space on its disk, or mount it writable: it is tried again by itself"
    )]
    Write(#[source] Arc<io::Error>),
    /// The thread that writes it is gone.
    #[error("the journal is closed; restart the agent")]
    Closed,
}

/// The journal.
#[derive(Debug)]
pub struct Journal {
    open: Arc<Mutex<OpenRequests>>,
    jobs: mpsc::Sender<Job>,
}

impl Journal {
    /// Opens the journal, or begins one. A torn last line is cut off: it never counted.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let failed = |source| JournalError::Open {
            path: path.to_owned(),
            source: Arc::new(source),
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        let replayed = replay(&bytes).map_err(|corrupt| JournalError::Corrupt {
            path: path.to_owned(),
            line: corrupt.line,
        })?;
        let mut file = OnDisk::open(path.to_owned()).map_err(failed)?;
        let whole = u64::try_from(replayed.whole).unwrap_or(u64::MAX);
        if replayed.torn > 0 {
            tracing::warn!(
                event_id = crate::events::JOURNAL_TORN,
                bytes = replayed.torn,
                "the last line of the journal was not written to its end and is cut off"
            );
            file.truncate(whole).map_err(failed)?;
            file.sync().map_err(failed)?;
        }
        Self::start(file, whole, replayed.open).map_err(failed)
    }

    fn start(medium: impl Medium + 'static, length: u64, open: OpenRequests) -> io::Result<Self> {
        let open = Arc::new(Mutex::new(open));
        let writer = Writer::new(medium, length, Arc::clone(&open));
        let (jobs, todo) = mpsc::channel();
        thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run(&todo))?;
        Ok(Self { open, jobs })
    }

    /// Notes that a write is about to begin. Only after `Ok` may it.
    pub async fn intent(&self, intent: Intent) -> Result<(), JournalError> {
        let request = intent.request;
        let result = self.write(Record::Intent { intent }).await;
        if result.is_err()
            && let Some(one) = self.state().get_mut(&request)
        {
            // It did not count, so nothing is to be resolved. Should the line be on the disk
            // after all, the directory's receipt says that nothing was written.
            one.intent = None;
        }
        result
    }

    /// Notes how a request ended. It is remembered even when the disk fails.
    pub async fn outcome(&self, request: RequestId, told: Told) -> Result<(), JournalError> {
        self.write(Record::Outcome { request, told }).await
    }

    /// Notes that the cloud has the outcome. Needs no sync: a record that is lost makes the
    /// agent tell the outcome once more.
    pub fn recorded(&self, request: RequestId) {
        let record = Record::Recorded { request };
        if let Ok(line) = record.line() {
            apply(&mut self.state(), record);
            let _ = self.jobs.send(Job { line, done: None });
        }
    }

    /// What is known of a request; `None` when nothing is left to say about it.
    pub fn find(&self, request: RequestId) -> Option<Open> {
        self.state().get(&request).cloned()
    }

    /// Outcomes that the cloud has not confirmed.
    pub fn untold(&self) -> Vec<(RequestId, Told)> {
        self.state()
            .iter()
            .filter_map(|(request, one)| Some((*request, one.told.clone()?)))
            .collect()
    }

    /// Intents of which it is not known what came of them.
    pub fn in_doubt(&self) -> Vec<Intent> {
        self.state()
            .values()
            .filter(|one| one.told.is_none())
            .filter_map(|one| one.intent.clone())
            .collect()
    }

    async fn write(&self, record: Record) -> Result<(), JournalError> {
        let line = record
            .line()
            .map_err(|error| JournalError::Write(Arc::new(error.into())))?;
        // Before it is submitted: see `Writer::compact`.
        apply(&mut self.state(), record);
        let (done, answer) = oneshot::channel();
        let job = Job {
            line,
            done: Some(done),
        };
        self.jobs.send(job).map_err(|_| JournalError::Closed)?;
        answer.await.map_err(|_| JournalError::Closed)?
    }

    fn state(&self) -> MutexGuard<'_, OpenRequests> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
