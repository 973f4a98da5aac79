//! `writeback admin user import`.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use writeback_cloud::{CsvPerson, CsvProblem, read_people};

use super::{
    Cloud, operator,
    text::{one_line, people, things},
};

/// How many problems are shown.
const SHOWN: usize = 20;

/// Make many people of the cloud alone, from a CSV file: all of them or, where anything is
/// wrong, nobody.
///
/// The first line names the columns: userPrincipalName, and any of displayName, mail, otherMail
/// (several with ; between them), mobile, preferredLanguage. The file is UTF-8, parted by commas
/// or semicolons, as spreadsheets save it. Passwords are not read from files.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin user import people.csv --dry-run\n  \
                  writeback admin user import people.csv --skip-existing"
)]
pub struct ImportArguments {
    /// The file.
    file: PathBuf,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Leave out those whose name somebody has already.
    #[arg(long)]
    skip_existing: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn import(arguments: ImportArguments) -> anyhow::Result<()> {
    let file = arguments.file.display();
    let bytes =
        std::fs::read(&arguments.file).with_context(|| format!("{file} could not be read"))?;
    let found = match read_people(&bytes) {
        Ok(found) => found,
        Err(problems) => anyhow::bail!(
            "{file} has {}, and nobody was made:{}",
            things(problems.len() as u64, "problem"),
            listed(&problems)
        ),
    };
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let taken: BTreeSet<String> = admin.names_taken(&found).await?.into_iter().collect();
    let is_taken = |person: &&CsvPerson| taken.contains(&person.name.to_lowercase());
    let problems: Vec<_> = found
        .iter()
        .filter(is_taken)
        .map(|person| CsvProblem {
            line: person.line,
            why: format!("somebody has the name {} already", person.name),
        })
        .collect();
    if !problems.is_empty() && !arguments.skip_existing {
        anyhow::bail!(
            "{} already, and nobody was made; --skip-existing makes the others:{}",
            match problems.len() {
                1 => "1 name is taken".to_owned(),
                many => format!("{many} names are taken"),
            },
            listed(&problems)
        );
    }
    let new = (found.len() - problems.len()) as u64;
    if arguments.dry_run {
        println!("{} would be made.", people(new));
    } else {
        let late = admin
            .import_users(found, arguments.skip_existing, &operator::by())
            .await?;
        anyhow::ensure!(
            late.is_empty() || arguments.skip_existing,
            "somebody got one of these names meanwhile, and nobody was made: {}",
            one_line(&late.join(", "))
        );
        let left_out = (late.len() as u64).saturating_sub(problems.len() as u64);
        println!("{} made.", made(new - left_out));
    }
    if !problems.is_empty() {
        println!(
            "Left out, since the name is taken: {}.",
            people(problems.len() as u64)
        );
    }
    Ok(())
}

fn made(count: u64) -> String {
    match count {
        1 => "1 person is".to_owned(),
        _ => format!("{} are", people(count)),
    }
}

fn listed(problems: &[CsvProblem]) -> String {
    let mut text = String::new();
    for problem in problems.iter().take(SHOWN) {
        text.push_str("\n  ");
        text.push_str(&one_line(&problem.to_string()));
    }
    if let Some(more) = problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("\n  and {more} more"));
    }
    text
}
