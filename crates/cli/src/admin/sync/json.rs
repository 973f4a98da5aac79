//! What `--json` prints. Names stay; others may be added.

use jiff::Timestamp;
use serde::Serialize;
use writeback_cloud::ForestState;
use writeback_store::{PeopleCounts, Run, WantedCycle};
use writeback_sync::{Counts, GuardAnswer, NotReady, Profile, RunResult};

/// A run.
#[derive(Serialize)]
pub(super) struct JsonRun {
    run: String,
    cycle: String,
    forest: String,
    profile: Profile,
    started_by: String,
    agent: Option<String>,
    controllers: Vec<String>,
    began_at: Timestamp,
    ended_at: Option<Timestamp>,
    result: RunResult,
    counts: Counts,
    expected: Option<u64>,
    detail: String,
}

impl From<&Run> for JsonRun {
    fn from(run: &Run) -> Self {
        Self {
            run: run.id.to_string(),
            cycle: run.cycle.to_string(),
            forest: run.forest.to_string(),
            profile: run.profile,
            started_by: run.started_by.clone(),
            agent: run.agent.map(|agent| agent.to_string()),
            controllers: run.controllers.clone(),
            began_at: run.began_at,
            ended_at: run.ended_at,
            result: run.result,
            counts: run.counts,
            expected: run.expected,
            detail: run.detail.clone(),
        }
    }
}

/// How everything stands.
#[derive(Serialize)]
pub(super) struct JsonStatus {
    pub forests: Vec<JsonForest>,
    pub people: JsonPeople,
    pub waiting: Vec<JsonWanted>,
}

/// A connector.
#[derive(Serialize)]
pub(super) struct JsonForest {
    forest: String,
    full_import_at: Option<Timestamp>,
    full_sync_at: Option<Timestamp>,
    delta_import_at: Option<Timestamp>,
    delta_sync_at: Option<Timestamp>,
    export_at: Option<Timestamp>,
    sees_deletions: bool,
    ready: bool,
    not_ready: Vec<NotReady>,
    warnings: Vec<String>,
    running: Option<JsonRun>,
    guard_stopped_at: Option<Timestamp>,
    removals: JsonRemovals,
    objects: JsonObjects,
}

#[derive(Serialize)]
struct JsonRemovals {
    staged: u64,
    removed_within_window: u64,
    people: u64,
    guard_allows: bool,
}

#[derive(Serialize)]
struct JsonObjects {
    users: u64,
    groups: u64,
    with_problems: u64,
}

/// The cloud's side.
#[derive(Serialize)]
pub(super) struct JsonPeople {
    synchronised: u64,
    cloud: u64,
    removed: u64,
}

/// A wish that nobody took yet.
#[derive(Serialize)]
pub(super) struct JsonWanted {
    forest: String,
    profiles: Vec<Profile>,
    by: String,
    at: Timestamp,
}

impl From<&ForestState> for JsonForest {
    fn from(state: &ForestState) -> Self {
        let forest = &state.forest;
        Self {
            forest: forest.name.to_string(),
            full_import_at: forest.full_import_at,
            full_sync_at: forest.full_sync_at,
            delta_import_at: forest.delta_import_at,
            delta_sync_at: forest.delta_sync_at,
            export_at: forest.export_at,
            sees_deletions: forest.sees_deletions,
            ready: state.readiness.not_ready.is_empty(),
            not_ready: state.readiness.not_ready.clone(),
            warnings: state
                .readiness
                .warnings
                .iter()
                .map(ToString::to_string)
                .collect(),
            running: state.running.as_ref().map(JsonRun::from),
            guard_stopped_at: forest.guard_stopped_at,
            removals: JsonRemovals {
                staged: state.removals.staged,
                removed_within_window: state.removals.removed_before,
                people: state.removals.people,
                guard_allows: state.guard == GuardAnswer::Allowed,
            },
            objects: JsonObjects {
                users: state.objects.users,
                groups: state.objects.groups,
                with_problems: state.objects.with_problems,
            },
        }
    }
}

impl From<PeopleCounts> for JsonPeople {
    fn from(people: PeopleCounts) -> Self {
        Self {
            synchronised: people.synchronised,
            cloud: people.cloud,
            removed: people.removed,
        }
    }
}

impl From<&WantedCycle> for JsonWanted {
    fn from(wanted: &WantedCycle) -> Self {
        Self {
            forest: wanted.forest.to_string(),
            profiles: wanted.profiles.clone(),
            by: wanted.by.clone(),
            at: wanted.at,
        }
    }
}
