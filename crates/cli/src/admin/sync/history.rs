//! `writeback admin sync history`.

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use writeback_model::{Clock, DomainName};
use writeback_store::{Run, RunStore};

use super::{display, json::JsonRun};
use crate::{
    admin::{
        Cloud, print, print_json,
        text::{Table, at, number, took, zone_name},
    },
    outside::SystemClock,
};

/// Show the last runs, newest first.
///
/// Runs are kept for 30 days. A delta import that a change in the directory caused and that
/// brought nothing leaves none behind.
#[derive(Args)]
#[command(after_help = "Examples:\n  writeback admin sync history --last 50\n  \
        writeback admin sync history --forest corp.example.org\n  \
        writeback admin sync history --json | jq '.[] | select(.result == \"failed\") | .detail'")]
pub struct HistoryArguments {
    /// Only this forest.
    #[arg(long)]
    forest: Option<DomainName>,
    /// How many.
    #[arg(long, default_value_t = 20)]
    last: u32,
    /// As JSON, for a script.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: HistoryArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let tenant = admin.tenant().await?.id;
    let forest = arguments.forest.as_ref();
    // A name with a typing mistake has no runs: that is to be told apart.
    admin.forests(forest).await?;
    let runs = open.store.runs(tenant, forest, arguments.last).await?;
    if arguments.json {
        let runs: Vec<_> = runs.iter().map(JsonRun::from).collect();
        return print_json(&runs);
    }
    if runs.is_empty() {
        println!("Nothing was run yet: `writeback admin sync run` begins.");
        return Ok(());
    }
    let zone = open.config.time_zone()?;
    Ok(print(&table(&runs, SystemClock.now(), &zone))?)
}

fn table(runs: &[Run], now: Timestamp, zone: &TimeZone) -> String {
    let mut table = Table::new(&[
        "RUN",
        "BEGAN",
        "FOREST",
        "PROFILE",
        "STARTED BY",
        "#TOOK",
        "RESULT",
        "#READ",
        "#NEW",
        "#CHANGED",
        "#GONE",
        "#SAME",
        "#PROBLEMS",
    ]);
    for run in runs {
        let counts = &run.counts;
        table.row([
            display::short_id(run.id),
            at(run.began_at, zone),
            run.forest.to_string(),
            run.profile.name().to_owned(),
            run.started_by.clone(),
            took(display::duration(run, now)),
            display::result(run.result).to_owned(),
            number(counts.read),
            number(counts.added),
            number(counts.updated),
            number(counts.removed),
            number(counts.unchanged),
            number(counts.problems),
        ]);
        if !run.detail.is_empty() {
            table.note(&run.detail);
        }
    }
    let mut text = table.to_string();
    text.push_str(&format!("Times are in {}.", zone_name(zone)));
    if let Some(run) = runs.iter().find(|run| run.counts.problems > 0) {
        text.push_str(&format!(
            " The objects with problems of a run: writeback admin sync run-problems {}",
            display::short_id(run.id)
        ));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use writeback_model::RunId;
    use writeback_sync::{Counts, Profile, RunResult};

    use super::*;

    fn run() -> Run {
        let began_at = "2026-11-23T10:00:00Z".parse().unwrap();
        Run {
            id: RunId::from_uuid(uuid::Uuid::from_u128(0xabcd_1234)),
            cycle: RunId::from_uuid(uuid::Uuid::nil()),
            forest: "corp.example.org".parse().unwrap(),
            profile: Profile::FullImport,
            started_by: "schedule".to_owned(),
            agent: None,
            controllers: vec![],
            began_at,
            progress_at: began_at,
            ended_at: Some("2026-11-23T10:00:02.5Z".parse().unwrap()),
            result: RunResult::Success,
            counts: Counts {
                read: 5_012,
                unchanged: 5_012,
                ..Counts::default()
            },
            expected: None,
            detail: String::new(),
        }
    }

    #[test]
    fn a_run_is_a_row_and_its_reason_stands_below() {
        let failed = Run {
            profile: Profile::DeltaImport,
            result: RunResult::Failed,
            counts: Counts::default(),
            detail: "no agent of the forest is connected and ready".to_owned(),
            ..run()
        };
        let zone = TimeZone::get("Asia/Jakarta").unwrap();
        let text = table(&[failed, run()], run().progress_at, &zone);
        let expected = "\
RUN       BEGAN                FOREST            PROFILE       STARTED BY   TOOK  RESULT    READ  NEW  CHANGED  GONE   SAME  PROBLEMS
abcd1234  2026-11-23 17:00:00  corp.example.org  delta-import  schedule    2.5 s  failed       0    0        0     0      0         0
    no agent of the forest is connected and ready
abcd1234  2026-11-23 17:00:00  corp.example.org  full-import   schedule    2.5 s  success  5,012    0        0     0  5,012         0
Times are in Asia/Jakarta.
";
        assert_eq!(text, expected, "\n{text}");
    }
}
