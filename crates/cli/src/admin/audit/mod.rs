//! `writeback admin audit`: the audit trail.

mod checkpoint;
mod export;
mod show;
mod verify;
mod when;

use std::{process::ExitCode, sync::Arc};

use clap::Subcommand;
use writeback_cloud::Keeper;
use writeback_store::AuditStore;

use super::{Cloud, OpenCloud};
use crate::outside::{SystemClock, SystemEntropy};

/// The audit trail.
#[derive(Subcommand)]
pub enum AuditCommand {
    Show(show::ShowArguments),
    Verify(verify::VerifyArguments),
    Export(export::ExportArguments),
    Checkpoint(checkpoint::CheckpointArguments),
    /// Show the last records, newest first, as lines of JSON.
    List {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u32,
        #[command(flatten)]
        cloud: Cloud,
    },
}

pub(super) async fn run(command: AuditCommand) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Show(arguments) => show::run(arguments).await?,
        AuditCommand::Verify(arguments) => return verify::run(arguments).await,
        AuditCommand::Export(arguments) => export::run(arguments).await?,
        AuditCommand::Checkpoint(arguments) => checkpoint::run(arguments).await?,
        AuditCommand::List { last, cloud } => {
            let open = cloud.open().await?;
            let tenant = open.admin().tenant().await?;
            for line in open.store.last_audit_lines(tenant.id, last).await? {
                println!("{line}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Who signs. Makes the key where there is none.
pub(super) async fn keeper(open: &OpenCloud) -> anyhow::Result<Keeper> {
    let store = Arc::new(open.store.clone());
    let clock = Arc::new(SystemClock);
    let keeper = Keeper::open(&open.config.audit(), store, clock, &SystemEntropy)?;
    keeper.note_new_key().await?;
    Ok(keeper)
}
