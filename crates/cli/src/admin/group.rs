//! `writeback admin group`.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde::Serialize;
use writeback_model::{UserId, UserName};
use writeback_store::{GroupMember, GroupOrigin, GroupRef, GroupStore, UserStore};

use super::{
    Cloud, OpenCloud, operator, print, print_json,
    text::{Table, number, one_line, people},
};

/// Groups of the cloud, and those that are synchronised from directories.
#[derive(Subcommand)]
pub enum GroupCommand {
    /// Show all groups.
    List {
        /// As JSON, for a script.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Show a group and who is in it, also through other groups.
    #[command(
        after_help = "Examples:\n  writeback admin group show 'Password writeback'\n  \
                      writeback admin group show 'CN=Sales,OU=Groups,DC=corp,DC=example,DC=org'"
    )]
    Show {
        /// The group's name, distinguished name or identifier.
        group: String,
        /// As JSON, for a script.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Make a group of the cloud.
    #[command(after_help = "Example:\n  writeback admin group create 'Password writeback'")]
    Create {
        /// Its name.
        name: String,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Delete a group of the cloud. Licences that are assigned to it are taken back.
    Delete {
        /// Its name or identifier.
        group: String,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Put a person or a group into a group of the cloud.
    #[command(
        after_help = "Examples:\n  writeback admin group add 'Pilot' --user petra@example.org\n  \
                      writeback admin group add 'Pilot' --group Sales"
    )]
    Add(MemberArguments),
    /// Take a person or a group out of a group of the cloud.
    #[command(
        after_help = "Example:\n  writeback admin group remove 'Pilot' --user petra@example.org"
    )]
    Remove(MemberArguments),
}

/// Who, and into or out of which group.
#[derive(Args)]
pub struct MemberArguments {
    /// The group of the cloud.
    group: String,
    #[command(flatten)]
    member: Member,
    #[command(flatten)]
    cloud: Cloud,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Member {
    /// A person.
    #[arg(long)]
    user: Option<UserName>,
    /// A group, of the cloud or of a directory.
    #[arg(long = "group", value_name = "GROUP")]
    inner: Option<String>,
}

pub(super) async fn run(command: GroupCommand) -> anyhow::Result<()> {
    match command {
        GroupCommand::List { json, cloud } => list(&cloud.open().await?, json).await,
        GroupCommand::Show { group, json, cloud } => show(&cloud.open().await?, &group, json).await,
        GroupCommand::Create { name, cloud } => {
            let open = cloud.open().await?;
            let group = open.admin().create_group(&name, &operator::by()).await?;
            println!(
                "The group {} is made ({}).",
                one_line(&group.name),
                group.id
            );
            Ok(())
        }
        GroupCommand::Delete { group, cloud } => {
            let open = cloud.open().await?;
            let admin = open.admin();
            let group = admin.find_group(&group).await?;
            admin.delete_group(&group, &operator::by()).await?;
            println!("The group {} is deleted.", one_line(&group.name));
            Ok(())
        }
        GroupCommand::Add(arguments) => change(arguments, true).await,
        GroupCommand::Remove(arguments) => change(arguments, false).await,
    }
}

async fn change(arguments: MemberArguments, is_in: bool) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let group = admin.find_group(&arguments.group).await?;
    let (member, who) = match (arguments.member.user, arguments.member.inner) {
        (Some(name), _) => {
            let user = admin.find_user(&name).await?;
            let who = user.attributes.user_principal_name;
            (GroupMember::User(user.id), who)
        }
        (None, inner) => {
            let inner = admin.find_group(&inner.unwrap_or_default()).await?;
            (
                GroupMember::Group(inner.id),
                format!("The group {}", inner.name),
            )
        }
    };
    let changed = admin
        .change_member(&group, member, is_in, &operator::by())
        .await?;
    let (who, group) = (one_line(&who), one_line(&group.name));
    println!(
        "{}",
        match (changed, is_in) {
            (true, true) => format!("{who} is in the group {group} now."),
            (true, false) => format!("{who} is in the group {group} no more."),
            (false, true) => format!("{who} was in the group {group} already."),
            (false, false) => format!("{who} was not in the group {group} itself."),
        }
    );
    Ok(())
}

