//! What the cloud notes of its runs, read where it stands: asking the command line would cost
//! the machine more than some of the runs do.

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use writeback_model::{DomainName, RunId, TenantId, UserName};
use writeback_store::{Run, RunStore as _, TenantStore as _, UserStore as _};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Profile, RunResult};

/// How often it is looked for the end of a run; the times themselves are the cloud's.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long a cycle may take.
const CYCLE_WITHIN: Duration = Duration::from_secs(900);

/// Runs to look at: more than one cycle has.
const LAST: u32 = 8;

/// The runs of a forest, those that were not looked at yet.
pub(super) struct History {
    store: SqliteStore,
    tenant: TenantId,
    forest: DomainName,
    seen: HashSet<RunId>,
}

impl History {
    pub(super) async fn open(database: &Path, forest: &str) -> Result<Self> {
        let store = SqliteStore::open(database).await?;
        let tenants = store.tenants().await?;
        Ok(Self {
            tenant: tenants.first().context("no tenant")?.id,
            store,
            forest: forest.parse()?,
            seen: HashSet::new(),
        })
    }

    /// Waits until a cycle has ended with this profile; one that fails is an error.
    pub(super) async fn next_cycle(&mut self, last: Profile) -> Result<Cycle> {
        let deadline = Instant::now() + CYCLE_WITHIN;
        loop {
            let runs = self
                .store
                .runs(self.tenant, Some(&self.forest), LAST)
                .await?;
            let new = |run: &&Run| !self.seen.contains(&run.id);
            let ended = |run: &&Run| run.profile == last && run.ended_at.is_some();
            let failed = runs.iter().filter(new).find(|run| has_failed(run));
            if let Some(run) = failed {
                bail!(
                    "a {} ended as {}: {}",
                    run.profile.name(),
                    run.result.name(),
                    run.detail
                );
            }
            // The oldest first: of two cycles each is given.
            if let Some(end) = runs.iter().rev().filter(new).find(ended) {
                let cycle = self.store.runs_of_cycle(self.tenant, end.cycle).await?;
                self.seen.extend(cycle.iter().map(|run| run.id));
                return Ok(Cycle(cycle));
            }
            ensure!(
                Instant::now() < deadline,
                "no cycle has ended with {} for {} s",
                last.name(),
                CYCLE_WITHIN.as_secs()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// How many people of directories the cloud knows.
    pub(super) async fn people(&self) -> Result<u64> {
        Ok(self.store.count_people(self.tenant).await?.synchronised)
    }

    /// The display name of the person who goes by that name, where there is one.
    pub(super) async fn display_name(&self, name: &UserName) -> Result<Option<String>> {
        let users = self.store.users_by_name(self.tenant, name).await?;
        let user = users.into_iter().next();
        Ok(user.and_then(|user| user.attributes.display_name))
    }
}

/// The runs of one cycle, oldest first.
pub(super) struct Cycle(Vec<Run>);

impl Cycle {
    pub(super) fn run(&self, profile: Profile) -> Result<&Run> {
        let run = self.0.iter().find(|run| run.profile == profile);
        run.with_context(|| format!("the cycle has no {}", profile.name()))
    }

    /// From the beginning of its first run to the end of its last.
    pub(super) fn took(&self) -> Result<Duration> {
        let began = self.0.first().context("a cycle without runs")?.began_at;
        let ended = self.0.last().and_then(|run| run.ended_at);
        between(began, ended.context("a cycle that has not ended")?)
    }
}

/// How long a run took.
pub(super) fn took(run: &Run) -> Result<Duration> {
    between(
        run.began_at,
        run.ended_at.context("a run that has not ended")?,
    )
}

fn between(began: Timestamp, ended: Timestamp) -> Result<Duration> {
    Ok(ended.duration_since(began).try_into()?)
}

fn has_failed(run: &Run) -> bool {
    !matches!(
        run.result,
        RunResult::Running | RunResult::Success | RunResult::CompletedWithProblems
    )
}
