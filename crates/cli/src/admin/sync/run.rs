//! `writeback admin sync run`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use writeback_cloud::{DELTA_CYCLE, FULL_CYCLE};
use writeback_model::DomainName;
use writeback_sync::Profile;

use super::cycles;
use crate::admin::Cloud;

/// Run profiles now, and follow them until they end.
///
/// Ctrl-C ends the following, not the runs: `writeback admin sync history` shows how they went.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
        What changed in all forests, since yesterday or since a second ago:\n    \
        writeback admin sync run\n  \
        Everything of one forest anew:\n    \
        writeback admin sync run --forest corp.example.org --profile full-cycle\n  \
        Only ask for it, from a script:\n    \
        writeback admin sync run --no-wait\n\n\
        A full-cycle is full-import, full-sync, export; a delta-cycle is delta-import, delta-sync, \
        export.\n\n\
        Exit codes:\n  \
        0   success\n  \
        1   a run failed, or no cloud is there to do it\n  \
        2   completed, and some objects have problems: writeback admin sync problems\n  \
        3   the deletion guard stopped the export: writeback admin sync removals FOREST\n  \
        64  the command line was not understood\n\
        Of several forests, failures count before the guard, and the guard before problems.")]
pub struct RunArguments {
    /// Only this forest, by its root domain. Without it, all.
    #[arg(long)]
    forest: Option<DomainName>,
    /// What to run.
    #[arg(long, value_enum, default_value_t = What::DeltaCycle)]
    profile: What,
    /// Ask for it and do not follow it.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// A run profile, or a cycle of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Every object of the forest.
    FullImport,
    /// What changed since the last import.
    DeltaImport,
    /// Every imported object to people.
    FullSync,
    /// The imported objects that changed.
    DeltaSync,
    /// Staged removals, under the deletion guard.
    Export,
    /// full-import, full-sync, export.
    FullCycle,
    /// delta-import, delta-sync, export.
    DeltaCycle,
}

impl What {
    const fn profiles(self) -> &'static [Profile] {
        match self {
            Self::FullImport => &[Profile::FullImport],
            Self::DeltaImport => &[Profile::DeltaImport],
            Self::FullSync => &[Profile::FullSync],
            Self::DeltaSync => &[Profile::DeltaSync],
            Self::Export => &[Profile::Export],
            Self::FullCycle => FULL_CYCLE,
            Self::DeltaCycle => DELTA_CYCLE,
        }
    }
}

pub(super) async fn run(arguments: RunArguments) -> anyhow::Result<ExitCode> {
    let open = arguments.cloud.open().await?;
    let profiles = arguments.profile.profiles();
    let wanted = cycles::want(&open, arguments.forest.as_ref(), profiles).await?;
    if wanted.is_empty() {
        anyhow::bail!("no agent has reported a forest yet: enrol and run one");
    }
    if arguments.no_wait {
        cycles::asked_for(&wanted);
        return Ok(ExitCode::SUCCESS);
    }
    cycles::follow(&open, wanted).await
}
