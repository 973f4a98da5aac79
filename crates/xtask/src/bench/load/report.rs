//! The figures of a run, and what is wrong with them.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use serde::Serialize;

use super::{
    memory::Memory,
    records::Recorded,
    restarts::Restart,
    tally::{End, Tally},
};
use crate::bench::{
    LoadArguments,
    figures::{percentile, rounded},
};

/// The cloud may hold so much more in the last tenth than in the sixth: what its caches still
/// take on, and no more with more time.
const CLOUD_GROWS_BY: f64 = 4.0;
const CLOUD_GROWS_TO: f64 = 1.1;

/// No agent ever holds more.
const AGENT_AT_MOST: f64 = 64.0;

#[derive(Serialize)]
pub(super) struct Figures {
    people: u32,
    minutes: u32,
    pause_s: u64,
    walks: usize,
    /// Forms with a password that were sent.
    requests: usize,
    per_s: f64,
    changed: usize,
    not_changed: BTreeMap<String, usize>,
    unknown: usize,
    failed: usize,
    restarts: usize,
    restart_longest_s: f64,
    quiet_p50_ms: f64,
    quiet_p99_ms: f64,
    /// Of those that met a restart.
    restarting: usize,
    restarting_p50_ms: f64,
    restarting_p99_ms: f64,
    cloud_start_mib: f64,
    cloud_middle_mib: f64,
    cloud_end_mib: f64,
    cloud_slope_mib_per_minute: f64,
    agent_first_mib: f64,
    agent_last_mib: f64,
    agent_most_mib: f64,
    #[serde(flatten)]
    recorded: Recorded,
}

impl Figures {
    pub(super) fn of(
        arguments: &LoadArguments,
        tally: &Tally,
        restarts: &[Restart],
        memory: &Memory,
        recorded: Recorded,
    ) -> Self {
        let (quiet, met) = tally.times(restarts);
        let ms = |times: &[Duration], percent| rounded(percentile(times, percent));
        let mib = |bytes: f64| rounded(bytes / (1024.0 * 1024.0));
        let changed = tally.count(|it| it.end == End::Changed);
        let longest = restarts.iter().map(|it| it.to - it.from).max();
        let agent =
            |restart: Option<&Restart>| mib(restart.map_or(f64::NAN, |it| it.agent_rss as f64));
        Self {
            people: arguments.people,
            minutes: arguments.minutes,
            pause_s: arguments.pause,
            walks: tally.resets.len(),
            requests: tally.count(|it| it.was_sent),
            per_s: rounded(changed as f64 / (f64::from(arguments.minutes) * 60.0)),
            changed,
            not_changed: tally.not_changed(),
            unknown: tally.count(|it| it.end == End::Unknown),
            failed: tally.count(|it| matches!(it.end, End::Failed(_))),
            restarts: restarts.len(),
            restart_longest_s: rounded(longest.unwrap_or_default().as_secs_f64()),
            quiet_p50_ms: ms(&quiet, 50),
            quiet_p99_ms: ms(&quiet, 99),
            restarting: met.len(),
            restarting_p50_ms: ms(&met, 50),
            restarting_p99_ms: ms(&met, 99),
            cloud_start_mib: mib(memory.cloud_in(0)),
            cloud_middle_mib: mib(memory.cloud_in(5)),
            cloud_end_mib: mib(memory.cloud_in(9)),
            cloud_slope_mib_per_minute: mib(memory.cloud_slope()),
            agent_first_mib: agent(restarts.first()),
            agent_last_mib: agent(restarts.last()),
            agent_most_mib: mib(memory.agent_most as f64),
            recorded,
        }
    }

    /// What should not be so.
    pub(super) fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut complain = |is_so: bool, what: String| {
            if is_so {
                complaints.push(what);
            }
        };
        let not_changed: usize = self.not_changed.values().sum();
        let told = self.changed + not_changed + self.unknown + self.failed;
        complain(self.changed == 0, "nothing was changed".to_owned());
        complain(
            self.restarts < 2,
            "the agents were not restarted in turn".to_owned(),
        );
        complain(
            told != self.walks,
            format!("{} walks, and {told} ended", self.walks),
        );
        complain(self.failed > 0, format!("{} failed", self.failed));
        complain(self.unknown > 0, format!("{} are not known", self.unknown));
        complain(
            not_changed > 0,
            format!(
                "{not_changed} good passwords were not changed: {:?}",
                self.not_changed
            ),
        );
        let it = &self.recorded;
        complain(it.open > 0, format!("{} requests have no end", it.open));
        complain(
            it.trail_changed != self.changed || it.trail_not_changed != not_changed,
            format!(
                "the pages said changed {} times and not changed {not_changed} times, the audit \
                 trail {} and {}",
                self.changed, it.trail_changed, it.trail_not_changed
            ),
        );
        complain(
            u64::try_from(self.changed) != Ok(it.directory_writes),
            format!(
                "changed {} times, and written {}",
                self.changed, it.directory_writes
            ),
        );
        complain(
            it.mails_changed != self.changed,
            format!(
                "changed {} times, and mailed {}",
                self.changed, it.mails_changed
            ),
        );
        let bound = self.cloud_middle_mib * CLOUD_GROWS_TO + CLOUD_GROWS_BY;
        complain(
            // Also where nothing was measured.
            self.cloud_end_mib.is_nan() || self.cloud_end_mib > bound,
            format!(
                "the cloud grew from {} to {} MiB in the second half, over {bound:.1}",
                self.cloud_middle_mib, self.cloud_end_mib
            ),
        );
        complain(
            self.agent_most_mib > AGENT_AT_MOST,
            format!("an agent held {} MiB", self.agent_most_mib),
        );
        complaints
    }
}

/// Prints the figures and writes them into target/load.json.
pub(super) fn report(it: &Figures) -> Result<()> {
    println!(
        "\n{} people, {} minutes: {} walks, {} requests, {} a second",
        it.people, it.minutes, it.walks, it.requests, it.per_s
    );
    println!(
        "changed {}, not changed {:?}, unknown {}, failed {}",
        it.changed, it.not_changed, it.unknown, it.failed
    );
    println!(
        "audit trail: changed {}, not changed {}; rows without an end {}; mails {}; written {}",
        it.recorded.trail_changed,
        it.recorded.trail_not_changed,
        it.recorded.open,
        it.recorded.mails_changed,
        it.recorded.directory_writes
    );
    println!(
        "ms from sending to knowing:   quiet p50 {:.0} p99 {:.0}   while an agent restarts p50 {:.0} \
         p99 {:.0} ({} of them)",
        it.quiet_p50_ms, it.quiet_p99_ms, it.restarting_p50_ms, it.restarting_p99_ms, it.restarting
    );
    println!(
        "{} restarts, the longest {:.1} s",
        it.restarts, it.restart_longest_s
    );
    println!(
        "MiB: cloud {:.1} at the start, {:.1} in the middle, {:.1} at the end ({:+.2} a minute in \
         the second half); agent {:.1} before the first restart, {:.1} before the last, {:.1} at most",
        it.cloud_start_mib,
        it.cloud_middle_mib,
        it.cloud_end_mib,
        it.cloud_slope_mib_per_minute,
        it.agent_first_mib,
        it.agent_last_mib,
        it.agent_most_mib
    );
    let file = crate::build::target().join("load.json");
    std::fs::write(&file, serde_json::to_string_pretty(it)? + "\n")?;
    println!("written to {}", file.display());
    Ok(())
}
