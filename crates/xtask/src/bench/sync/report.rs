//! The figures, as a person and as a program reads them.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

/// What is wanted of a full import, as a multiple of `ldapsearch`.
const RATIO_WANTED: f64 = 1.3;
/// What is wanted of a delta import that finds nothing, in milliseconds.
const IDLE_WANTED: f64 = 100.0;
/// Within which time a change is to be known, in milliseconds.
const DELAY_WANTED: f64 = 2_000.0;
/// How much memory an agent is to need at most, in MiB, at any size.
const AGENT_WANTED: f64 = 100.0;
/// How much more it may need for the last size than for the first.
const GROWTH_WANTED: f64 = 1.2;

/// The figures of one size: medians, and the largest memory, of all rounds.
#[derive(Serialize)]
pub(super) struct Figures {
    pub(super) users: usize,
    pub(super) rounds: usize,
    pub(super) objects: u64,
    pub(super) ldapsearch_s: f64,
    pub(super) full_import_s: f64,
    pub(super) cycle_s: f64,
    pub(super) ratio: f64,
    pub(super) cycle_ratio: f64,
    pub(super) delta_idle_ms: f64,
    pub(super) delta_1_ms: f64,
    pub(super) delta_1000_s: f64,
    pub(super) delta_1000_cycle_s: f64,
    pub(super) changes: usize,
    pub(super) change_delay_p50_ms: f64,
    pub(super) change_delay_p95_ms: f64,
    pub(super) agent_rss_mb: f64,
    pub(super) agent_peak_mb: f64,
    pub(super) cloud_rss_mb: f64,
    pub(super) cloud_peak_mb: f64,
}

pub(super) fn report(measured: &[Figures]) -> Result<()> {
    println!("\n{}", table(measured));
    let by_size: BTreeMap<usize, &Figures> = measured.iter().map(|it| (it.users, it)).collect();
    let dir = crate::build::target().join("bench");
    std::fs::create_dir_all(&dir)?;
    let file = dir.join("sync.json");
    std::fs::write(&file, serde_json::to_string_pretty(&by_size)? + "\n")?;
    println!("written to {}", file.display());
    Ok(())
}

fn table(measured: &[Figures]) -> String {
    let mut lines = Vec::new();
    let mut row = |name: &str, cells: Vec<String>, wanted: Option<f64>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>11}")).collect();
        let wanted = wanted.map_or_else(String::new, |most| format!("    at most {most}"));
        lines.push(format!("{name:37}{cells}{wanted}"));
    };
    let all = |cell: &dyn Fn(&Figures) -> String| measured.iter().map(cell).collect::<Vec<_>>();
    let numbers = |digits: usize, of: &dyn Fn(&Figures) -> f64| {
        all(&|figures| format!("{:.digits$}", of(figures)))
    };
    row("people", all(&|it| it.users.to_string()), None);
    row(
        "people and groups imported",
        all(&|it| it.objects.to_string()),
        None,
    );
    row("ldapsearch, s", numbers(2, &|it| it.ldapsearch_s), None);
    row("full import, s", numbers(2, &|it| it.full_import_s), None);
    row(
        "  times ldapsearch",
        numbers(2, &|it| it.ratio),
        Some(RATIO_WANTED),
    );
    row("full cycle, s", numbers(2, &|it| it.cycle_s), None);
    row("  times ldapsearch", numbers(2, &|it| it.cycle_ratio), None);
    row(
        "delta import, no change, ms",
        numbers(1, &|it| it.delta_idle_ms),
        Some(IDLE_WANTED),
    );
    row(
        "delta import, 1 change, ms",
        numbers(1, &|it| it.delta_1_ms),
        None,
    );
    row(
        "delta import, 1000 changes, s",
        numbers(2, &|it| it.delta_1000_s),
        None,
    );
    row(
        "delta cycle, 1000 changes, s",
        numbers(2, &|it| it.delta_1000_cycle_s),
        None,
    );
    row(
        "change known after, p50, ms",
        numbers(0, &|it| it.change_delay_p50_ms),
        None,
    );
    row(
        "change known after, p95, ms",
        numbers(0, &|it| it.change_delay_p95_ms),
        Some(DELAY_WANTED),
    );
    row(
        "agent after full cycle, MiB",
        numbers(1, &|it| it.agent_rss_mb),
        Some(AGENT_WANTED),
    );
    row(
        "agent at its largest, MiB",
        numbers(1, &|it| it.agent_peak_mb),
        Some(AGENT_WANTED),
    );
    row(
        "cloud after full cycle, MiB",
        numbers(1, &|it| it.cloud_rss_mb),
        None,
    );
    row(
        "cloud at its largest, MiB",
        numbers(1, &|it| it.cloud_peak_mb),
        None,
    );
    if let [first, .., last] = measured {
        let growth = |of: fn(&Figures) -> f64| format!("{:.2}", of(last) / of(first));
        let name = format!("agent, {} against {}", last.users, first.users);
        let grown = |at| [vec![String::new(); measured.len() - 1], vec![at]].concat();
        row(
            &name,
            grown(growth(|it| it.agent_rss_mb)),
            Some(GROWTH_WANTED),
        );
        row(
            "  at its largest",
            grown(growth(|it| it.agent_peak_mb)),
            Some(GROWTH_WANTED),
        );
    }
    lines.join("\n") + "\n"
}
