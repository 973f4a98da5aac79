//! `writeback admin sync preview`.

use anyhow::bail;
use clap::Args;
use writeback_cloud::{Preview, Shown};
use writeback_model::UserName;
use writeback_store::{ForestStore, UserStore};
use writeback_sync::{Change, preview};

use super::names::Names;
use crate::admin::{Cloud, OpenCloud, print, text::one_line};

/// Show what would change for a person, and why. Nothing is written.
///
/// It takes what was imported last and decides as a synchronisation does.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
        writeback admin sync preview alice@corp.example.org\n  \
        writeback admin sync preview alice\n  \
        writeback admin sync preview 'CN=Alice,OU=People,DC=corp,DC=example,DC=org'\n  \
        writeback admin sync preview 0f4c6a1e-3c5b-4d0e-9a51-7f0f6d3b2a11    # objectGUID")]
pub struct PreviewArguments {
    /// A user principal name, mail address, account name, distinguished name or `objectGUID`.
    name: String,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: PreviewArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let previews = open.admin().preview(&arguments.name).await?;
    if previews.is_empty() {
        return nobody(&open, arguments.name.trim()).await;
    }
    let tenant = open.admin().tenant().await?.id;
    let mut texts = Vec::new();
    for shown in &previews {
        texts.push(match &shown.shown {
            Shown::Decision { decision, people } => {
                let mut names = Names::of(people);
                names
                    .look_up(&open.store, tenant, &decision.problems)
                    .await?;
                text(shown, &names)
            }
            Shown::CannotBeMade(_) => text(shown, &Names::default()),
        });
    }
    Ok(print(&texts.join("\n"))?)
}

fn text(preview_of: &Preview, names: &Names) -> String {
    let (words, last) = match &preview_of.shown {
        Shown::Decision { decision, .. } => {
            let last = match decision.change {
                Change::None => "",
                Change::Remove { .. } => {
                    "Nothing was written. An export removes whose removal is staged."
                }
                _ => "Nothing was written: `writeback admin sync run` does it.",
            };
            (preview(&preview_of.object, decision), last.to_owned())
        }
        Shown::CannotBeMade(why) => (
            format!("{}\n", preview_of.object.dn),
            format!("  No synchronisation can be made: {why}"),
        ),
    };
    let mut text = String::new();
    for line in names.put_into(&words).lines() {
        text.push_str(&one_line(line));
        text.push('\n');
    }
    if !last.is_empty() {
        text.push_str(&one_line(&last));
        text.push('\n');
    }
    text
}

/// Says what to try when no imported object goes by the name.
async fn nobody(open: &OpenCloud, name: &str) -> anyhow::Result<()> {
    let tenant = open.admin().tenant().await?.id;
    if let Ok(user_name) = name.parse::<UserName>()
        && !open
            .store
            .users_by_name(tenant, &user_name)
            .await?
            .is_empty()
    {
        println!(
            "{} is a person of the cloud alone: no imported account goes by that name, so that \
             no synchronisation concerns them. `writeback admin user show` shows them.",
            one_line(name)
        );
        return Ok(());
    }
    let forests = open.store.forests(tenant).await?;
    let never: Vec<_> = forests
        .iter()
        .filter(|forest| forest.full_import_at.is_none())
        .map(|forest| forest.name.to_string())
        .collect();
    if !never.is_empty() {
        bail!(
            "no imported object goes by {name:?}, and {} was never imported whole: \
             `writeback admin sync run --profile full-cycle` does it",
            never.join(", ")
        );
    }
    bail!(
        "no imported object goes by {name:?}. Try the account name, the distinguished name or the \
         objectGUID; an object outside of the organizational units of the agents' configuration \
         is never imported; one that was made a moment ago comes with `writeback admin sync run`"
    )
}