/// A group for a script.
#[derive(Serialize)]
pub(super) struct Told<'g> {
    id: String,
    name: &'g str,
    origin: &'static str,
    forest: Option<String>,
    dn: Option<&'g str>,
}

pub(super) fn told(group: &GroupRef) -> Told<'_> {
    let (origin, forest, dn) = match &group.origin {
        GroupOrigin::Cloud => ("cloud", None, None),
        GroupOrigin::Synchronised { forest, dn } => {
            ("synchronised", Some(forest.to_string()), Some(dn.as_str()))
        }
    };
    Told {
        id: group.id.to_string(),
        name: &group.name,
        origin,
        forest,
        dn,
    }
}

fn kept_in(group: &GroupRef) -> String {
    match &group.origin {
        GroupOrigin::Cloud => "the cloud".to_owned(),
        GroupOrigin::Synchronised { forest, .. } => forest.to_string(),
    }
}

async fn list(open: &OpenCloud, json: bool) -> anyhow::Result<()> {
    let tenant = open.admin().tenant().await?.id;
    let groups = open.store.groups(tenant).await?;
    if json {
        return print_json(&groups.iter().map(told).collect::<Vec<_>>());
    }
    if groups.is_empty() {
        println!(
            "There is no group yet: none is synchronised, and none was made with \
             `writeback admin group create`."
        );
        return Ok(());
    }
    let mut table = Table::new(&["GROUP", "KEPT IN", "ID"]);
    for group in &groups {
        table.row([group.name.clone(), kept_in(group), group.id.to_string()]);
    }
    Ok(print(&table.to_string())?)
}

/// The most people that are named.
const SHOWN: usize = 50;

async fn show(open: &OpenCloud, name: &str, json: bool) -> anyhow::Result<()> {
    let admin = open.admin();
    let tenant = admin.tenant().await?.id;
    let group = admin.find_group(name).await?;
    let members = open.store.group_members(tenant, group.id).await?;
    let users = open.store.users_in_group(tenant, group.id).await?;
    let limit = if json { usize::MAX } else { SHOWN };
    let mut names = BTreeMap::new();
    for user in users.iter().take(limit) {
        if let Some(known) = open.store.user(tenant, *user).await? {
            names.insert(*user, known.attributes.user_principal_name);
        }
    }
    if json {
        return print_json(&serde_json::json!({
            "group": told(&group),
            "members": members.iter().map(|member| match member {
                GroupMember::User(user) => serde_json::json!({ "user": user }),
                GroupMember::Group(inner) => serde_json::json!({ "group": inner }),
            }).collect::<Vec<_>>(),
            "users": names.iter().map(|(id, name)| serde_json::json!({ "id": id, "name": name }))
                .collect::<Vec<_>>(),
        }));
    }
    let mut text = format!("{}  ({})\n", one_line(&group.name), group.id);
    text.push_str(&format!("  kept in  {}\n", one_line(&kept_in(&group))));
    if let GroupOrigin::Synchronised { dn, .. } = &group.origin {
        text.push_str(&format!("  dn       {}\n", one_line(dn)));
    }
    for member in &members {
        if let GroupMember::Group(inner) = member {
            let known = open.store.group(tenant, *inner).await?;
            let name = known.map_or_else(|| format!("{inner} (gone)"), |it| it.name);
            text.push_str(&format!("  group    {}\n", one_line(&name)));
        }
    }
    text.push_str(&format!(
        "  {}, also through other groups{}\n",
        people(users.len() as u64),
        if users.is_empty() { "" } else { ":" }
    ));
    text.push_str(&listed(&users, &names));
    Ok(print(&text)?)
}

fn listed(users: &[UserId], names: &BTreeMap<UserId, String>) -> String {
    let mut lines: Vec<_> = names.values().map(|name| one_line(name)).collect();
    lines.sort();
    let mut text: String = lines.iter().map(|name| format!("    {name}\n")).collect();
    let more = users.len().saturating_sub(names.len());
    if more > 0 {
        text.push_str(&format!(
            "    … and {} more (--json shows all)\n",
            number(more as u64)
        ));
    }
    text
}
