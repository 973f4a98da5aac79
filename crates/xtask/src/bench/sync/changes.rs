//! Changes in a directory that is watched: what their imports take, and when the cloud knows.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use writeback_lab::{Crowd, Forest};
use writeback_model::UserName;
use writeback_sync::Profile;

use super::{FOREST, Running, history};

/// Imports that find nothing.
const IDLE: usize = 15;

/// How often many change at once, and how many.
const MANY_ROUNDS: usize = 3;
const MANY: u32 = 1_000;

/// How often the cloud's row is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How long a change may stay unknown.
const KNOWN_WITHIN: Duration = Duration::from_secs(60);

/// The agent looks twice a second whether anything changed. Changes come this much later each
/// time in its half second, so that none of its phases is met more often than others.
const PHASES: [u64; 2] = [500, 137];

/// What the changes took.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) idle: Vec<Duration>,
    /// Imports of one change.
    pub(super) one: Vec<Duration>,
    /// Imports of a thousand.
    pub(super) thousand: Vec<Duration>,
    /// The same until all are in the cloud's people.
    pub(super) thousand_cycle: Vec<Duration>,
    /// From the directory's answer to the cloud's row.
    pub(super) delays: Vec<Duration>,
}

pub(super) async fn measure(
    running: &mut Running,
    forest: &Forest,
    crowd: &Crowd,
    changes: u32,
) -> Result<Seen> {
    let mut seen = Seen::default();
    println!("  {IDLE} delta imports without a change");
    for _ in 0..IDLE {
        let sync = ["sync", "run", "--no-wait", "--forest", FOREST];
        let arguments = [sync.as_slice(), &["--profile", "delta-import"]].concat();
        running.stage.admin(&arguments)?;
        let cycle = running.history.next_cycle(Profile::DeltaImport).await?;
        seen.idle
            .push(history::took(cycle.run(Profile::DeltaImport)?)?);
    }

    println!("  {changes} single changes");
    let name: UserName = crowd.mail(0).parse()?;
    for number in 0..changes {
        let [around, step] = PHASES;
        let pause = around + u64::from(number) * step % around;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let tag = format!("alone {number}");
        forest.change_crowd(crowd, 1, &tag)?;
        seen.delays.push(known(running, &name, &tag).await?);
        let cycle = running.history.next_cycle(Profile::DeltaSync).await?;
        seen.one
            .push(history::took(cycle.run(Profile::DeltaImport)?)?);
    }

    println!("  {MANY_ROUNDS} times {MANY} changes at once");
    for round in 0..MANY_ROUNDS {
        forest.change_crowd(crowd, usize::try_from(MANY)?, &format!("together {round}"))?;
        let cycle = running.history.next_cycle(Profile::DeltaSync).await?;
        let import = cycle.run(Profile::DeltaImport)?;
        ensure!(
            import.counts.updated == u64::from(MANY),
            "{} of {MANY} changes came with one import",
            import.counts.updated
        );
        seen.thousand.push(history::took(import)?);
        seen.thousand_cycle.push(cycle.took()?);
    }
    Ok(seen)
}

/// Waits until the cloud's row has the change.
async fn known(running: &Running, name: &UserName, tag: &str) -> Result<Duration> {
    let answered = Instant::now();
    loop {
        let display_name = running.history.display_name(name).await?;
        let waited = answered.elapsed();
        if display_name.is_some_and(|text| text.ends_with(tag)) {
            return Ok(waited);
        }
        ensure!(
            waited < KNOWN_WITHIN,
            "a change is not known after {} s",
            KNOWN_WITHIN.as_secs()
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
