//! `writeback admin sync problems` and `run-problems`.

use std::fmt::Write as _;

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use writeback_model::{DomainName, SourceAnchor, TenantId};
use writeback_store::{ConnectorStore, Run, RunStore};
use writeback_sync::Problem;

use super::{
    display::{SHORT_ID, short_id},
    names::Names,
};
use crate::admin::{
    Cloud, OpenCloud, print, print_json,
    text::{one_line, things},
};

/// How far back a run is looked for by the last letters of its identifier.
const RUNS_LOOKED_AT: u32 = 10_000;

/// Show the problems that objects have now, and what to do about them.
///
/// Errors come first: an error keeps the object from becoming or updating a person, a warning
/// does not.
#[derive(Args)]
#[command(after_help = "Examples:\n  writeback admin sync problems\n  \
        writeback admin sync problems --forest corp.example.org --json\n\n\
        After it is mended in the directory, the problem goes by itself within seconds.")]
pub struct ProblemsArguments {
    /// Only this forest.
    #[arg(long)]
    forest: Option<DomainName>,
    /// At most so many objects of each forest.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// As JSON, for a script.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// Show the problems that one run met.
///
/// At most the first thousand. They may be mended since: `writeback admin sync problems` shows
/// what is wrong now.
#[derive(Args)]
#[command(
    after_help = "Example:\n  writeback admin sync history\n  writeback admin sync run-problems 3f9c21ab"
)]
pub struct RunProblemsArguments {
    /// The run, as `writeback admin sync history` shows it, or its whole identifier.
    run: String,
    /// As JSON, for a script.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// An object with problems.
#[derive(Serialize)]
struct Troubled {
    forest: String,
    object_guid: String,
    dn: String,
    problems: Vec<Told>,
}

/// One of them.
#[derive(Serialize)]
struct Told {
    severity: &'static str,
    name: &'static str,
    text: String,
}

pub(super) async fn run(arguments: ProblemsArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let tenant = admin.tenant().await?.id;
    let mut troubled = Vec::new();
    let mut with_problems = 0;
    for forest in admin.forests(arguments.forest.as_ref()).await? {
        let name = &forest.name;
        let objects = open.store.problems(tenant, name, arguments.limit).await?;
        with_problems += open.store.count_objects(tenant, name).await?.with_problems;
        for (anchor, dn, problems) in objects {
            troubled.push(tell(&open, tenant, name, (anchor, dn), problems).await?);
        }
    }
    if arguments.json {
        return print_json(&troubled);
    }
    if troubled.is_empty() {
        println!("No object has a problem.");
        return Ok(());
    }
    let mut text = list(&troubled);
    let shown = u64::try_from(troubled.len()).unwrap_or(u64::MAX);
    let _ = write!(text, "{} with problems", things(with_problems, "object"));
    let more = if with_problems > shown {
        format!(", {shown} of them shown (--limit {with_problems} shows all).\n")
    } else {
        ".\n".to_owned()
    };
    text.push_str(&more);
    Ok(print(&text)?)
}

pub(super) async fn of_run(arguments: RunProblemsArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let tenant = open.admin().tenant().await?.id;
    let run = find(&open, tenant, &arguments.run).await?;
    let mut troubled: Vec<Troubled> = Vec::new();
    for met in open.store.run_problems(tenant, run.id).await? {
        let object = (met.anchor, met.dn);
        let next = tell(&open, tenant, &run.forest, object, vec![met.problem]).await?;
        match troubled.last_mut() {
            Some(last) if last.object_guid == next.object_guid => {
                last.problems.extend(next.problems);
            }
            _ => troubled.push(next),
        }
    }
    if arguments.json {
        return print_json(&troubled);
    }
    if troubled.is_empty() {
        println!("The run {} met no problem.", short_id(run.id));
        return Ok(());
    }
    Ok(print(&list(&troubled))?)
}

/// The run that a person means.
async fn find(open: &OpenCloud, tenant: TenantId, name: &str) -> anyhow::Result<Run> {
    if let Ok(id) = name.parse()
        && let Some(run) = open.store.run(tenant, id).await?
    {
        return Ok(run);
    }
    let name = name.trim().to_lowercase();
    if name.len() < SHORT_ID {
        bail!(
            "a run is named by its last {SHORT_ID} letters, as `writeback admin sync history` shows it"
        );
    }
    let runs = open.store.runs(tenant, None, RUNS_LOOKED_AT).await?;
    let mut found = runs
        .into_iter()
        .filter(|run| run.id.to_string().ends_with(&name));
    match (found.next(), found.next()) {
        (Some(run), None) => Ok(run),
        (None, _) => bail!(
            "there is no run {name}; `writeback admin sync history` shows those of the last 30 days"
        ),
        (Some(one), Some(two)) => bail!("{name} means more than one run: {}, {}", one.id, two.id),
    }
}

/// Puts problems into words.
async fn tell(
    open: &OpenCloud,
    tenant: TenantId,
    forest: &DomainName,
    (anchor, dn): (SourceAnchor, String),
    problems: Vec<Problem>,
) -> anyhow::Result<Troubled> {
    let mut names = Names::default();
    names.look_up(&open.store, tenant, &problems).await?;
    let told = problems.iter().map(|problem| Told {
        severity: if problem.is_error() {
            "error"
        } else {
            "warning"
        },
        name: problem.name(),
        text: names.put_into(&problem.text()),
    });
    Ok(Troubled {
        forest: forest.to_string(),
        object_guid: anchor.guid().to_string(),
        dn,
        problems: told.collect(),
    })
}

fn list(troubled: &[Troubled]) -> String {
    let mut text = String::new();
    for object in troubled {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", one_line(&object.dn));
        for problem in &object.problems {
            let _ = writeln!(
                text,
                "  {} {}: {}",
                problem.severity,
                problem.name,
                one_line(&problem.text)
            );
        }
        text.push('\n');
    }
    text
}
