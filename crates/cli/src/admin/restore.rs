//! `writeback admin restore`.

mod report;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use writeback_cloud::CloudConfig;
use writeback_model::Clock;
use writeback_store::{AuditStore, KnownChain};
use writeback_store_sqlite::{BackupError, Place, Source, SqliteStore, Staged, take_alone};

use self::report::{before, done, manifest};
use super::{OpenCloud, audit::keeper, backup::bar, print};
use crate::outside::SystemClock;

/// How the program ends where it only said what it would do.
const EXIT_NOTHING_DONE: u8 = 2;

/// Put a backup in the place of the database. Stop the cloud first.
///
/// Without --yes it reads the whole backup, says what would be lost, and changes nothing. With it, the
/// database that is there is kept beside the new one, under a name that says when.
///
/// What was open in the backup is ended: requests are *not known* until the directory or an agent
/// tells; sign-ins, ways through the portal and enrolment tokens end. Agents never execute what was
/// asked before. What came after the backup is lost, also what took rights away: see what the command
/// says, and docs/backup.md.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin restore --check /var/backups/writeback-monday\n  \
                  writeback admin restore /var/backups/writeback-monday\n  \
                  writeback admin restore --yes /var/backups/writeback-monday"
)]
pub struct RestoreArguments {
    /// The backup.
    file: PathBuf,
    /// Do it.
    #[arg(long, conflicts_with = "check")]
    yes: bool,
    /// Only check that the backup is whole, and say what it is. Ends with 0 where it is.
    #[arg(long)]
    check: bool,
    /// The cloud's configuration file.
    #[arg(
        long,
        env = "WRITEBACK_CLOUD_CONFIG",
        default_value = "/etc/writeback/cloud.toml"
    )]
    config: PathBuf,
}

pub(super) async fn run(arguments: RestoreArguments) -> anyhow::Result<ExitCode> {
    let mut source = Source::open(&arguments.file)?;
    if arguments.check {
        let (bar, path) = (bar(), arguments.file.clone());
        let read = source.extract(&mut std::io::sink(), &path, &mut |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        read?;
        print(&format!("{}It is whole.\n", manifest(&source)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = CloudConfig::load(&arguments.config)?;
    let alone = match arguments.yes {
        true => Some(take_alone(&config.database).await?),
        false => None,
    };
    let staged = stage(&mut source, &config).await?;
    let zone = config.time_zone()?;
    print(&before(&source, &staged, &zone))?;
    let Some(alone) = alone else {
        print("\nNothing was changed. To do it, stop the cloud and add --yes.\n")?;
        return Ok(ExitCode::from(EXIT_NOTHING_DONE));
    };
    let kept = staged.put_in_place(&alone)?;
    drop(alone);
    print(&done(&config.database, &kept))?;
    if let Err(error) = sign(config).await {
        crate::complain(&error);
        print(
            "The database is in its place; its audit trail could not be signed. See why, and run \
             `writeback admin audit checkpoint`.\n",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn stage(source: &mut Source, config: &CloudConfig) -> Result<Staged, BackupError> {
    let bar = bar();
    let place = Place {
        database: config.database.clone(),
        checkpoints_file: config.audit().checkpoints_file,
    };
    let staged = Staged::read(source, place, SystemClock.now(), &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    staged
}

/// The checkpoints of the backup get their copies, and the restored trail its own signature.
async fn sign(config: CloudConfig) -> anyhow::Result<()> {
    let store = SqliteStore::open(&config.database).await?;
    let open = OpenCloud {
        config,
        store,
        tenant: None,
    };
    let keeper = keeper(&open).await?;
    for known in open.store.audit_chains().await? {
        if let KnownChain::Of(chain) = known {
            keeper.copy_again(chain).await?;
            keeper.checkpoint(chain).await?;
        }
    }
    open.store.close().await;
    Ok(())
}
