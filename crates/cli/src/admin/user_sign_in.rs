//! `writeback admin user password` and `sign-out`.

use anyhow::Context as _;
use clap::Args;
use std::io::{self, IsTerminal};
use writeback_cloud::hash_password;
use writeback_model::{Secret, UserName};

use super::{
    Cloud, operator,
    text::{one_line, things},
};
use crate::outside::SystemEntropy;

/// Set the password of somebody of the cloud alone. They choose their own at the next sign-in.
///
/// It is asked for twice without being shown, or read from standard input, and kept as an
/// Argon2id hash. Every sign-in of theirs ends. Passwords of synchronised people lie in their
/// directory: they reset them in the portal.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin user password petra@example.org\n  \
                  pwgen -s 20 1 | writeback admin user password petra@example.org"
)]
pub struct PasswordArguments {
    /// Who.
    name: UserName,
    /// They need not choose another one.
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// Sign somebody out everywhere.
#[derive(Args)]
#[command(after_help = "Example:\n  writeback admin user sign-out petra@example.org")]
pub struct SignOutArguments {
    /// Who.
    name: UserName,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn password(arguments: PasswordArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let user = admin.find_user(&arguments.name).await?;
    let password = ask()?;
    let watched = admin.check_user_password(&user, &password).await?;
    let hash = hash_password(&password, &SystemEntropy)?;
    let must_change = !arguments.keep;
    admin
        .set_user_password(&user, hash, must_change, watched, &operator::by())
        .await?;
    let name = one_line(&user.attributes.user_principal_name);
    println!("The password of {name} is set, and they are signed out everywhere.");
    if must_change {
        println!("At the next sign-in they choose their own.");
    }
    if let Some(rule) = watched {
        println!(
            "It is one that others would guess (rule {}); this tenant only watches for these.",
            rule.id()
        );
    }
    Ok(())
}

pub(super) async fn sign_out(arguments: SignOutArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let user = admin.find_user(&arguments.name).await?;
    let ended = admin.sign_out(&user, &operator::by()).await?;
    let name = one_line(&user.attributes.user_principal_name);
    match ended {
        0 => println!("{name} was signed in nowhere."),
        ended => println!("{name} is signed out: {} ended.", things(ended, "sign-in")),
    }
    Ok(())
}

/// The password: twice from a terminal, once from a program.
fn ask() -> anyhow::Result<Secret> {
    const FAILED: &str = "no password could be read";
    if io::stdin().is_terminal() {
        let first = Secret::new(rpassword::prompt_password("New password: ").context(FAILED)?);
        let again = Secret::new(rpassword::prompt_password("Again: ").context(FAILED)?);
        anyhow::ensure!(
            first.expose() == again.expose(),
            "the two are not the same; nothing was changed"
        );
        return Ok(first);
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context(FAILED)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Secret::new(line))
}
