//! `writeback admin sync status`.

use std::fmt::Write as _;

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use writeback_cloud::ForestState;
use writeback_model::{Clock, DomainName};
use writeback_store::{PeopleCounts, RunStore, WantedCycle};
use writeback_sync::{GuardAnswer, NotReady, Readiness};

use super::{
    display,
    json::{JsonForest, JsonPeople, JsonStatus, JsonWanted},
};
use crate::{
    admin::{
        Cloud, print, print_json,
        text::{ago, at, number, one_line, people, things, took, zone_name},
    },
    outside::SystemClock,
};

/// Said where delta imports do not show deleted objects.
const NO_DELETIONS: &str = "seen by full imports only: the agent's account has no right \
    Replicating Directory Changes (docs/directory.md)";

/// Show how each forest stands: what was done when, and whether it is ready.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin sync status\n  writeback admin sync status --json | jq '.forests[] | select(.ready | not)'"
)]
pub struct StatusArguments {
    /// Only this forest.
    #[arg(long)]
    forest: Option<DomainName>,
    /// As JSON, for a script.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: StatusArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let tenant = admin.tenant().await?;
    let status = Status {
        tenant: tenant.name,
        forests: admin.forest_states(arguments.forest.as_ref()).await?,
        people: admin.people().await?,
        restore_days: admin.rules().await?.restore_days,
        waiting: open.store.wanted_cycles(tenant.id).await?,
    };
    if arguments.json {
        print_json(&JsonStatus {
            forests: status.forests.iter().map(JsonForest::from).collect(),
            people: JsonPeople::from(status.people),
            waiting: status.waiting.iter().map(JsonWanted::from).collect(),
        })
    } else {
        let zone = open.config.time_zone()?;
        Ok(print(&status.text(SystemClock.now(), &zone))?)
    }
}

/// Everything that is shown.
struct Status {
    tenant: String,
    forests: Vec<ForestState>,
    people: PeopleCounts,
    restore_days: u16,
    waiting: Vec<WantedCycle>,
}

impl Status {
    fn text(&self, now: Timestamp, zone: &TimeZone) -> String {
        let mut text = String::new();
        if self.forests.is_empty() {
            text.push_str("No agent has reported a forest yet: enrol and run one.\n\n");
        }
        for state in &self.forests {
            text.push_str(&forest(state, now, zone));
            for wanted in self
                .waiting
                .iter()
                .filter(|it| it.forest == state.forest.name)
            {
                let names: Vec<_> = wanted.profiles.iter().map(|it| it.name()).collect();
                let by = one_line(&wanted.by);
                line(
                    &mut text,
                    "asked for",
                    &format!("{}, by {by}", names.join(", ")),
                );
            }
            text.push('\n');
        }
        let _ = writeln!(text, "Cloud of {}", one_line(&self.tenant));
        let counts = format!(
            "{} synchronised, {} of the cloud alone",
            number(self.people.synchronised),
            number(self.people.cloud)
        );
        line(&mut text, "people", &counts);
        let removed = format!(
            "{} (each can be restored for {})",
            people(self.people.removed),
            things(self.restore_days.into(), "day")
        );
        line(&mut text, "removed", &removed);
        let _ = writeln!(text, "\nTimes are in {}.", zone_name(zone));
        text
    }
}

/// One connector.
fn forest(state: &ForestState, now: Timestamp, zone: &TimeZone) -> String {
    let forest = &state.forest;
    let name = &forest.name;
    let mut text = format!("Forest {name}\n");
    line(&mut text, "readiness", &ready(&state.readiness));
    for (what, time) in [
        ("full import", forest.full_import_at),
        ("full sync", forest.full_sync_at),
        ("delta import", forest.delta_import_at),
        ("delta sync", forest.delta_sync_at),
        ("export", forest.export_at),
    ] {
        let words = time.map_or_else(
            || "never".to_owned(),
            |time| format!("{}  {}", at(time, zone), ago(now.duration_since(time))),
        );
        line(&mut text, what, &words);
    }
    if forest.full_import_at.is_some() && !forest.sees_deletions {
        line(&mut text, "deletions", NO_DELETIONS);
    }
    let mut objects = format!(
        "{}, {}",
        things(state.objects.users, "user"),
        things(state.objects.groups, "group")
    );
    if state.objects.with_problems > 0 {
        let _ = write!(
            objects,
            "; {} with problems: writeback admin sync problems --forest {name}",
            number(state.objects.with_problems)
        );
    }
    line(&mut text, "objects", &objects);
    if let Some(words) = removals(state, now) {
        line(&mut text, "removals", &words);
    }
    if let Some(run) = &state.running {
        let words = format!(
            "{} for {} (started by: {}): {}",
            run.profile.name(),
            took(display::duration(run, now)),
            one_line(&run.started_by),
            match (run.counts.read, run.expected) {
                (0, _) => "begins".to_owned(),
                (read, Some(all)) => format!("{} of {}", number(read), number(all)),
                (_, None) => display::counts(run.profile, &run.counts),
            }
        );
        line(&mut text, "under way", &words);
    }
    text
}

fn line(text: &mut String, name: &str, words: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {name:14}{words}");
}

/// Staged removals and what the guard says to them; nothing where there are none.
fn removals(state: &ForestState, now: Timestamp) -> Option<String> {
    let name = &state.forest.name;
    let staged = people(state.removals.staged);
    match (state.forest.guard_stopped_at, state.guard) {
        (Some(since), _) => Some(format!(
            "the deletion guard stopped {}: {staged} would be removed. Nobody was.\n{:16}\
             writeback admin sync removals {name}",
            ago(now.duration_since(since)),
            ""
        )),
        (None, GuardAnswer::Stopped { limit, .. }) => Some(format!(
            "{staged} staged, and the deletion guard will stop the next export (limit: {})",
            number(limit)
        )),
        (None, GuardAnswer::Allowed) if state.removals.staged > 0 => {
            Some(format!("{staged} staged; the next export removes them"))
        }
        _ => None,
    }
}

/// Whether passwords can be written back, in one line.
fn ready(readiness: &Readiness) -> String {
    if readiness.not_ready.is_empty() {
        return readiness.import_age.map_or_else(
            || "ready".to_owned(),
            |age| format!("ready (the last import was {})", ago(age)),
        );
    }
    let why: Vec<_> = readiness
        .not_ready
        .iter()
        .map(|it| not_ready(*it))
        .collect();
    format!("NOT READY: {}", why.join("; "))
}

const fn not_ready(why: NotReady) -> &'static str {
    match why {
        NotReady::NeverImported => "no full import was ever complete",
        NotReady::NeverSynchronised => "no full synchronisation was ever complete",
        NotReady::ImportTooOld => "the last import is more than seven days old",
        NotReady::NoAgent => "no agent of the forest is connected",
        NotReady::NoAgentReady => "no connected agent can write to the forest",
    }
}
