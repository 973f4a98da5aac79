//! `writeback admin audit`.

use clap::Subcommand;
use writeback_store::AuditStore;

use super::Cloud;

/// The audit trail.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Show the last records, newest first, as lines of JSON.
    List {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u32,
        #[command(flatten)]
        cloud: Cloud,
    },
}

pub(super) async fn run(command: AuditCommand) -> anyhow::Result<()> {
    let AuditCommand::List { last, cloud } = command;
    let open = cloud.open().await?;
    let tenant = open.admin().tenant().await?;
    for line in open.store.last_audit_lines(tenant.id, last).await? {
        println!("{line}");
    }
    Ok(())
}
