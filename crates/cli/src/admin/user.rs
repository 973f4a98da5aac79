//! `writeback admin user`: the people that the cloud knows.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use jiff::{Timestamp, tz::TimeZone};
use writeback_cloud::NewPerson;
use writeback_model::{Clock, UserName};
use writeback_store::{ConnectorStore, Group, TestAccountStore, User, UserStore};
use writeback_sync::Origin;

use super::{
    Cloud, operator, print,
    text::{ago, at, one_line},
    user_import, user_sign_in,
};
use crate::outside::SystemClock;

/// The people that the cloud knows.
#[derive(Subcommand)]
pub enum UserCommand {
    Create(CreateArguments),
    Import(user_import::ImportArguments),
    Password(user_sign_in::PasswordArguments),
    SignOut(user_sign_in::SignOutArguments),
    /// Let somebody of the cloud alone sign in and reset again.
    #[command(after_help = "Example:\n  writeback admin user enable petra@example.org")]
    Enable(WhoArguments),
    /// Sign somebody of the cloud alone out everywhere, and keep them out.
    ///
    /// Synchronised people are disabled in their directory, and the cloud follows.
    #[command(after_help = "Example:\n  writeback admin user disable petra@example.org")]
    Disable(WhoArguments),
    /// Delete somebody of the cloud alone, for good.
    ///
    /// Their password, sign-ins, roles, licences and memberships go with them. What they did stays
    /// in the audit trail. To keep them out for a while, disable them.
    #[command(after_help = "Example:\n  writeback admin user delete petra@example.org")]
    Delete(WhoArguments),
    TestAccount(TestAccountArguments),
    /// Show what the cloud knows of a person.
    #[command(
        after_help = "Examples:\n  writeback admin user show alice@corp.example.org\n  \
                      writeback admin user show 'CORP\\alice'"
    )]
    Show {
        /// A user principal name, a mail address, or an account name with or without its domain.
        name: UserName,
        #[command(flatten)]
        cloud: Cloud,
    },
}

#[derive(Args)]
pub struct WhoArguments {
    /// Who.
    name: UserName,
    #[command(flatten)]
    cloud: Cloud,
}

/// Give an account that tests of writeback may reset.
///
/// `writeback doctor --test-user NAME` on an agent's machine gives it a new random password, which
/// nobody is told, whenever it is run. So take an account that nobody works with; administrators
/// are not taken.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin user test-account wb-test@corp.example.org\n  \
                  writeback admin user test-account wb-test@corp.example.org --release"
)]
pub struct TestAccountArguments {
    /// Whose account.
    name: UserName,
    /// It is no test account any more.
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// Make a person who is in no directory.
///
/// A synchronisation that finds an account with the same
/// user principal name or mail address makes them one person, unless they are an administrator.
#[derive(Args)]
#[command(
    after_help = "Example:\n  writeback admin user create --name petra@example.org \
                  --display-name 'Petra Prinz' --mail petra@example.org"
)]
pub struct CreateArguments {
    /// The user principal name.
    #[arg(long)]
    name: String,
    /// The name that people read.
    #[arg(long)]
    display_name: Option<String>,
    /// The mail address.
    #[arg(long)]
    mail: Option<String>,
    /// An address that codes may go to. May be given several times.
    #[arg(long)]
    other_mail: Vec<String>,
    /// They are a global administrator: no synchronisation ever matches them.
    #[arg(long)]
    administrator: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Create(arguments) => create(arguments).await,
        UserCommand::Import(arguments) => user_import::import(arguments).await,
        UserCommand::Password(arguments) => user_sign_in::password(arguments).await,
        UserCommand::SignOut(arguments) => user_sign_in::sign_out(arguments).await,
        UserCommand::Enable(arguments) => enable(arguments, true).await,
        UserCommand::Disable(arguments) => enable(arguments, false).await,
        UserCommand::Delete(arguments) => delete(arguments).await,
        UserCommand::TestAccount(arguments) => test_account(arguments).await,
        UserCommand::Show { name, cloud } => show(&name, &cloud).await,
    }
}

async fn create(arguments: CreateArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let person = NewPerson {
        name: arguments.name,
        display_name: arguments.display_name,
        mail: arguments.mail,
        other_mail: arguments.other_mail,
        is_administrator: arguments.administrator,
    };
    let name = one_line(person.name.trim());
    let id = open.admin().create_user(person).await?;
    println!("{name} is made ({id}).");
    Ok(())
}

