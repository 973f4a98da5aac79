//! A cycle: run profiles of one forest, one after the other.

use jiff::Timestamp;
use writeback_model::RunId;
use writeback_store::{Actor, AuditRecord, Run, RunEnd, StoreError, WantedCycle};
use writeback_sync::{Counts, Profile, RunResult};

use super::{Key, due::Due, export, import, join};
use crate::state::Cloud;

/// What is to be run, and why.
pub(super) struct Cycle {
    pub(super) id: RunId,
    profiles: Vec<Profile>,
    pub(super) started_by: String,
    /// A delta import that brings nothing leaves no run behind.
    pub(super) quiet: bool,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// On with the next one.
    Done,
    /// Nothing is there for the next ones to do.
    NothingNew,
    /// The cycle ends.
    Failed,
}

impl Cycle {
    pub(super) fn wanted(wanted: &WantedCycle) -> Self {
        Self {
            id: wanted.cycle,
            profiles: wanted.profiles.clone(),
            started_by: wanted.by.clone(),
            quiet: false,
        }
    }

    pub(super) fn due(cloud: &Cloud, due: Due) -> Self {
        Self {
            id: RunId::new(&cloud.clock, &cloud.entropy),
            profiles: due.profiles.to_vec(),
            started_by: due.why.to_owned(),
            quiet: due.quiet,
        }
    }

    /// Runs it. Whether it went well: after one that did not, the forest waits a little.
    pub(super) async fn run(self, cloud: &Cloud, key: &Key) -> bool {
        for &profile in &self.profiles {
            let step = match profile {
                Profile::FullImport | Profile::DeltaImport => {
                    import::run(cloud, key, &self, profile).await
                }
                Profile::FullSync | Profile::DeltaSync => {
                    join::run(cloud, key, &self, profile).await
                }
                Profile::Export => export::run(cloud, key, &self).await,
            };
            match step {
                Ok(Step::Done) => {}
                Ok(Step::NothingNew) => return true,
                Ok(Step::Failed) => return false,
                Err(error) => {
                    super::failed(&error, "a run could not be made");
                    return false;
                }
            }
        }
        true
    }

    /// A run of this cycle that begins now.
    pub(super) fn new_run(&self, cloud: &Cloud, key: &Key, profile: Profile) -> Run {
        let now = cloud.clock.now();
        Run {
            id: RunId::new(&cloud.clock, &cloud.entropy),
            cycle: self.id,
            forest: key.1.clone(),
            profile,
            started_by: self.started_by.clone(),
            agent: None,
            controllers: Vec::new(),
            began_at: now,
            progress_at: now,
            ended_at: None,
            result: RunResult::Running,
            counts: Counts::default(),
            expected: None,
            detail: String::new(),
        }
    }
}

/// Ends a run of the cloud's own, with its line in the audit trail.
pub(super) async fn end(
    cloud: &Cloud,
    key: &Key,
    run: &Run,
    result: RunResult,
    detail: String,
) -> Result<(), StoreError> {
    let at = cloud.clock.now();
    let audit = record(key, run, at, result, &detail);
    let end = RunEnd { at, result, detail };
    cloud
        .store
        .end_run(key.0, run.id, &end, Some(&audit))
        .await
        .map(drop)
}

/// The line of a run in the audit trail.
pub(super) fn record(
    key: &Key,
    run: &Run,
    at: Timestamp,
    result: RunResult,
    detail: &str,
) -> AuditRecord {
    AuditRecord {
        tenant: Some(key.0),
        at,
        actor: Actor::Cloud,
        activity: activity(run.profile),
        user: None,
        correlation: Some(run.id.uuid()),
        address: None,
        result: result.name().to_owned(),
        detail: if detail.is_empty() {
            format!("{}, started by {}", key.1, run.started_by)
        } else {
            format!("{}, started by {}: {detail}", key.1, run.started_by)
        },
    }
}

/// What the audit trail calls a run.
pub(crate) const fn activity(profile: Profile) -> &'static str {
    match profile {
        Profile::FullImport => writeback_store::activity::FULL_IMPORT,
        Profile::DeltaImport => writeback_store::activity::DELTA_IMPORT,
        Profile::FullSync => writeback_store::activity::FULL_SYNC,
        Profile::DeltaSync => writeback_store::activity::DELTA_SYNC,
        Profile::Export => writeback_store::activity::EXPORT,
    }
}
