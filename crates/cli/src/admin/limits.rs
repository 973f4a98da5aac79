//! `writeback admin limits`.

use clap::{Args, Subcommand};
use writeback_policy::LimitChange;

use super::{
    Cloud, operator, print, print_json,
    text::{Table, took},
};

/// How often what may happen before it is blocked for a while.
#[derive(Subcommand)]
pub enum LimitsCommand {
    /// Show the limits of the tenant.
    Show {
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    Set(SetArguments),
}

/// Set one limit of the tenant. What is not named stays as the installation has it. It holds at
/// once; who is blocked already stays so, but for no longer than the new block.
#[derive(Args)]
#[command(after_help = "Example:\n  \
        writeback admin limits set codes_per_name --times 5 --block-minutes 60\n  \
        writeback admin limits set codes_per_name --default")]
pub struct SetArguments {
    /// Which, as `limits show` names it.
    limit: String,
    /// So many times.
    #[arg(long, required_unless_present_any = ["window_minutes", "block_minutes", "default"])]
    times: Option<u32>,
    /// In any span of so many minutes.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=525_600))]
    window_minutes: Option<u32>,
    /// Blocked for so many minutes afterwards.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=525_600))]
    block_minutes: Option<u32>,
    /// As the installation has it.
    #[arg(long, conflicts_with_all = ["times", "window_minutes", "block_minutes"])]
    default: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: LimitsCommand) -> anyhow::Result<()> {
    match command {
        LimitsCommand::Show { json, cloud } => show(json, &cloud).await,
        LimitsCommand::Set(arguments) => {
            let change = LimitChange {
                times: arguments.times,
                window_minutes: arguments.window_minutes,
                block_minutes: arguments.block_minutes,
            };
            let change = (!arguments.default).then_some(change);
            let open = arguments.cloud.open().await?;
            open.admin()
                .set_limit(&arguments.limit, change, &operator::by())
                .await?;
            println!("{} is set.", arguments.limit);
            Ok(())
        }
    }
}

async fn show(json: bool, cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let limits = open.admin().limits(&open.config.limits()).await?;
    if json {
        let rows: Vec<_> = limits
            .iter()
            .map(|(limit, own)| {
                serde_json::json!({
                    "limit": limit.setting(),
                    "times": limit.times,
                    "window_minutes": limit.window.as_mins(),
                    "block_minutes": limit.block.as_mins(),
                    "set_in": set_in(*own),
                })
            })
            .collect();
        return print_json(&rows);
    }
    let mut table = Table::new(&["LIMIT", "TIMES", "WITHIN", "THEN BLOCKED FOR", "SET IN"]);
    for (limit, own) in limits {
        table.row([
            limit.setting(),
            limit.times.to_string(),
            took(limit.window),
            took(limit.block),
            set_in(own).to_owned(),
        ]);
    }
    Ok(print(&table.to_string())?)
}

const fn set_in(own: bool) -> &'static str {
    if own { "tenant" } else { "installation" }
}
