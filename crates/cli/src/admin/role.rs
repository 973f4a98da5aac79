//! `writeback admin role`.

use clap::Subcommand;
use serde::Serialize;
use writeback_model::{Role, UserName};
use writeback_policy::roles::Act;
use writeback_store::RoleStore;

use super::{
    Cloud, OpenCloud, operator, print, print_json,
    text::{Table, one_line},
};

/// Administrators' roles.
#[derive(Subcommand)]
#[command(
    after_help = "The roles: global-administrator, authentication-administrator, \
                  helpdesk-administrator, user-administrator, reports-reader, \
                  directory-synchronization-account."
)]
pub enum RoleCommand {
    /// Show who holds which role.
    List {
        /// As JSON, for a script.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Show what each role may do.
    Acts,
    /// Give a person a role. No synchronisation matches them from now on.
    #[command(
        after_help = "Example:\n  writeback admin role grant helpdesk-administrator petra@example.org"
    )]
    Grant {
        /// The role.
        role: Role,
        /// The person.
        user: UserName,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Take a role from a person. The last global administrator who can sign in stays one.
    #[command(
        after_help = "Example:\n  writeback admin role revoke helpdesk-administrator petra@example.org"
    )]
    Revoke {
        /// The role.
        role: Role,
        /// The person.
        user: UserName,
        #[command(flatten)]
        cloud: Cloud,
    },
}

pub(super) async fn run(command: RoleCommand) -> anyhow::Result<()> {
    match command {
        RoleCommand::List { json, cloud } => list(&cloud.open().await?, json).await,
        RoleCommand::Acts => Ok(print(&acts())?),
        RoleCommand::Grant { role, user, cloud } => {
            let open = cloud.open().await?;
            let admin = open.admin();
            let user = admin.find_user(&user).await?;
            let name = one_line(&user.attributes.user_principal_name);
            if admin.grant_role(&user, role, &operator::by()).await? {
                println!("{name} is {} now.", article(role));
            } else {
                println!("{name} was {} already.", article(role));
            }
            Ok(())
        }
        RoleCommand::Revoke { role, user, cloud } => {
            let open = cloud.open().await?;
            let admin = open.admin();
            let user = admin.find_user(&user).await?;
            let name = one_line(&user.attributes.user_principal_name);
            if admin.revoke_role(&user, role, &operator::by()).await? {
                println!("{name} is {} no more.", article(role));
            } else {
                println!("{name} was not {}.", article(role));
            }
            Ok(())
        }
    }
}

fn article(role: Role) -> String {
    let article = match role {
        Role::AuthenticationAdministrator => "an",
        _ => "a",
    };
    format!("{article} {role}")
}

/// Somebody with a role, for a script.
#[derive(Serialize)]
struct Told {
    role: &'static str,
    user: String,
    name: String,
    since: String,
    acts: bool,
}

async fn list(open: &OpenCloud, json: bool) -> anyhow::Result<()> {
    let tenant = open.admin().tenant().await?.id;
    let holders = open.store.role_holders(tenant).await?;
    if json {
        let told = holders.into_iter().map(|holder| Told {
            role: holder.role.id(),
            user: holder.user.to_string(),
            name: holder.name,
            since: holder.granted_at.to_string(),
            acts: holder.acts,
        });
        return print_json(&told.collect::<Vec<_>>());
    }
    if holders.is_empty() {
        println!(
            "Nobody holds a role yet: `writeback admin role grant global-administrator NAME` \
             makes the first administrator."
        );
        return Ok(());
    }
    let mut table = Table::new(&["ROLE", "USER", "SINCE"]);
    for holder in &holders {
        table.row([
            holder.role.id().to_owned(),
            holder.name.clone(),
            format!("{:.0}", holder.granted_at),
        ]);
        if !holder.acts {
            table.note("is disabled or removed, and cannot act");
        }
    }
    Ok(print(&table.to_string())?)
}

fn acts() -> String {
    let mut table = Table::new(&["ACT", "SECOND FACTOR", "ROLES"]);
    for act in Act::ALL {
        let roles: Vec<_> = act.roles().iter().map(|role| role.id()).collect();
        let second_factor = if act.needs_recent_second_factor() {
            "needed"
        } else {
            "-"
        };
        table.row([
            act.id().to_owned(),
            second_factor.to_owned(),
            roles.join(", "),
        ]);
        if act.needs_cloud_account() {
            table.note("only from an account of the cloud alone, none that is synchronised");
        }
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_each_act_with_who_may() {
        let text = acts();
        let line = |act: &str| text.lines().find(|line| line.starts_with(act)).unwrap();
        assert!(line("switch-writeback").ends_with("needed         global-administrator"));
        assert!(line("read-reports").contains("global-administrator, reports-reader"));
        assert!(text.contains("    only from an account of the cloud alone"));
    }
}
