//! Runs of run profiles: what is under way, and the history.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{AgentId, DomainName, RunId, SourceAnchor, TenantId};
use writeback_sync::{Counts, Problem, Profile, RunResult};

use crate::{AuditRecord, StoreError};

/// One or more run profiles, one after the other, that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedCycle {
    /// Under which identifier its runs are found.
    pub cycle: RunId,
    /// Of which forest.
    pub forest: DomainName,
    /// Which profiles, in order; where one fails, those after it are not run.
    pub profiles: Vec<Profile>,
    /// Who asked, for people to read: `operator root`.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One run of one profile on one forest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its identifier, which an agent's uploads name.
    pub id: RunId,
    /// The cycle that it is a part of.
    pub cycle: RunId,
    /// Of which forest.
    pub forest: DomainName,
    /// What it does.
    pub profile: Profile,
    /// Who started it, for people to read: `schedule`, `change in the directory`,
    /// `operator root`.
    pub started_by: String,
    /// The agent that does it, for imports.
    pub agent: Option<AgentId>,
    /// From which domain controllers an import read, once it is complete.
    pub controllers: Vec<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it last did something.
    pub progress_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How.
    pub result: RunResult,
    /// What it did so far.
    pub counts: Counts,
    /// How many objects there will be, by what is known from before.
    pub expected: Option<u64>,
    /// What else is to be known: why it failed, for people to read.
    pub detail: String,
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// When.
    pub at: Timestamp,
    /// How; never [`RunResult::Running`].
    pub result: RunResult,
    /// What else is to be known.
    pub detail: String,
}

/// A problem of an object that a run met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunProblem {
    /// The object's `objectGUID`.
    pub anchor: SourceAnchor,
    /// Its distinguished name.
    pub dn: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Keeps runs.
#[async_trait]
pub trait RunStore {
    /// Keeps a wish. `false` when the tenant has no such forest.
    async fn want_cycle(
        &self,
        tenant: TenantId,
        wanted: &WantedCycle,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// The wishes that were not taken yet, oldest first.
    async fn wanted_cycles(&self, tenant: TenantId) -> Result<Vec<WantedCycle>, StoreError>;

    /// Takes a wish; of two that try, one does.
    async fn take_wanted(&self, tenant: TenantId, cycle: RunId) -> Result<bool, StoreError>;

    /// Begins a run, with `run.counts`, `run.result` and `run.ended_at` as they are to begin
    /// with. `false`, and nothing is kept, while another run of that forest is under way: of
    /// two that try, one begins. A full import that does not go on from an interrupted one
    /// (`continues`) forgets the positions of that.
    async fn begin_run(
        &self,
        tenant: TenantId,
        run: &Run,
        continues: bool,
    ) -> Result<bool, StoreError>;

    /// Notes what a run did so far, other than an import, whose batches do. `false` when it is
    /// not under way.
    async fn note_progress(
        &self,
        tenant: TenantId,
        run: RunId,
        counts: Counts,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends a run that is under way. One that ends in `success` or with problems sets the time
    /// of its profile in its forest. `false`, and nothing changes, when it is not under way.
    async fn end_run(
        &self,
        tenant: TenantId,
        run: RunId,
        end: &RunEnd,
        audit: Option<&AuditRecord>,
    ) -> Result<bool, StoreError>;

    /// Removes a complete run from the history: a delta import that brought nothing.
    async fn forget_run(&self, tenant: TenantId, run: RunId) -> Result<(), StoreError>;

    /// One run.
    async fn run(&self, tenant: TenantId, run: RunId) -> Result<Option<Run>, StoreError>;

    /// The runs that are under way.
    async fn running(&self, tenant: TenantId) -> Result<Vec<Run>, StoreError>;

    /// The last runs, newest first, of one forest or of all.
    async fn runs(
        &self,
        tenant: TenantId,
        forest: Option<&DomainName>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError>;

    /// The runs of a cycle, oldest first.
    async fn runs_of_cycle(&self, tenant: TenantId, cycle: RunId) -> Result<Vec<Run>, StoreError>;

    /// The problems that a run met, at most the first thousand.
    async fn run_problems(
        &self,
        tenant: TenantId,
        run: RunId,
    ) -> Result<Vec<RunProblem>, StoreError>;

    /// Forgets the runs of a tenant that ended before a time.
    async fn forget_runs_before(
        &self,
        tenant: TenantId,
        before: Timestamp,
    ) -> Result<u64, StoreError>;
}
