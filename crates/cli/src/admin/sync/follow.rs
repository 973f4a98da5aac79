//! Following a cycle: what is to be said about it, decided from what the store holds.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use writeback_model::RunId;
use writeback_store::{Run, WantedCycle};
use writeback_sync::{Profile, RunResult};

/// How long nothing may happen at all before nobody is thought to be at work: the running cloud
/// looks four times a second.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// A run without progress for so long is nobody's any more: the cloud itself gives an import
/// up after a minute.
const RUN_IS_DEAD: SignedDuration = SignedDuration::from_secs(130);

/// What the store holds at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Whether the wish was not taken yet.
    pub wish_waits: bool,
    /// The runs of the cycle, oldest first.
    pub runs: Vec<Run>,
    /// All runs of the tenant that are under way.
    pub running: Vec<Run>,
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Another run of the forest is under way, and comes first.
    Waits(Run),
    /// A run began.
    Begins(Run),
    /// It goes on.
    Goes(Run),
    /// It ended.
    Ended(Run),
}

/// How a cycle ended; of several, the greatest one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// All is done.
    Success,
    /// All is done, and some objects have problems.
    WithProblems,
    /// The deletion guard stopped the export.
    GuardStopped,
    /// A run failed.
    Failed,
    /// It was begun, and nobody goes on with it.
    GivenUp,
    /// Nobody took the wish.
    NotTaken,
}

impl Outcome {
    /// What the program ends with.
    pub(super) const fn exit_code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed | Self::GivenUp | Self::NotTaken => 1,
            Self::WithProblems => 2,
            Self::GuardStopped => 3,
        }
    }
}

/// A cycle that is followed.
pub(super) struct Follow {
    profiles: Vec<Profile>,
    wanted: WantedCycle,
    begun: BTreeSet<RunId>,
    ended: BTreeSet<RunId>,
    waited_for: Option<RunId>,
    quiet_since: Option<Timestamp>,
}

impl Follow {
    pub(super) fn new(wanted: WantedCycle) -> Self {
        Self {
            profiles: wanted.profiles.clone(),
            wanted,
            begun: BTreeSet::new(),
            ended: BTreeSet::new(),
            waited_for: None,
            quiet_since: None,
        }
    }

    /// What was asked for.
    pub(super) const fn wanted(&self) -> &WantedCycle {
        &self.wanted
    }

    /// What is new since the last look, and how the cycle ended where it has.
    pub(super) fn look(&mut self, seen: &Seen, now: Timestamp) -> (Vec<Word>, Option<Outcome>) {
        let mut words = Vec::new();
        for run in &seen.runs {
            if self.begun.insert(run.id) {
                words.push(Word::Begins(run.clone()));
            }
            if run.result == RunResult::Running {
                words.push(Word::Goes(run.clone()));
            } else if self.ended.insert(run.id) {
                words.push(Word::Ended(run.clone()));
            }
        }
        if seen.wish_waits
            && let Some(other) = seen.running.iter().find(|it| self.comes_first(it))
            && self.waited_for.replace(other.id) != Some(other.id)
        {
            words.push(Word::Waits(other.clone()));
        }
        let outcome = self.outcome(&seen.runs).or_else(|| {
            self.is_left(seen, now).then_some(if seen.wish_waits {
                Outcome::NotTaken
            } else {
                Outcome::GivenUp
            })
        });
        (words, outcome)
    }

    fn comes_first(&self, run: &Run) -> bool {
        run.forest == self.wanted.forest
    }

    /// How the cycle ended, by its runs. An interrupted run says nothing: it is done anew.
    fn outcome(&self, runs: &[Run]) -> Option<Outcome> {
        let of = |run: &Run| match run.result {
            RunResult::Running | RunResult::Interrupted => None,
            RunResult::Success => Some(Outcome::Success),
            RunResult::CompletedWithProblems => Some(Outcome::WithProblems),
            RunResult::StoppedDeletionThresholdExceeded => Some(Outcome::GuardStopped),
            RunResult::Failed => Some(Outcome::Failed),
        };
        let worst = runs.iter().filter_map(of).max();
        let is_done = |profile: &Profile| {
            let mut of_profile = runs.iter().filter(|run| run.profile == *profile);
            of_profile.any(|run| of(run).is_some())
        };
        if worst == Some(Outcome::Failed) || self.profiles.iter().all(is_done) {
            worst
        } else {
            None
        }
    }

    /// Whether nobody has been at work for too long.
    fn is_left(&mut self, seen: &Seen, now: Timestamp) -> bool {
        let is_alive = |run: &Run| now.duration_since(run.progress_at) < RUN_IS_DEAD;
        if seen.running.iter().any(is_alive) {
            self.quiet_since = None;
            return false;
        }
        let since = *self.quiet_since.get_or_insert(now);
        now.duration_since(since) >= PATIENCE
    }
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
