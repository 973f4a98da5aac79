//! `writeback admin tenant`: the organisations of an installation.

use clap::{Args, Subcommand};
use serde::Serialize;
use writeback_model::TenantId;
use writeback_store::{AgentStore, DomainStore, ForestStore, Tenant, TenantStore};

use super::{
    Cloud, OpenCloud, print, print_json,
    tenant_domain::{self, DomainCommand},
    text::{Table, at, one_line},
};

/// The organisations of this installation.
#[derive(Subcommand)]
pub enum TenantCommand {
    Create(CreateArguments),
    /// Show all tenants.
    List {
        /// For machines.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Show a tenant: its domains, agents and forests, and its own portal address.
    #[command(after_help = "Example:\n  writeback admin tenant show --tenant example.org")]
    Show {
        /// For machines.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Give a tenant another name. Pages and mails show it from the next one on.
    #[command(
        after_help = "Example:\n  writeback admin tenant rename 'Example International' --tenant 'Example Inc'"
    )]
    Rename {
        /// The new name, as people will read it.
        name: String,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Switch a tenant off: nobody of it can reset a password, and its agents are sent away.
    ///
    /// Requests that are under way finish. Nothing is deleted, and what was counted stays
    /// counted.
    #[command(after_help = "Example:\n  writeback admin tenant disable --tenant example.org")]
    Disable {
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Switch a tenant on again. Its agents come back by themselves within half a minute.
    #[command(after_help = "Example:\n  writeback admin tenant enable --tenant example.org")]
    Enable {
        #[command(flatten)]
        cloud: Cloud,
    },
    /// The domains by which a tenant's people are found.
    #[command(subcommand)]
    Domain(DomainCommand),
}

/// Make another tenant. Its agents, people, rules and records are apart from all others.
#[derive(Args)]
#[command(
    after_help = "Example:\n  writeback admin tenant create 'Fabrikam'\nThen:\n  \
                  writeback admin tenant domain add fabrikam.example --tenant Fabrikam\n  \
                  writeback admin enrolment create --tenant Fabrikam"
)]
pub struct CreateArguments {
    /// The organisation's name, as people will read it.
    name: String,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(command: TenantCommand) -> anyhow::Result<()> {
    match command {
        TenantCommand::Create(arguments) => create(&arguments).await,
        TenantCommand::List { json, cloud } => list(&cloud, json).await,
        TenantCommand::Show { json, cloud } => show(&cloud, json).await,
        TenantCommand::Rename { name, cloud } => {
            let tenant = cloud.open().await?.admin().rename_tenant(&name).await?;
            println!("The tenant {} is now called {}.", tenant.id, tenant.name);
            Ok(())
        }
        TenantCommand::Disable { cloud } => {
            let (tenant, done) = cloud.open().await?.admin().disable_tenant().await?;
            let name = one_line(&tenant.name);
            if done {
                println!(
                    "The tenant {name} is disabled. Requests under way finish; from now on its \
                     portal refuses, and its agents are sent away within a second."
                );
            } else {
                println!("The tenant {name} was disabled already.");
            }
            Ok(())
        }
        TenantCommand::Enable { cloud } => {
            let (tenant, done) = cloud.open().await?.admin().enable_tenant().await?;
            let name = one_line(&tenant.name);
            if done {
                println!(
                    "The tenant {name} is enabled. Its agents come back by themselves within \
                     half a minute."
                );
            } else {
                println!("The tenant {name} was enabled already.");
            }
            Ok(())
        }
        TenantCommand::Domain(command) => tenant_domain::run(command).await,
    }
}

async fn create(arguments: &CreateArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let tenant = open.admin().create_tenant(&arguments.name).await?;
    let id = tenant.id;
    println!("The tenant {} is made ({id}).", one_line(&tenant.name));
    println!(
        "Its people reset their passwords at {}",
        portal(&open, tenant.id)
    );
    println!(
        "or at {} once a domain of theirs is verified.",
        open.config.public_url.origin()
    );
    println!("\nNext:\n  writeback admin tenant domain add DOMAIN --tenant {id}");
    println!("  writeback admin enrolment create --tenant {id}");
    Ok(())
}

/// A tenant as machines read it.
#[derive(Serialize)]
struct Shown<'a> {
    id: TenantId,
    name: &'a str,
    created_at: jiff::Timestamp,
    disabled_at: Option<jiff::Timestamp>,
    portal: String,
    domains: Vec<tenant_domain::Shown>,
    agents: usize,
    forests: Vec<String>,
}

async fn shown<'a>(open: &OpenCloud, tenant: &'a Tenant) -> anyhow::Result<Shown<'a>> {
    let domains = open.store.domains(tenant.id).await?;
    let agents = open.store.agents(tenant.id).await?;
    let forests = open.store.forests(tenant.id).await?;
    let forests = forests.into_iter().map(|forest| forest.name.to_string());
    let is_enrolled = |agent: &&writeback_store::Agent| agent.revoked_at.is_none();
    Ok(Shown {
        id: tenant.id,
        name: &tenant.name,
        created_at: tenant.created_at,
        disabled_at: tenant.disabled_at,
        portal: portal(open, tenant.id),
        domains: domains.iter().map(tenant_domain::Shown::of).collect(),
        agents: agents.iter().filter(is_enrolled).count(),
        forests: forests.collect(),
    })
}

async fn list(cloud: &Cloud, json: bool) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let tenants = open.store.tenants().await?;
    let mut all = Vec::new();
    for tenant in &tenants {
        all.push(shown(&open, tenant).await?);
    }
    if json {
        return print_json(&all);
    }
    if all.is_empty() {
        println!("There is no tenant yet: make the first one with `writeback admin init`.");
        return Ok(());
    }
    let mut table = Table::new(&["ID", "NAME", "STATE", "#AGENTS", "VERIFIED DOMAINS"]);
    for tenant in &all {
        let domains = tenant.domains.iter().filter(|it| it.is_verified());
        let domains: Vec<_> = domains.map(|it| it.name.as_str()).collect();
        table.row([
            tenant.id.to_string(),
            tenant.name.to_owned(),
            state(tenant).to_owned(),
            tenant.agents.to_string(),
            or_none(&domains),
        ]);
    }
    Ok(print(&table.to_string())?)
}

async fn show(cloud: &Cloud, json: bool) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let tenant = open.admin().tenant().await?;
    let shown = shown(&open, &tenant).await?;
    if json {
        return print_json(&shown);
    }
    let zone = open.config.time_zone()?;
    let state = match shown.disabled_at {
        Some(time) => format!("disabled since {}", at(time, &zone)),
        None => state(&shown).to_owned(),
    };
    let domains: Vec<_> = shown.domains.iter().map(ToString::to_string).collect();
    let lines = [
        ("id", shown.id.to_string()),
        ("made", at(shown.created_at, &zone)),
        ("state", state),
        ("portal", shown.portal),
        ("domains", or_none(&domains)),
        ("agents", shown.agents.to_string()),
        ("forests", or_none(&shown.forests)),
    ];
    let lines = lines.map(|(name, value)| format!("  {name:10}{}\n", one_line(&value)));
    let text = format!("{}\n{}", one_line(shown.name), lines.concat());
    Ok(print(&text)?)
}

const fn state(tenant: &Shown<'_>) -> &'static str {
    match tenant.disabled_at {
        Some(_) => "disabled",
        None => "enabled",
    }
}

fn or_none(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// Where a tenant's people begin, whatever their names look like.
fn portal(open: &OpenCloud, tenant: TenantId) -> String {
    open.config.public_url.join(&format!("/?tenant={tenant}"))
}
