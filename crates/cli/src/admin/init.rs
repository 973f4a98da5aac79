//! `writeback admin init`.

use clap::Args;

use super::Cloud;

/// Make the first tenant: once, before anything else.
#[derive(Args)]
#[command(after_help = "Example:\n  writeback admin init --name 'Example Inc'")]
pub struct InitArguments {
    /// The organisation's name, as people will read it.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: InitArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let tenant = open.admin().init(&arguments.name).await?;
    println!("The tenant {} is made ({}).", tenant.name, tenant.id);
    println!("Next: start `writeback cloud`, then `writeback admin enrolment create`.");
    Ok(())
}
