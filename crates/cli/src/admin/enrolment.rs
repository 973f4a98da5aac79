//! `writeback admin enrolment`.

use clap::Subcommand;

use super::Cloud;

/// Tokens by which agents enrol.
#[derive(Subcommand)]
pub enum EnrolmentCommand {
    /// Make a token. It is shown this once, good for one agent, and for an hour.
    #[command(
        after_help = "Example:\n  writeback admin enrolment create\nThen, on the agent's machine:\n  \
                      writeback agent enroll --cloud https://reset.example.org --token wbenrol.…"
    )]
    Create {
        /// Print the token alone, for a script.
        #[arg(long)]
        quiet: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
}

pub(super) async fn run(command: EnrolmentCommand) -> anyhow::Result<()> {
    let EnrolmentCommand::Create { quiet, cloud } = command;
    let open = cloud.open().await?;
    let (token, enrolment) = open.admin().create_enrolment().await?;
    if quiet {
        println!("{token}");
        return Ok(());
    }
    println!(
        "Good for one agent until {}:\n\n  {token}\n",
        enrolment.expires_at
    );
    println!("On the agent's machine, before then:\n");
    println!(
        "  writeback agent enroll --cloud {} --token {token}",
        open.config.public_url.origin()
    );
    Ok(())
}
