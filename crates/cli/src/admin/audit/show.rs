//! `writeback admin audit show`.

use clap::Args;
use jiff::tz::TimeZone;
use uuid::Uuid;
use writeback_audit::activity;
use writeback_model::{Clock, UserId, UserName};
use writeback_store::{Actor, AuditFilter, AuditStore, KeptLine, UserStore};

use super::{Cloud, when::When};
use crate::{
    admin::{
        OpenCloud, print,
        text::{Table, at, zone_name},
    },
    outside::SystemClock,
};

/// Show records, newest first.
#[derive(Args)]
#[command(after_help = "Examples:\n  writeback admin audit show\n  \
                  writeback admin audit show --user alice@corp.example.org --since 7d\n  \
                  writeback admin audit show --activity sspr-reset --since 2026-11-01 --json\n\n\
                  docs/audit.md lists the activities.")]
pub struct ShowArguments {
    /// About this person or done by them: a name, or the identifier that records carry.
    #[arg(long)]
    user: Option<String>,
    /// With this activity: its name, or its short one.
    #[arg(long)]
    activity: Option<String>,
    /// From when on: a day, a time, or how long ago.
    #[arg(long)]
    since: Option<When>,
    /// Before when.
    #[arg(long)]
    until: Option<When>,
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    last: u32,
    /// The records of the installation, which belong to no tenant.
    #[arg(long)]
    installation: bool,
    /// As lines of JSON, as an export has them.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: ShowArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let chain = match arguments.installation {
        true => None,
        false => Some(open.admin().tenant().await?.id),
    };
    let (now, zone) = (SystemClock.now(), open.config.time_zone()?);
    let resolve = |when: &Option<When>| when.as_ref().map(|it| it.resolve(now, &zone)).transpose();
    let filter = AuditFilter {
        user: match &arguments.user {
            Some(name) => Some(user(&open, name).await?),
            None => None,
        },
        activity: arguments.activity.as_deref().map(known).transpose()?,
        since: resolve(&arguments.since)?,
        until: resolve(&arguments.until)?,
        before: None,
    };
    let lines = open
        .store
        .find_audit(chain, &filter, arguments.last)
        .await?;
    let text = match arguments.json {
        true => json(&lines),
        false if lines.is_empty() => "No record is like that.\n".to_owned(),
        false => table(&lines, &zone),
    };
    Ok(print(&text)?)
}

/// Who is meant. A person who is gone for good is found by identifier alone.
async fn user(open: &OpenCloud, name: &str) -> anyhow::Result<UserId> {
    if let Ok(id) = name.parse::<Uuid>() {
        return Ok(UserId::from_uuid(id));
    }
    let tenant = open.admin().tenant().await?.id;
    let parsed: UserName = name.parse()?;
    match open.store.users_by_name(tenant, &parsed).await?.as_slice() {
        [user] => Ok(user.id),
        [] => anyhow::bail!(
            "nobody goes by {}; of a person who is gone, give the identifier",
            parsed.canonical()
        ),
        users => {
            let ids: Vec<_> = users.iter().map(|user| user.id.to_string()).collect();
            anyhow::bail!(
                "{} means several people; give one of the identifiers {}",
                parsed.canonical(),
                ids.join(", ")
            )
        }
    }
}

/// An activity by its name or its short one.
fn known(name: &str) -> anyhow::Result<String> {
    match activity::find(name) {
        Some(found) => Ok(found.name.to_owned()),
        None => {
            let ids: Vec<_> = activity::ALL.iter().map(|it| it.id).collect();
            anyhow::bail!("no activity is called that; there are {}", ids.join(", "))
        }
    }
}

fn json(lines: &[KeptLine]) -> String {
    lines.iter().map(|line| line.to_json() + "\n").collect()
}

fn table(lines: &[KeptLine], zone: &TimeZone) -> String {
    let time = format!("Times are of {}.\n", zone_name(zone));
    let mut table = Table::new(&["#seq", "time", "activity", "result", "by"]);
    for line in lines {
        let kept = match line {
            KeptLine::Record(kept) => kept,
            KeptLine::Unreadable { seq, column } => {
                let cell = format!("cannot be read: {column} was changed");
                table.row([
                    seq.to_string(),
                    String::new(),
                    cell,
                    String::new(),
                    String::new(),
                ]);
                continue;
            }
        };
        let record = &kept.record;
        table.row([
            record.seq.to_string(),
            at(record.at, zone),
            record.activity.to_string(),
            record.result.to_string(),
            by(&record.actor),
        ]);
        let more = [
            (!record.detail.is_empty()).then(|| record.detail.to_string()),
            record.user.map(|user| format!("about {user}")),
            record
                .address
                .as_ref()
                .map(|address| format!("from {address}")),
            record.correlation.map(|id| format!("correlation {id}")),
        ];
        let more: Vec<_> = more.into_iter().flatten().collect();
        if !more.is_empty() {
            table.note(&more.join(" · "));
        }
    }
    format!("{table}{time}")
}

/// An actor in words.
fn by(actor: &str) -> String {
    match serde_json::from_str(actor) {
        Ok(Actor::Person(Some(user))) => format!("person {user}"),
        Ok(Actor::Person(None)) => "somebody".to_owned(),
        Ok(Actor::User(user)) => format!("administrator {user}"),
        Ok(Actor::Agent(agent)) => format!("agent {agent}"),
        Ok(Actor::Operator) => "operator".to_owned(),
        Ok(Actor::Cloud) => "cloud".to_owned(),
        Err(_) => actor.to_owned(),
    }
}
