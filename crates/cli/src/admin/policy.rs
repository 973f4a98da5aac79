//! `writeback admin policy`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use writeback_cloud::PolicyAnswer;
use writeback_policy::access::ResetPolicy;

use super::{Cloud, operator, policy_text, print, text::one_line};

/// Show and set the reset policy: who may reset, by which methods, at how many gates.
#[derive(Subcommand)]
#[command(after_help = "To change the policy:\n  \
        writeback admin policy show > policy.toml\n  \
        … edit policy.toml …\n  \
        writeback admin policy check policy.toml\n  \
        writeback admin policy set policy.toml")]
pub enum PolicyCommand {
    /// Show the whole policy as TOML, with what each part means. `set` takes what this shows.
    Show {
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Say whether a policy could be set, and whom it would leave out. Nothing is written.
    #[command(after_help = "Example:\n  writeback admin policy check policy.toml")]
    Check(FileArguments),
    /// Set the policy. It holds at once, also for whoever is just resetting.
    #[command(after_help = "Example:\n  writeback admin policy set policy.toml")]
    Set(FileArguments),
}

#[derive(Args)]
pub struct FileArguments {
    /// The policy, as TOML.
    file: PathBuf,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: PolicyCommand) -> anyhow::Result<()> {
    match command {
        PolicyCommand::Show { cloud } => {
            let policy = cloud.open().await?.admin().reset_policy().await?;
            print(&policy_text::text(&policy)?)?;
        }
        PolicyCommand::Check(FileArguments { file, cloud }) => {
            let policy = read(&file)?;
            let open = cloud.open().await?;
            let recovery = open.config.recovery_attributes();
            let answer = open.admin().check_reset_policy(policy, &recovery).await?;
            let what = format!("{} can be set.\n", file.display());
            print(&(what + &what_follows(&answer)))?;
        }
        PolicyCommand::Set(FileArguments { file, cloud }) => {
            let policy = read(&file)?;
            let open = cloud.open().await?;
            let recovery = open.config.recovery_attributes();
            let answer = open
                .admin()
                .set_reset_policy(policy, &recovery, &operator::by())
                .await?;
            let what = if answer.differs {
                "The policy is set.\n"
            } else {
                ""
            };
            print(&(what.to_owned() + &what_follows(&answer)))?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<ResetPolicy> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the policy {} could not be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("the policy {} is not right", file.display()))
}

fn what_follows(answer: &PolicyAnswer) -> String {
    let mut text = String::new();
    for remark in &answer.remarks {
        text.push_str(&format!("Look at this: {}.\n", one_line(remark)));
    }
    if !answer.differs {
        text.push_str("It is the policy that holds already.\n");
    }
    text
}
