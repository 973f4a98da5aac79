//! `writeback doctor --watch`: looks again and again, and tells what changed.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde::Serialize;
use writeback_doctor::{Change, Changes, Finding, Report, change_line, clock, summary_line};
use writeback_model::Clock as _;

use super::{colour, heard};
use crate::outside::{SystemClock, stop_signal};

/// How often it looks where nothing else is said, in seconds.
pub(super) const USUALLY: &str = "30";

/// What could not be told before the first look ended.
const NOT_TOLD: u8 = 3;

/// One line for machines.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    change: &'a Change,
    /// What the doctor would end with now.
    exit_code: u8,
}

/// Looks until somebody says stop, or nobody listens any more; ends as the last look did.
pub(super) async fn run(
    every: Duration,
    json: bool,
    look: impl AsyncFn() -> Vec<Finding>,
) -> anyhow::Result<ExitCode> {
    let stop = stop_signal().context("signals cannot be waited for")?;
    let zone = TimeZone::system();
    let mut changes = Changes::default();
    let mut last = None;
    if !json {
        let now = clock(SystemClock.now(), &zone);
        let began = format!("{now} looking every {} s; Ctrl-C ends\n", every.as_secs());
        heard(&began)?;
    }
    while let Some(findings) = stop.run_until_cancelled(look()).await {
        let report = Report::new(&findings);
        let changed = changes.next(SystemClock.now(), &findings);
        let exit_code = report.summary.exit_code;
        let mut text = String::new();
        for change in &changed {
            if json {
                text.push_str(&line(change, exit_code)?);
            } else {
                text.push_str(&change_line(change, &zone, colour()));
            }
        }
        if !json && (last.is_none() || !changed.is_empty()) {
            let now = clock(SystemClock.now(), &zone);
            text.push_str(&format!(
                "{now} {}",
                summary_line(&report.summary, colour())
            ));
        }
        last = Some(exit_code);
        if !heard(&text)? {
            break;
        }
        let pause = tokio::time::sleep(every);
        if stop.run_until_cancelled(pause).await.is_none() {
            break;
        }
    }
    Ok(ExitCode::from(last.unwrap_or(NOT_TOLD)))
}

fn line(change: &Change, exit_code: u8) -> anyhow::Result<String> {
    let line = serde_json::to_string(&Line { change, exit_code });
    Ok(line.context("a change cannot be written")? + "\n")
}
