//! `writeback cloud`.

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use writeback_cloud::CloudConfig;
use writeback_store_sqlite::SqliteStore;

use crate::outside::{SystemClock, SystemEntropy, stop_signal};

/// Serve the portal and the agents.
#[derive(Args)]
#[command(after_help = "Example:\n  writeback cloud --config /etc/writeback/cloud.toml")]
pub struct CloudArguments {
    /// The configuration file.
    #[arg(
        long,
        env = "WRITEBACK_CLOUD_CONFIG",
        default_value = "/etc/writeback/cloud.toml"
    )]
    config: PathBuf,
}

pub async fn run(arguments: CloudArguments) -> anyhow::Result<()> {
    let config = CloudConfig::load(&arguments.config)?;
    let store = SqliteStore::open(&config.database).await?;
    let stop = stop_signal()?;
    writeback_cloud::run(
        config,
        Arc::new(store.clone()),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
        stop,
    )
    .await?;
    store.close().await;
    Ok(())
}
