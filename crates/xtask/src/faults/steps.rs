//! The steps of requests, as the logs show them while they are written.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::broadcast;

use super::{
    board::Board,
    plan::{STEPS, Step},
};

/// How often the logs are read. Steps are milliseconds apart.
const READ_EVERY: Duration = Duration::from_millis(1);

/// One step of one request.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) request: String,
    pub(super) step: Step,
    /// Whose request it is, where the line says so.
    pub(super) user: Option<String>,
    /// Which agent's log has it.
    pub(super) agent: Option<usize>,
}

/// Reads the logs of a stage until it is dropped.
pub(super) struct Steps {
    /// How far the requests have come.
    pub(super) board: Arc<Board>,
    sender: broadcast::Sender<Seen>,
    stop: Arc<AtomicBool>,
}

impl Steps {
    pub(super) fn watch(dir: &Path, agents: usize) -> Self {
        let (sender, _) = broadcast::channel(16_384);
        let stop = Arc::new(AtomicBool::new(false));
        let mut logs = vec![Log::new(dir.join("cloud.log"), None)];
        logs.extend(
            (0..agents).map(|agent| Log::new(dir.join(format!("agent{agent}.log")), Some(agent))),
        );
        let board = Arc::new(Board::default());
        let (told, stopped, noted) = (sender.clone(), Arc::clone(&stop), Arc::clone(&board));
        std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                for seen in logs.iter_mut().flat_map(Log::read) {
                    noted.note(&seen);
                    // Nobody may be listening just now.
                    let _ = told.send(seen);
                }
                std::thread::sleep(READ_EVERY);
            }
        });
        Self {
            board,
            sender,
            stop,
        }
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Seen> {
        self.sender.subscribe()
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Log {
    path: PathBuf,
    agent: Option<usize>,
    file: Option<File>,
    /// The end of what was read that is no whole line yet.
    rest: String,
}

impl Log {
    const fn new(path: PathBuf, agent: Option<usize>) -> Self {
        Self {
            path,
            agent,
            file: None,
            rest: String::new(),
        }
    }

    fn read(&mut self) -> Vec<Seen> {
        if self.file.is_none() {
            self.file = File::open(&self.path).ok();
        }
        let mut new = Vec::new();
        let Some(file) = &mut self.file else {
            return Vec::new();
        };
        if file.read_to_end(&mut new).is_err() || new.is_empty() {
            return Vec::new();
        }
        self.rest.push_str(&String::from_utf8_lossy(&new));
        let text = std::mem::take(&mut self.rest);
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let (lines, rest) = text.split_at(whole);
        rest.clone_into(&mut self.rest);
        lines
            .lines()
            .filter_map(|line| step_of(line, self.agent))
            .collect()
    }
}

fn step_of(line: &str, agent: Option<usize>) -> Option<Seen> {
    let request = field(line, "request=")?;
    let (step, ..) = STEPS.iter().find(|(_, words, _)| line.contains(words))?;
    Some(Seen {
        request: request.to_owned(),
        step: *step,
        user: field(line, "user=").map(str::to_owned),
        agent,
    })
}

fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(name)?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_step_of_a_request() {
        let line = "2026-11-23T10:00:00Z DEBUG writeback_cloud::portal: a request was accepted request=r-1 user=u-2";
        let seen = step_of(line, None).unwrap();
        assert_eq!((seen.request.as_str(), seen.step), ("r-1", Step::Accepted));
        assert_eq!(seen.user.as_deref(), Some("u-2"));
        let line = "2026-11-23T10:00:00Z  INFO writeback_agent::core: done request=r-1 event_id=1";
        assert_eq!(step_of(line, Some(1)).unwrap().step, Step::Written);
        let line = "2026-11-23T10:00:00Z  WARN writeback_agent::core: not done request=r-1";
        assert!(step_of(line, Some(1)).is_none());
        assert!(step_of("2026-11-23T10:00:00Z INFO x: listening", None).is_none());
    }
}
