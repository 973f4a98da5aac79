//! `writeback admin audit checkpoint`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use writeback_audit::Chain;
use writeback_store::{AuditStore, KnownChain};

use super::{Cloud, keeper};
use crate::admin::{print, text::things};

/// Sign the last record of every chain now.
///
/// The running cloud does it by itself: after 1,000 records, within an hour, and when it stops.
/// Checkpoints without a copy outside the database are copied again.
/// A checkpoint that is kept elsewhere, on paper or another machine, shows later that nothing
/// before it was changed.
#[derive(Args)]
#[command(after_help = "Examples:\n  writeback admin audit checkpoint\n  \
                  writeback admin audit checkpoint --out /mnt/elsewhere/checkpoints.jsonl")]
pub struct CheckpointArguments {
    /// Write the last checkpoint of every chain into this file, one line of JSON each.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: CheckpointArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let keeper = keeper(&open).await?;
    let (mut signed, mut copied, mut lines) = (0, 0, String::new());
    for known in open.store.audit_chains().await? {
        let KnownChain::Of(chain) = known else {
            anyhow::bail!(
                "a record's tenant cannot be read: `writeback admin audit verify` says which"
            );
        };
        copied += keeper.copy_again(chain).await?;
        signed += u64::from(keeper.checkpoint(chain).await?.is_some());
        let last = open.store.audit_checkpoints(chain).await?;
        if let Some(last) = last.into_iter().max_by_key(|it| it.place.number) {
            println!(
                "{}: record {}, SHA-256 {}",
                name(chain),
                last.place.number,
                last.place.hash
            );
            lines.push_str(&serde_json::to_string(&last)?);
            lines.push('\n');
        }
    }
    if let Some(path) = arguments.out {
        std::fs::write(&path, lines)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if copied > 0 {
        println!(
            "{} copied into {}",
            things(copied, "checkpoint"),
            open.config.audit().checkpoints_file.display()
        );
    }
    let key = keeper.public_key();
    Ok(print(&format!(
        "{} signed; what else there is was signed before. Public key: {key}\n",
        things(signed, "new checkpoint")
    ))?)
}

/// Whose a chain is.
pub(super) fn name(chain: Chain) -> String {
    chain.map_or_else(
        || "installation".to_owned(),
        |tenant| format!("tenant {tenant}"),
    )
}
