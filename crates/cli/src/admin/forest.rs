//! `writeback admin forest`.

use clap::Subcommand;
use jiff::Timestamp;
use writeback_cloud::FULL_CYCLE;
use writeback_model::DomainName;

use super::{
    Cloud, operator, print,
    text::{Table, number},
};

/// The forests that agents serve.
#[derive(Subcommand)]
pub enum ForestCommand {
    /// Show all forests and when each was imported and synchronised.
    #[command(
        after_help = "`writeback admin sync status` says more: whether each is ready, and why not."
    )]
    List {
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Import all users of a forest now. The running cloud begins within a second.
    #[command(
        after_help = "Example:\n  writeback admin forest import corp.example.org\nThe same, \
                            and followed until its end:\n  \
                            writeback admin sync run --forest corp.example.org --profile full-cycle"
    )]
    Import {
        /// The forest, by its root domain.
        forest: DomainName,
        #[command(flatten)]
        cloud: Cloud,
    },
}

pub(super) async fn run(command: ForestCommand) -> anyhow::Result<()> {
    match command {
        ForestCommand::List { cloud } => list(&cloud).await,
        ForestCommand::Import { forest, cloud } => {
            let open = cloud.open().await?;
            open.admin()
                .want_cycle(&forest, FULL_CYCLE, &operator::by())
                .await?;
            println!(
                "An import of {forest} is asked for; `writeback admin forest list` shows when it is complete."
            );
            Ok(())
        }
    }
}

async fn list(cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let admin = open.admin();
    let forests = admin.forests(None).await?;
    if forests.is_empty() {
        println!("No agent has reported a forest yet: enrol and run one.");
        return Ok(());
    }
    let mut table = Table::new(&[
        "FOREST",
        "LAST FULL IMPORT",
        "LAST FULL SYNC",
        "LAST DELTA IMPORT",
    ]);
    let needed = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), second);
    for forest in forests {
        table.row([
            forest.name.to_string(),
            needed(forest.full_import_at),
            needed(forest.full_sync_at),
            // One is not needed before the first change.
            forest
                .delta_import_at
                .map_or_else(|| "-".to_owned(), second),
        ]);
    }
    let people = admin.people().await?;
    let all = people.synchronised + people.cloud;
    print(&format!("{table}{} users in all\n", number(all)))?;
    Ok(())
}

fn second(at: Timestamp) -> String {
    format!("{at:.0}")
}
