//! Runs in words.

use jiff::{SignedDuration, Timestamp};
use writeback_store::Run;
use writeback_sync::{Counts, Profile, RunResult};

use crate::admin::text::{number, one_line, took};

/// How a run ended, in a word or two that fit into a column.
pub(super) const fn result(result: RunResult) -> &'static str {
    match result {
        RunResult::Running => "under way",
        RunResult::Success => "success",
        RunResult::CompletedWithProblems => "with problems",
        RunResult::StoppedDeletionThresholdExceeded => "guard stopped",
        RunResult::Failed => "failed",
        RunResult::Interrupted => "interrupted",
    }
}

/// The same as the end of a sentence.
const fn result_in_words(result: RunResult) -> &'static str {
    match result {
        RunResult::Running => "is under way",
        RunResult::Success => "success",
        RunResult::CompletedWithProblems => "completed with problems",
        RunResult::StoppedDeletionThresholdExceeded => "stopped by the deletion guard",
        RunResult::Failed => "failed",
        RunResult::Interrupted => "interrupted",
    }
}

/// The last letters of a run's identifier: enough to name it, and to be typed.
pub(super) fn short_id(id: impl std::fmt::Display) -> String {
    let id = id.to_string();
    let from = id.len().saturating_sub(SHORT_ID);
    id.get(from..).unwrap_or_default().to_owned()
}

/// How many letters that is.
pub(super) const SHORT_ID: usize = 8;

/// How long a run took, or has taken so far.
pub(super) fn duration(run: &Run, now: Timestamp) -> SignedDuration {
    run.ended_at.unwrap_or(now).duration_since(run.began_at)
}

/// What a run did: numbers that are not zero.
pub(super) fn counts(profile: Profile, counts: &Counts) -> String {
    let removed = match profile {
        Profile::FullImport | Profile::DeltaImport => "gone",
        Profile::FullSync | Profile::DeltaSync => "staged to be removed",
        Profile::Export => "removed",
    };
    let parts: Vec<String> = [
        (counts.read, "read"),
        (counts.added, "added"),
        (counts.updated, "updated"),
        (counts.removed, removed),
        (counts.unchanged, "unchanged"),
        (counts.problems, "problems"),
    ]
    .into_iter()
    .filter(|(value, _)| *value > 0)
    .map(|(value, word)| match (value, word) {
        (1, "problems") => "1 problem".to_owned(),
        _ => format!("{} {word}", number(value)),
    })
    .collect();
    if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    }
}

/// A line for a run that begins.
pub(super) fn begins(run: &Run) -> String {
    let expected = run.expected.map_or_else(String::new, |expected| {
        format!(", about {} objects", number(expected))
    });
    format!("{}  {} begins{expected}", run.forest, run.profile.name())
}

/// A line for a run that has to wait for another one.
pub(super) fn waits(other: &Run) -> String {
    format!(
        "{}  waits for the {} that is under way (started by: {})",
        other.forest,
        other.profile.name(),
        one_line(&other.started_by)
    )
}

/// Lines for a run that ended.
pub(super) fn ended(run: &Run) -> String {
    let mut text = format!(
        "{}  {} ended after {}: {}",
        run.forest,
        run.profile.name(),
        took(duration(run, run.progress_at)),
        result_in_words(run.result)
    );
    // Of a run that did not do all it was for, nothing is not "nothing to do".
    if run.result == RunResult::Success || run.counts != Counts::default() {
        text.push_str(&format!(" ({})", counts(run.profile, &run.counts)));
    }
    if !run.detail.is_empty() {
        text.push_str(&format!("\n    {}", one_line(&run.detail)));
    }
    if run.counts.problems > 0 {
        let id = short_id(run.id);
        text.push_str(&format!(
            "\n    the objects: writeback admin sync run-problems {id}"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_say_what_is_not_nothing() {
        let some = Counts {
            read: 5_012,
            added: 5_000,
            removed: 3,
            problems: 1,
            ..Counts::default()
        };
        assert_eq!(
            counts(Profile::FullSync, &some),
            "5,012 read, 5,000 added, 3 staged to be removed, 1 problem"
        );
        assert_eq!(
            counts(Profile::DeltaImport, &Counts::default()),
            "nothing to do"
        );
    }

    #[test]
    fn a_run_is_named_by_its_last_letters() {
        assert_eq!(short_id("019ab2c4-77aa-7bbb-8ccc-0123456789ab"), "456789ab");
    }
}
