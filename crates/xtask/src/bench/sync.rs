//! Directory synchronisation, against a paged `ldapsearch` for the same objects.
//!
//! For each size the same crowd is read in turn by `ldapsearch`, whose output is thrown away,
//! and by a first full cycle of a cloud and an agent that know nobody: both processes are new
//! and the database is empty each time, so that whatever else the machine does falls on both.
//! The last round's cloud then sees changes. What runs took is what the cloud itself notes in
//! its history.

mod changes;
mod history;
mod limit;
mod memory;
mod report;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use writeback_lab::{Crowd, Forest, Lab};
use writeback_stage::{AgentPlace, Options, Stage};
use writeback_sync::Profile;

use self::{history::History, limit::Limit, memory::Memory, report::Figures};
use super::{
    SyncArguments,
    figures::{percentile, rounded},
};

/// Its only domain controller has nobody to replicate a crowd to.
const FOREST: &str = "fabrikam.test";

pub(crate) async fn measure(binary: &Path, arguments: &SyncArguments) -> Result<()> {
    let lab = Lab::require()?;
    let _alone = lab.exclusive()?;
    let mut measured = Vec::new();
    for &size in &arguments.sizes {
        let forest = lab.forest(FOREST)?;
        println!("\n{size} people: loading them");
        let crowd = forest.ensure_crowd(usize::try_from(size)?)?;
        let figures = of_size(&lab, forest, &crowd, binary, arguments).await;
        let dropped = forest.drop_crowd(crowd);
        measured.push(figures.with_context(|| format!("{size} people"))?);
        dropped?;
    }
    report::report(&measured)
}

async fn of_size(
    lab: &Lab,
    forest: &Forest,
    crowd: &Crowd,
    binary: &Path,
    arguments: &SyncArguments,
) -> Result<Figures> {
    let limit = Limit::new(forest)?;
    // Once for the domain controller's caches, which the crowd's loading left cold.
    limit.read()?;
    let mut taken = Taken::default();
    let mut last = None;
    for round in 1..=arguments.rounds {
        // The cloud of the round before ends first.
        drop(last.take());
        taken.searches.push(limit.read()?);
        let running = Running::set(lab, binary, crowd, &mut taken).await?;
        println!("  round {round}: {}", taken.last_words());
        last = Some(running);
    }
    let mut running = last.context("a round")?;
    let seen = changes::measure(&mut running, forest, crowd, arguments.changes).await?;

    let seconds = |times: &[Duration]| percentile(times, 50) / 1000.0;
    let search = seconds(&taken.searches);
    let (import, cycle) = (seconds(&taken.imports), seconds(&taken.cycles));
    Ok(Figures {
        users: crowd.count,
        rounds: taken.searches.len(),
        objects: taken.objects,
        ldapsearch_s: rounded(search),
        full_import_s: rounded(import),
        cycle_s: rounded(cycle),
        ratio: rounded(import / search),
        cycle_ratio: rounded(cycle / search),
        delta_idle_ms: rounded(percentile(&seen.idle, 50)),
        delta_1_ms: rounded(percentile(&seen.one, 50)),
        delta_1000_s: rounded(seconds(&seen.thousand)),
        delta_1000_cycle_s: rounded(seconds(&seen.thousand_cycle)),
        changes: seen.delays.len(),
        change_delay_p50_ms: rounded(percentile(&seen.delays, 50)),
        change_delay_p95_ms: rounded(percentile(&seen.delays, 95)),
        agent_rss_mb: rounded(taken.agent.now_mebibytes()),
        agent_peak_mb: rounded(taken.agent.peak_mebibytes()),
        cloud_rss_mb: rounded(taken.cloud.now_mebibytes()),
        cloud_peak_mb: rounded(taken.cloud.peak_mebibytes()),
    })
}

/// What the rounds took.
#[derive(Default)]
struct Taken {
    searches: Vec<Duration>,
    imports: Vec<Duration>,
    cycles: Vec<Duration>,
    objects: u64,
    /// The largest of all rounds.
    agent: Memory,
    cloud: Memory,
}

impl Taken {
    fn last_words(&self) -> String {
        let seconds = |times: &[Duration]| times.last().map_or(0.0, Duration::as_secs_f64);
        format!(
            "ldapsearch {:.2} s, full import {:.2} s, full cycle {:.2} s",
            seconds(&self.searches),
            seconds(&self.imports),
            seconds(&self.cycles),
        )
    }
}

/// A cloud that has had its first full cycle.
struct Running {
    stage: Stage,
    history: History,
    _mails: TempDir,
}

impl Running {
    /// Sets up a cloud and an agent. The cloud has the forest imported by itself as soon as the
    /// agent is ready for it.
    async fn set(lab: &Lab, binary: &Path, crowd: &Crowd, taken: &mut Taken) -> Result<Self> {
        let mails = tempfile::tempdir()?;
        let options = Options {
            agents: Vec::new(),
            // As an operator would run it.
            log: "info".to_owned(),
            mail_folder: Some(mails.path().to_owned()),
            // Only what is measured is run.
            cloud_sync: "delta_every_minutes = 1440\n".to_owned(),
            ..Options::default()
        };
        let mut stage = Stage::set_cloud(lab.clone(), binary, options)?;
        stage.add_agent(AgentPlace {
            forests: vec![FOREST.to_owned()],
            ..AgentPlace::corp()
        })?;
        let mut history = History::open(&stage.database(), FOREST).await?;
        let cycle = history.next_cycle(Profile::Export).await;
        let cycle = cycle.with_context(|| format!("its logs:\n{}", stage.all_logs()))?;
        let import = cycle.run(Profile::FullImport)?;
        ensure!(
            history.people().await? >= u64::try_from(crowd.count)?,
            "the cloud does not know everybody after a full cycle"
        );
        taken.objects = import.counts.read;
        taken.imports.push(history::took(import)?);
        taken.cycles.push(cycle.took()?);
        let agent = stage.agent_process(0)?.pid();
        taken.agent = taken.agent.max(Memory::of(agent)?);
        taken.cloud = taken.cloud.max(Memory::of(stage.cloud_process()?.pid())?);
        Ok(Self {
            stage,
            history,
            _mails: mails,
        })
    }
}
