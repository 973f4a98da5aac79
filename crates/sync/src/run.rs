//! Run profiles, and what is counted of a run.

use serde::{Deserialize, Serialize};

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Every object of the forest into its connector space.
    FullImport,
    /// What changed since the last import.
    DeltaImport,
    /// Every object of the connector space to people.
    FullSync,
    /// The objects that changed.
    DeltaSync,
    /// Carries out staged removals, under the guard, and writes anchors back.
    Export,
}

impl Profile {
    /// All, in the order of a cycle.
    pub const ALL: [Self; 5] = [
        Self::FullImport,
        Self::DeltaImport,
        Self::FullSync,
        Self::DeltaSync,
        Self::Export,
    ];

    /// Its name: `full-import` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FullImport => "full-import",
            Self::DeltaImport => "delta-import",
            Self::FullSync => "full-sync",
            Self::DeltaSync => "delta-sync",
            Self::Export => "export",
        }
    }

    /// The profile of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether an agent does it.
    pub const fn is_import(self) -> bool {
        matches!(self, Self::FullImport | Self::DeltaImport)
    }
}

/// How a run ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunResult {
    /// It is under way.
    Running,
    /// All is done, without a problem.
    Success,
    /// All is done, and some objects have problems.
    CompletedWithProblems,
    /// The guard stopped it before the first removal.
    StoppedDeletionThresholdExceeded,
    /// It was given up; nothing that it did is wrong, but it is not whole.
    Failed,
    /// Its agent was lost, or the cloud was restarted; it is done anew.
    Interrupted,
}

impl RunResult {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Success,
        Self::CompletedWithProblems,
        Self::StoppedDeletionThresholdExceeded,
        Self::Failed,
        Self::Interrupted,
    ];

    /// Its name: `success`, `stopped-deletion-threshold-exceeded` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::CompletedWithProblems => "completed-with-problems",
            Self::StoppedDeletionThresholdExceeded => "stopped-deletion-threshold-exceeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The result of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// What a run did, in numbers of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Objects that were looked at.
    pub read: u64,
    /// Objects or people that are new.
    pub added: u64,
    /// That changed.
    pub updated: u64,
    /// That are gone; in a synchronisation, staged to be removed.
    pub removed: u64,
    /// That were as they should be.
    pub unchanged: u64,
    /// Problems of objects.
    pub problems: u64,
}
