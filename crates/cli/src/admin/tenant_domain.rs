//! `writeback admin tenant domain`: the domains by which people are found.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use writeback_cloud::{Proof, verification_text};
use writeback_model::DomainName;
use writeback_store::TenantDomain;

use super::{
    Cloud, operator, print, print_json,
    text::{Table, at, one_line},
};

/// The domains by which a tenant's people are found: `alice@example.org` belongs to the tenant
/// that has verified `example.org`.
#[derive(Subcommand)]
pub enum DomainCommand {
    /// Say that a domain is the tenant's, and show what has to stand in its DNS.
    #[command(after_help = "Example:\n  writeback admin tenant domain add example.org")]
    Add {
        /// The domain, as it stands behind the @ of user names.
        domain: DomainName,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Look whether a domain's DNS holds the record, and make the domain the tenant's.
    #[command(
        after_help = "Examples:\n  writeback admin tenant domain verify example.org\n  \
                      writeback admin tenant domain verify corp.internal --by-operator"
    )]
    Verify {
        /// The domain.
        domain: DomainName,
        /// Do not ask DNS: you know that the domain is the tenant's. The audit trail has your
        /// name.
        #[arg(long)]
        by_operator: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Show the tenant's domains.
    List {
        /// For machines.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cloud: Cloud,
    },
    /// Take a domain from the tenant: names of it are found no more.
    #[command(after_help = "Example:\n  writeback admin tenant domain remove example.org")]
    Remove {
        /// The domain.
        domain: DomainName,
        #[command(flatten)]
        cloud: Cloud,
    },
}

/// A domain as machines read it.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) name: String,
    record: String,
    added_at: jiff::Timestamp,
    verified_at: Option<jiff::Timestamp>,
    verified_by: Option<&'static str>,
}

impl Shown {
    pub(super) fn of(domain: &TenantDomain) -> Self {
        Self {
            name: domain.name.to_string(),
            record: verification_text(domain),
            added_at: domain.added_at,
            verified_at: domain.verified.map(|(at, _)| at),
            verified_by: domain.verified.map(|(_, how)| how.name()),
        }
    }

    pub(super) const fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_verified() {
            ""
        } else {
            " (not verified)"
        };
        write!(f, "{}{state}", self.name)
    }
}

pub(super) async fn run(command: DomainCommand) -> anyhow::Result<()> {
    match command {
        DomainCommand::Add { domain, cloud } => add(&domain, &cloud).await,
        DomainCommand::Verify {
            domain,
            by_operator,
            cloud,
        } => verify(&domain, by_operator, &cloud).await,
        DomainCommand::List { json, cloud } => list(&cloud, json).await,
        DomainCommand::Remove { domain, cloud } => {
            cloud.open().await?.admin().remove_domain(&domain).await?;
            println!("The domain {domain} is not the tenant's any more.");
            Ok(())
        }
    }
}

async fn add(domain: &DomainName, cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let added = open.admin().add_domain(domain).await?;
    if added.verified.is_some() {
        println!("The domain {domain} is the tenant's, and verified.");
        return Ok(());
    }
    println!("To show that {domain} is yours, publish this in its DNS:\n");
    println!("  {domain}.  TXT  \"{}\"\n", verification_text(&added));
    let tenant = cloud.tenant.as_ref();
    let tenant = tenant.map(|it| format!(" --tenant '{}'", one_line(it)));
    let tenant = tenant.unwrap_or_default();
    println!("and then:\n\n  writeback admin tenant domain verify {domain}{tenant}");
    Ok(())
}

async fn verify(domain: &DomainName, by_operator: bool, cloud: &Cloud) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let by = operator::by();
    let proof = match by_operator {
        true => Proof::Operator(&by),
        false => Proof::Dns(&open.config.dns_servers),
    };
    let admin = open.admin();
    admin.verify_domain(domain, proof).await?;
    let tenant = one_line(&admin.tenant().await?.name);
    println!("The domain {domain} is verified: names that end in @{domain} belong to {tenant}.");
    Ok(())
}

async fn list(cloud: &Cloud, json: bool) -> anyhow::Result<()> {
    let open = cloud.open().await?;
    let (tenant, domains) = open.admin().domains().await?;
    let shown: Vec<_> = domains.iter().map(Shown::of).collect();
    if json {
        return print_json(&shown);
    }
    if shown.is_empty() {
        println!(
            "{} has no domain: `writeback admin tenant domain add DOMAIN` adds one.",
            one_line(&tenant.name)
        );
        return Ok(());
    }
    let zone = open.config.time_zone()?;
    let mut table = Table::new(&["DOMAIN", "STATE", "SINCE", "TXT RECORD"]);
    for domain in &shown {
        let state = match domain.verified_by {
            Some(how) => format!("verified by {how}"),
            None => "not verified".to_owned(),
        };
        table.row([
            domain.name.clone(),
            state,
            at(domain.verified_at.unwrap_or(domain.added_at), &zone),
            domain.record.clone(),
        ]);
    }
    Ok(print(&table.to_string())?)
}
