//! `writeback admin sync removals` and `approve`.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write as _},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;
use jiff::Timestamp;
use writeback_cloud::Removals;
use writeback_model::{Clock, DomainName};
use writeback_sync::{GuardAnswer, Profile};

use super::cycles;
use crate::{
    admin::{
        Cloud, operator, print,
        text::{Table, ago, number, people, things},
    },
    outside::SystemClock,
};

/// Show who would be removed by the next export, and why.
#[derive(Args)]
#[command(after_help = "Example:\n  writeback admin sync removals corp.example.org")]
pub struct RemovalsArguments {
    /// The forest, by its root domain.
    forest: DomainName,
    /// How many to show.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    cloud: Cloud,
}

/// Approve the removals that are staged now, and carry them out.
///
/// The deletion guard does not count them. Whoever is staged later is not approved.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
        Look first:\n    writeback admin sync removals corp.example.org\n  \
        Then, with a question:\n    writeback admin sync approve corp.example.org\n  \
        Or from a script:\n    writeback admin sync approve corp.example.org --yes\n\n\
        Exit codes are those of `writeback admin sync run`.")]
pub struct ApproveArguments {
    /// The forest, by its root domain.
    forest: DomainName,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Ask the cloud for the export and do not follow it.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: RemovalsArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let removals = open.admin().removals(&arguments.forest).await?;
    let forest = &arguments.forest;
    let mut text = list(forest, &removals, arguments.limit, SystemClock.now());
    if !removals.staged.is_empty() {
        text.push_str(&guard(forest, &removals));
    }
    Ok(print(&text)?)
}

pub(super) async fn approve(arguments: ApproveArguments) -> anyhow::Result<ExitCode> {
    let forest = &arguments.forest;
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let removals = admin.removals(forest).await?;
    if removals.staged.is_empty() {
        println!("No removal is staged in {forest}: there is nothing to approve.");
        return Ok(ExitCode::SUCCESS);
    }
    print(&list(forest, &removals, 10, SystemClock.now()))?;
    if !arguments.yes && !is_meant(count(&removals))? {
        println!("Nothing was approved.");
        return Ok(ExitCode::FAILURE);
    }
    let approved = admin.approve_removals(forest, &operator::by()).await?;
    println!("Approved: {} of {forest}.", people(approved));
    let wanted = cycles::want(&open, Some(forest), &[Profile::Export]).await?;
    if arguments.no_wait {
        cycles::asked_for(&wanted);
        return Ok(ExitCode::SUCCESS);
    }
    cycles::follow(&open, wanted).await
}

/// Asks whoever sits there.
fn is_meant(count: u64) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("nobody can be asked here: say --yes where it is meant");
    }
    print!("Remove {}? Type yes: ", people(count));
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

fn count(removals: &Removals) -> u64 {
    u64::try_from(removals.staged.len()).unwrap_or(u64::MAX)
}

fn list(forest: &DomainName, removals: &Removals, show: usize, now: Timestamp) -> String {
    if removals.staged.is_empty() {
        return format!("No removal is staged in {forest}.\n");
    }
    let mut table = Table::new(&["NAME", "WHY", "STAGED", "APPROVED"]);
    for staged in removals.staged.iter().take(show) {
        let approved = if staged.approved { "yes" } else { "no" };
        table.row([
            staged.name.clone(),
            staged.why.text().to_owned(),
            ago(now.duration_since(staged.staged_at)),
            approved.to_owned(),
        ]);
    }
    let mut text = table.to_string();
    let all = count(removals);
    let hidden = removals.staged.len().saturating_sub(show);
    if hidden > 0 {
        let _ = writeln!(
            text,
            "… and {} more (--limit {all} shows all)",
            number(u64::try_from(hidden).unwrap_or(u64::MAX))
        );
    }
    let approved = removals.staged.iter().filter(|it| it.approved).count();
    let _ = writeln!(
        text,
        "\n{} of the {} of {forest} would be removed; {} approved. Each can be restored for {}.",
        people(all),
        number(removals.facts.people),
        number(u64::try_from(approved).unwrap_or(u64::MAX)),
        things(removals.restore_days.into(), "day")
    );
    text
}

/// What the guard says now.
fn guard(forest: &DomainName, removals: &Removals) -> String {
    match removals.guard {
        GuardAnswer::Allowed => "The deletion guard lets the next export remove them.\n".to_owned(),
        GuardAnswer::Stopped { would_be, limit } => format!(
            "The deletion guard stops this: it would be {} within 24 hours, and {} may be.\n\
             If it is a mistake, correct the directory or the rules; the next cycle takes the \
             removals back.\nIf it is meant: writeback admin sync approve {forest}\n",
            people(would_be),
            number(limit)
        ),
    }
}

#[cfg(test)]
mod tests {
    use writeback_model::UserId;
    use writeback_store::StagedRemoval;
    use writeback_sync::{Removal, RemovalFacts};

    use super::*;

    fn staged(number: u128) -> StagedRemoval {
        StagedRemoval {
            user: UserId::from_uuid(uuid::Uuid::from_u128(number)),
            name: format!("user{number}@corp.test"),
            why: Removal::Deleted,
            staged_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            approved: false,
        }
    }

    #[test]
    fn a_stopped_removal_says_how_many_and_what_to_do() {
        let removals = Removals {
            staged: (1..=3).map(staged).collect(),
            facts: RemovalFacts {
                staged: 3,
                removed_before: 9,
                people: 100,
            },
            guard: GuardAnswer::Stopped {
                would_be: 12,
                limit: 5,
            },
            restore_days: 30,
        };
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let forest = "corp.test".parse().unwrap();
        let text = list(&forest, &removals, 2, now) + &guard(&forest, &removals);
        let expected = "\
NAME             WHY                              STAGED       APPROVED
user1@corp.test  it was deleted in the directory  2 hours ago  no
user2@corp.test  it was deleted in the directory  2 hours ago  no
… and 1 more (--limit 3 shows all)

3 people of the 100 of corp.test would be removed; 0 approved. Each can be restored for 30 days.
The deletion guard stops this: it would be 12 people within 24 hours, and 5 may be.
If it is a mistake, correct the directory or the rules; the next cycle takes the removals back.
If it is meant: writeback admin sync approve corp.test
";
        assert_eq!(text, expected, "\n{text}");
    }
}
