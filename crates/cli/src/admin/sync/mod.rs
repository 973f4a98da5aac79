//! `writeback admin sync`: directory synchronisation, for the operator.

mod cycles;
mod display;
mod follow;
mod history;
mod json;
mod names;
mod preview;
mod problems;
mod removals;
mod rules;
mod rules_text;
mod run;
mod screen;
mod status;

use std::process::ExitCode;

use clap::Subcommand;

/// Directory synchronisation: run it, look at it, set its rules. The running cloud does the
/// work; these commands ask for it and show it.
#[derive(Subcommand)]
#[command(after_help = "A day's questions:\n  \
        Does it work?              writeback admin sync status\n  \
        What was done?             writeback admin sync history\n  \
        What is wrong?             writeback admin sync problems\n  \
        Why is Alice not there?    writeback admin sync preview alice@corp.example.org\n  \
        What would be removed?     writeback admin sync removals corp.example.org\n  \
        Do it now:                 writeback admin sync run")]
pub enum SyncCommand {
    Run(run::RunArguments),
    Status(status::StatusArguments),
    History(history::HistoryArguments),
    Problems(problems::ProblemsArguments),
    RunProblems(problems::RunProblemsArguments),
    Preview(preview::PreviewArguments),
    Removals(removals::RemovalsArguments),
    Approve(removals::ApproveArguments),
    /// Show and set the rules: matching, attribute flow, scopes, the deletion guard.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
}

pub(super) async fn run(command: SyncCommand) -> anyhow::Result<ExitCode> {
    match command {
        SyncCommand::Run(arguments) => return run::run(arguments).await,
        SyncCommand::Approve(arguments) => return removals::approve(arguments).await,
        SyncCommand::Rules(command) => return rules::run(command).await,
        SyncCommand::Status(arguments) => status::run(arguments).await?,
        SyncCommand::History(arguments) => history::run(arguments).await?,
        SyncCommand::Problems(arguments) => problems::run(arguments).await?,
        SyncCommand::RunProblems(arguments) => problems::of_run(arguments).await?,
        SyncCommand::Preview(arguments) => preview::run(arguments).await?,
        SyncCommand::Removals(arguments) => removals::run(arguments).await?,
    }
    Ok(ExitCode::SUCCESS)
}
