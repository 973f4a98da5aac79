//! `writeback admin sync rules`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use writeback_cloud::AfterRules;
use writeback_sync::Rules;

use super::{cycles, rules_text};
use crate::admin::{Cloud, operator, print};

/// Show and set the rules: matching, attribute flow, scopes, the deletion guard.
#[derive(Subcommand)]
#[command(after_help = "To change a rule:\n  \
        writeback admin sync rules show > rules.toml\n  \
        … edit rules.toml …\n  \
        writeback admin sync rules check rules.toml\n  \
        writeback admin sync rules set rules.toml")]
pub enum RulesCommand {
    /// Show all rules as TOML, with what each part means. `set` takes what this shows.
    Show {
        #[command(flatten)]
        cloud: Cloud,
    },
    Set(SetArguments),
    /// Say whether rules could be set, and what would be run then. Nothing is written.
    Check {
        /// The rules, as TOML.
        file: PathBuf,
        #[command(flatten)]
        cloud: Cloud,
    },
}

/// Set the rules, and run what they ask for.
///
/// That is a full sync and an export of all forests, and before them a full import where other
/// attributes are to be read. A narrower scope removes people at once, up to the deletion
/// guard's limits; they come back when it is taken back within restore_days.
#[derive(Args)]
#[command(
    after_help = "Example:\n  writeback admin sync rules set rules.toml\n\n\
        Exit codes are those of `writeback admin sync run`."
)]
pub struct SetArguments {
    /// The rules, as TOML.
    file: PathBuf,
    /// Ask the cloud for the runs and do not follow them.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: RulesCommand) -> anyhow::Result<ExitCode> {
    match command {
        RulesCommand::Show { cloud } => {
            let rules = cloud.open().await?.admin().rules().await?;
            print(&rules_text::text(&rules)?)?;
        }
        RulesCommand::Check { file, cloud } => {
            let rules = read(&file)?;
            let after = cloud.open().await?.admin().check_rules(&rules).await?;
            println!("{} can be set.", file.display());
            print(&what_follows(&after))?;
        }
        RulesCommand::Set(arguments) => return set(arguments).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn set(arguments: SetArguments) -> anyhow::Result<ExitCode> {
    let rules = read(&arguments.file)?;
    let open = arguments.cloud.open().await?;
    let after = open.admin().set_rules(&rules, &operator::by()).await?;
    if !after.profiles.is_empty() {
        println!("The rules are set.");
    }
    print(&what_follows(&after))?;
    if after.profiles.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = cycles::want(&open, None, after.profiles).await?;
    if wanted.is_empty() {
        println!("No agent has reported a forest yet: they hold from the first import on.");
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.no_wait {
        cycles::asked_for(&wanted);
        return Ok(ExitCode::SUCCESS);
    }
    cycles::follow(&open, wanted).await
}

fn read(file: &Path) -> anyhow::Result<Rules> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the rules {} could not be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("the rules {} are not right", file.display()))
}

/// What is to be run after other rules, in sentences.
fn what_follows(after: &AfterRules) -> String {
    let mut text = String::new();
    for remark in &after.remarks {
        text.push_str(&format!("Look at this: {remark}.\n"));
    }
    if after.profiles.is_empty() {
        text.push_str("They are the rules that hold already: nothing is to be run.\n");
        return text;
    }
    if !after.newly_read.is_empty() {
        text.push_str(&format!(
            "Attributes that were not read before: {}.\n",
            after.newly_read.join(", ")
        ));
    }
    if !after.no_longer_read.is_empty() {
        text.push_str(&format!(
            "Attributes that are not read any more: {}.\n",
            after.no_longer_read.join(", ")
        ));
    }
    let names: Vec<_> = after.profiles.iter().map(|it| it.name()).collect();
    text.push_str(&format!(
        "What they ask for, in every forest: {}.\n",
        names.join(", ")
    ));
    text
}

#[cfg(test)]
mod tests {
    use writeback_cloud::cycle_after;

    use super::*;

    #[test]
    fn what_follows_is_said_with_its_reason() {
        let mut other = Rules::default();
        other.guard.count += 1;
        assert_eq!(
            what_follows(&cycle_after(&Rules::default(), &other)),
            "What they ask for, in every forest: full-sync, export.\n"
        );
        let same = cycle_after(&other, &other);
        assert!(what_follows(&same).contains("hold already"));
    }
}
