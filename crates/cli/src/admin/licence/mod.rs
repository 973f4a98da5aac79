//! `writeback admin licence`.

mod assign;
mod catalogue;
mod show;
mod subscription;

use clap::Subcommand;
use writeback_model::UserName;

use super::Cloud;

/// Licences: what was bought, who is assigned it, what it entitles to.
#[derive(Subcommand)]
#[command(
    after_help = "What each state does, and what happens where seats run out, is in \
                  docs/licences.md."
)]
pub enum LicenceCommand {
    /// Show the SKUs that are known, and what each carries.
    Catalogue {
        /// As JSON, for a script.
        #[arg(long)]
        json: bool,
    },
    Add(subscription::AddArguments),
    /// Show what the tenant has, how many seats are taken, and to whom it is assigned.
    List {
        /// As JSON, for a script.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    Assign(assign::AssignArguments),
    Remove(assign::RemoveArguments),
    SetSeats(subscription::SeatsArguments),
    SetState(subscription::StateArguments),
    /// Show what a person holds, by what, and what it entitles them to.
    #[command(after_help = "Example:\n  writeback admin licence show petra@example.org")]
    Show {
        /// The person.
        user: UserName,
        /// As JSON, for a script.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
}

pub(super) async fn run(command: LicenceCommand) -> anyhow::Result<()> {
    match command {
        LicenceCommand::Catalogue { json } => catalogue::run(json),
        LicenceCommand::Add(arguments) => subscription::add(arguments).await,
        LicenceCommand::List { json, cloud } => show::list(&cloud.open().await?, json).await,
        LicenceCommand::Assign(arguments) => assign::assign(arguments).await,
        LicenceCommand::Remove(arguments) => assign::remove(arguments).await,
        LicenceCommand::SetSeats(arguments) => subscription::set_seats(arguments).await,
        LicenceCommand::SetState(arguments) => subscription::set_state(arguments).await,
        LicenceCommand::Show { user, json, cloud } => {
            show::person(&cloud.open().await?, &user, json).await
        }
    }
}
