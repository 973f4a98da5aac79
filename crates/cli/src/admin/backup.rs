//! `writeback admin backup`.

use std::{io::IsTerminal, path::PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use writeback_cloud::CloudConfig;
use writeback_model::{BackupId, Clock};
use writeback_store::{Actor, AuditRecord, AuditStore, activity};
use writeback_store_sqlite::{Manifest, SqliteStore, Stamp, back_up, newest_schema};

use super::print;
use crate::outside::{SystemClock, SystemEntropy};

/// Copy the database into one file, also while the cloud runs.
///
/// The copy is the database as it stood at one moment. The file appears whole, readable by its owner
/// alone, or not at all; it has hashes by which a restore knows a damaged one. Keep it as safe as
/// the database: it has people's names and addresses. No password is in it.
///
/// The key that signs the audit trail is not in it (`audit.key_file`): keep a copy of that
/// elsewhere, once. docs/backup.md says what else a new machine needs.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin backup /var/backups/writeback-monday\n  \
                  writeback admin backup --force /var/backups/writeback-latest\n  \
                  writeback admin restore --check /var/backups/writeback-latest"
)]
pub struct BackupArguments {
    /// The file to make.
    file: PathBuf,
    /// Replace an older backup of that name. Anything else is never written over.
    #[arg(long)]
    force: bool,
    /// The cloud's configuration file.
    #[arg(
        long,
        env = "WRITEBACK_CLOUD_CONFIG",
        default_value = "/etc/writeback/cloud.toml"
    )]
    config: PathBuf,
}

pub(super) async fn run(arguments: BackupArguments) -> anyhow::Result<()> {
    let config = CloudConfig::load(&arguments.config)?;
    let stamp = Stamp {
        id: BackupId::new(&SystemClock, &SystemEntropy),
        made_at: SystemClock.now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let bar = bar();
    let made = back_up(
        &config.database,
        &config.audit().checkpoints_file,
        &arguments.file,
        arguments.force,
        stamp,
        &mut |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        },
    )
    .await;
    bar.finish_and_clear();
    let made = made?;
    print(&format!(
        "{}: the database as of {:.0}, {} bytes, SHA-256 {}\n",
        arguments.file.display(),
        made.made_at,
        made.database.bytes,
        made.database.sha256
    ))?;
    note(&config, &made).await
}

/// Keeps a record of it. A program of another version than the cloud's leaves the tables alone: to
/// open the store would upgrade them.
async fn note(config: &CloudConfig, made: &Manifest) -> anyhow::Result<()> {
    if made.schema != newest_schema() {
        eprintln!(
            "The database's tables are version {}, this program's version {}: it was copied as it \
             is, and the audit trail has no record of it.",
            made.schema,
            newest_schema()
        );
        return Ok(());
    }
    let store = SqliteStore::open(&config.database).await?;
    let record = AuditRecord {
        tenant: None,
        at: SystemClock.now(),
        actor: Actor::Operator,
        activity: activity::BACKUP_MADE,
        user: None,
        correlation: Some(made.id.uuid()),
        address: None,
        result: "success".to_owned(),
        detail: format!(
            "as of {:.0}, SHA-256 {}",
            made.made_at, made.database.sha256
        ),
    };
    store.audit(&record).await?;
    store.close().await;
    Ok(())
}

/// How far it is, where somebody looks.
pub(super) fn bar() -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let style = ProgressStyle::with_template("[{bar:30}] {bytes} of {total_bytes}  {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    ProgressBar::with_draw_target(None, target).with_style(style)
}