async fn enable(arguments: WhoArguments, enabled: bool) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let user = admin.find_user(&arguments.name).await?;
    let changed = admin.enable_user(&user, enabled, &operator::by()).await?;
    let name = one_line(&user.attributes.user_principal_name);
    match (enabled, changed) {
        (true, true) => println!("{name} is enabled."),
        (true, false) => println!("{name} was enabled already."),
        (false, true) => println!("{name} is disabled, and signed out everywhere."),
        (false, false) => println!("{name} was disabled already."),
    }
    Ok(())
}

async fn delete(arguments: WhoArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let user = admin.find_user(&arguments.name).await?;
    admin.delete_user(&user, &operator::by()).await?;
    let name = one_line(&user.attributes.user_principal_name);
    println!("{name} is deleted ({}).", user.id);
    Ok(())
}

async fn test_account(arguments: TestAccountArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let user = admin.find_user(&arguments.name).await?;
    let name = one_line(&user.attributes.user_principal_name);
    let by = operator::by();
    if arguments.release {
        match admin.release_test_account(&user, &by).await? {
            true => println!("{name} is no test account any more."),
            false => println!("{name} was no test account."),
        }
        return Ok(());
    }
    match admin.designate_test_account(&user, &by).await? {
        true => println!(
            "{name} is a test account. On an agent's machine:\n  writeback doctor --test-user {name}"
        ),
        false => println!("{name} was a test account already."),
    }
    Ok(())
}

async fn show(name: &UserName, cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let tenant = open.admin().tenant().await?.id;
    let users = open.store.users_by_name(tenant, name).await?;
    if users.is_empty() {
        let name = name.canonical();
        anyhow::bail!(
            "nobody goes by {name}; `writeback admin sync preview {name}` shows whether an \
             imported account does, and why it is nobody"
        );
    }
    let zone = open.config.time_zone()?;
    let now = SystemClock.now();
    let mut texts = Vec::new();
    for user in &users {
        let groups = open.store.groups_of_user(tenant, user.id).await?;
        let mut shown = text(user, &groups, now, &zone);
        if let Some(since) = open.store.test_account_since(tenant, user.id).await? {
            let _ = writeln!(shown, "  {:18}since {}", "test account", at(since, &zone));
        }
        texts.push(shown);
    }
    if users.len() > 1 {
        texts.push("The name means more than one person: none of them can use it.\n".to_owned());
    }
    Ok(print(&texts.join("\n"))?)
}

fn text(user: &User, groups: &[Group], now: Timestamp, zone: &TimeZone) -> String {
    let attributes = &user.attributes;
    let mut text = format!("{}\n", one_line(&attributes.user_principal_name));
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name:18}{}", one_line(value));
        }
    };
    line("identifier", Some(&user.id.to_string()));
    line(
        "mastered in",
        Some(match user.origin {
            Origin::Cloud => "the cloud alone",
            Origin::Synchronised => "a directory (synchronised)",
        }),
    );
    let anchor = user
        .source_anchor
        .map(|anchor| format!("{anchor} ({})", anchor.guid()));
    line("source anchor", anchor.as_deref());
    let account = match &attributes.netbios {
        Some(netbios) if !attributes.account_name.is_empty() => {
            format!("{netbios}\\{}", attributes.account_name)
        }
        _ => attributes.account_name.clone(),
    };
    line("account", Some(&account));
    line("display name", attributes.display_name.as_deref());
    line("mail", attributes.mail.as_deref());
    line("other mail", Some(&attributes.other_mail.join(", ")));
    line("mobile", attributes.mobile.as_deref());
    line("language", attributes.language.as_deref());
    line(
        "enabled",
        Some(if attributes.enabled { "yes" } else { "no" }),
    );
    let expires = attributes.account_expires.map(|time| at(time, zone));
    line("expires", expires.as_deref());
    let target = match (&user.target, user.enabled_twice) {
        (Some(target), _) => format!(
            "{} in {} (forest {})",
            target.anchor.guid(),
            target.domain,
            target.forest
        ),
        (None, true) => {
            "nowhere: accounts in two forests are enabled; disable one of them".to_owned()
        }
        (None, false) => "nowhere: there is no account in a directory".to_owned(),
    };
    line("password goes to", Some(&target));
    let changed = format!(
        "{}  {}",
        at(user.changed_at, zone),
        ago(now.duration_since(user.changed_at))
    );
    line("last changed", Some(&changed));
    let mut first = "groups";
    for group in groups {
        let named = format!("{} ({})", group.name, group.dn);
        line(first, Some(&named));
        first = "";
    }
    text
}
