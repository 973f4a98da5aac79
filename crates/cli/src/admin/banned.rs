//! `writeback admin banned`.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use writeback_model::{BannedMode, Secret};

use super::{Cloud, operator, print, print_json, text::one_line};

/// Exit code of `check` for a password that is banned; 1 is that of every failure.
const BANNED: u8 = 2;

/// Passwords that are too easy to guess: the tenant's own terms besides the built-in list.
#[derive(Subcommand)]
#[command(after_help = "Example:\n  \
        writeback admin banned set terms.txt      one term a line, 4 to 16 characters\n  \
        writeback admin banned mode audit         only watch, for a while\n  \
        writeback admin banned check --name Alice --name Anderson\n\n\
        A running cloud tells its agents within a second. docs/banned-passwords.md has the rules.")]
pub enum BannedCommand {
    /// Show the tenant's own terms and what becomes of banned passwords.
    Show {
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Set the tenant's own terms in place of those before: at most 1,000, one a line.
    Set {
        /// The file of terms. An empty one leaves the built-in list alone.
        file: PathBuf,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Set what becomes of banned passwords.
    Mode {
        /// What.
        mode: Mode,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Say whether a password would be refused, by which rule, and its points. It is asked for
    /// without being shown, or read from standard input, and kept nowhere.
    #[command(
        after_help = "Exit codes: 0 it would be taken, 2 it is banned, 1 that \
                           could not be told."
    )]
    Check {
        /// The person's first and last name; give the option once for each.
        #[arg(long = "name", value_name = "NAME")]
        names: Vec<String>,
        #[command(flatten)]
        cloud: Cloud,
    },
}

/// What becomes of banned passwords.
#[derive(Clone, Copy, ValueEnum)]
pub enum Mode {
    /// They are refused.
    Enforce,
    /// They are taken, and the audit trail says which rule would have refused them.
    Audit,
    /// Nobody looks.
    Off,
}

pub(super) async fn run(command: BannedCommand) -> anyhow::Result<ExitCode> {
    match command {
        BannedCommand::Show { json, cloud } => show(json, &cloud).await?,
        BannedCommand::Set { file, cloud } => {
            let text = std::fs::read_to_string(&file).with_context(|| {
                format!(
                    "{} could not be read; a list of terms is a text file in UTF-8",
                    file.display()
                )
            })?;
            let open = cloud.open().await?;
            let set = open
                .admin()
                .set_banned_terms(&text, &operator::by())
                .await?;
            for (line, earlier) in &set.duplicates {
                println!(
                    "Line {line} is left out: once normalised it is the same as line {earlier}."
                );
            }
            match set.terms {
                0 => println!("The tenant has no terms of its own now; the built-in list holds."),
                1 => println!("The tenant has 1 term of its own now."),
                many => println!("The tenant has {many} terms of its own now."),
            }
        }
        BannedCommand::Mode { mode, cloud } => {
            let mode = match mode {
                Mode::Enforce => BannedMode::Enforce,
                Mode::Audit => BannedMode::Audit,
                Mode::Off => BannedMode::Off,
            };
            let open = cloud.open().await?;
            open.admin().set_banned_mode(mode, &operator::by()).await?;
            println!("{}", meaning(mode));
        }
        BannedCommand::Check { names, cloud } => return check(&names, &cloud).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(json: bool, cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let rules = open.admin().banned_rules().await?;
    if json {
        return print_json(&serde_json::json!({
            "mode": rules.mode.id(),
            "terms": rules.terms,
        }));
    }
    let mut text = format!("{}\n", meaning(rules.mode));
    match rules.terms.len() {
        0 => text.push_str("The tenant has no terms of its own; the built-in list holds.\n"),
        1 => text.push_str("Besides the built-in list 1 term of the tenant's own:\n"),
        many => text.push_str(&format!(
            "Besides the built-in list {many} terms of the tenant's own:\n"
        )),
    }
    for term in &rules.terms {
        text.push_str(&format!("  {}\n", one_line(term)));
    }
    Ok(print(&text)?)
}

async fn check(names: &[String], cloud: &Cloud) -> anyhow::Result<ExitCode> {
    let open = cloud.open().await?;
    let password = ask()?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let checked = open.admin().check_banned(&password, &names).await?;
    let points = match checked.score {
        1 => "1 point".to_owned(),
        points => format!("{points} points"),
    };
    let Some(banned) = checked.banned else {
        println!("It would be taken: {points}, and 5 are needed.");
        return Ok(ExitCode::SUCCESS);
    };
    println!("It is banned by the rule {}: {points}.", banned.rule.id());
    if checked.mode != BannedMode::Enforce {
        println!("{}", meaning(checked.mode));
    }
    Ok(BANNED.into())
}

/// The password, without showing it.
fn ask() -> anyhow::Result<Secret> {
    let read = if io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ")
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    };
    let mut password = read.context("no password could be read")?;
    password.truncate(password.trim_end_matches(['\r', '\n']).len());
    Ok(Secret::from(password))
}

const fn meaning(mode: BannedMode) -> &'static str {
    match mode {
        BannedMode::Enforce => "Banned passwords are refused.",
        BannedMode::Audit => "Banned passwords are taken, and the audit trail tells their rule.",
        BannedMode::Off => "Nobody looks for banned passwords.",
    }
}
