//! How a run is shown and kept.

use std::path::Path;

use anyhow::Result;

use super::{
    board::{Hits, State},
    tally::Tally,
};

const STATES: [State; 5] = [
    State::BeforeClaim,
    State::Claimed,
    State::Writing,
    State::Written,
    State::Answered,
];

/// Prints the tables, and writes everything into `file`.
pub(super) fn report(tally: &mut Tally, file: &Path, seconds: u64) -> Result<()> {
    tally.seconds = seconds;
    let made = u64::try_from(tally.requests)?;
    tally.requests_per_minute = made.saturating_mul(60).checked_div(seconds).unwrap_or(0);
    outcomes(tally);
    struck(tally);
    witnesses(tally);
    println!("\n{} (seed {}, {seconds} s)", tally.line(), tally.seed);
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(file, serde_json::to_string_pretty(tally)? + "\n")?;
    println!("written to {}", file.display());
    Ok(())
}

fn outcomes(tally: &Tally) {
    println!(
        "\n{:24} {:>8} {:>7} {:>8} {:>12} {:>8} {:>5}",
        "what people were told", "requests", "struck", "changed", "not changed", "unknown", "lies"
    );
    for (name, of) in &tally.by_kind {
        println!(
            "{name:24} {:8} {:7} {:8} {:12} {:8} {:5}",
            of.requests,
            of.struck,
            of.told_changed,
            of.told_not_changed,
            of.told_unknown_at_end,
            of.lies
        );
    }
}

fn struck(tally: &Tally) {
    println!(
        "\n{:24} {:>12} {:>8} {:>8} {:>8} {:>9}",
        "what hit requests", "before claim", "claimed", "writing", "written", "answered"
    );
    let line = |name: &str, hits: &Hits| {
        let [before, claimed, writing, written, answered] =
            STATES.map(|state| hits.get(&state).copied().unwrap_or_default());
        println!("{name:24} {before:12} {claimed:8} {writing:8} {written:8} {answered:9}");
    };
    let mut all = Hits::new();
    for (name, hits) in &tally.witnesses.hit {
        line(name, hits);
        for (state, count) in hits {
            *all.entry(*state).or_default() += count;
        }
    }
    line("all", &all);
}

fn witnesses(tally: &Tally) {
    let witnesses = &tally.witnesses;
    println!("\n{:24} {:>8} {:>8}", "who was heard", "requests", "words");
    for (source, heard) in &witnesses.judged {
        let name = format!("{source:?}");
        println!("{name:24} {:8} {:8}", heard.requests, heard.words);
    }
    println!(
        "passwords tried {}, lockouts looked at {}, versions read {}, accounts looked at later {}",
        witnesses.binds, witnesses.lockouts, witnesses.versions, witnesses.looked_at_later
    );
    println!("{}", tally.sign_ins.line());
    if let (Some(first), Some(last)) = (tally.memory_mib.first(), tally.memory_mib.last()) {
        println!(
            "memory in MiB after the first and the last round: cloud {} and {}, agent {} and {}",
            first.cloud, last.cloud, first.agent, last.agent
        );
    }
}
