//! Making a forest from nothing, and bringing one up by the shortest way.

use std::fs;

use anyhow::{Context as _, Result};

use crate::command::must;
use crate::forest::Forest;
use crate::plan::{Base, DcPlan, ForestPlan};
use crate::progress::Steps;
use crate::secrets::{self, Secrets};
use crate::{content, lock, people, policy, samba, snapshot, state};

/// Brings the forest up: repairs it, else restores it, else makes it.
pub(crate) fn ensure(plan: &'static ForestPlan, steps: &Steps<'_>) -> Result<()> {
    if snapshot::is_current(plan)? {
        start_all(plan)?;
    } else if snapshot::restore(plan)? {
        steps.step(&format!("{}: start restored DCs", plan.domain), || {
            start_all(plan)
        })?;
    } else {
        make(plan, steps)?;
    }
    let forest = Forest::load(plan)?;
    repair(&forest)?;
    people::lock_out(&forest)
}

/// Undoes what a test that was killed could not undo, unless one is at it now.
fn repair(forest: &Forest) -> Result<()> {
    let policy = lock::try_exclusive(&format!("policy-{}", forest.domain))?;
    if policy.is_some() && forest.policy()? != content::POLICY {
        policy::apply(forest, &content::POLICY)?;
    }
    let first = forest.first_dc()?;
    if forest.dcs.len() < 2 {
        return Ok(());
    }
    let calm = lock::try_exclusive("disturb")?;
    if calm.is_some() && forest.pdc()?.name != first.name {
        forest.transfer_pdc(first)?;
    }
    Ok(())
}

fn start_all(plan: &ForestPlan) -> Result<()> {
    for dc in plan.dcs {
        samba::start(plan, dc)?;
    }
    plan.dcs
        .iter()
        .try_for_each(|dc| samba::wait_answers(plan, dc))
}

fn make(plan: &'static ForestPlan, steps: &Steps<'_>) -> Result<()> {
    let secrets = Secrets::generate();
    secrets.save(&secrets::file(plan.domain)?)?;
    for (at, dc) in plan.dcs.iter().enumerate() {
        let fqdn = samba::fqdn(plan, dc);
        state::remove_tree(&samba::data_dir(dc))?;
        if at == 0 {
            steps.step(&format!("{fqdn}: provision"), || first(plan, dc, &secrets))?;
        } else {
            steps.step(&format!("{fqdn}: join"), || join(plan, dc, &secrets))?;
        }
        steps.step(&format!("{fqdn}: start"), || {
            samba::start(plan, dc)?;
            samba::wait_answers(plan, dc)
        })?;
        if at == 0 {
            let forest = Forest::load(plan)?;
            steps.step(&format!("{}: directory content", plan.domain), || {
                content::fill(&forest)
            })?;
        }
    }
    let forest = Forest::load(plan)?;
    steps.step(
        &format!("{}: DNS records and replication", plan.domain),
        || {
            for dc in plan.dcs {
                update_dns(dc.name)?;
                if plan.dcs.len() > 1 {
                    find_partners(plan, dc)?;
                }
            }
            forest.replicated(std::time::Duration::from_secs(120))
        },
    )?;
    steps.step(&format!("{}: snapshot", plan.domain), || {
        snapshot::take(plan)
    })?;
    start_all(plan)
}

/// Writes the DC's own records now; Samba itself does it a while after its start.
pub(crate) fn update_dns(dc: &str) -> Result<()> {
    let machine = crate::machine::Machine::get(dc)?;
    let mut update = machine.command("samba_dnsupdate");
    update.args(["--use-samba-tool", "-s", "/data/etc/smb.conf"]);
    update.env("KRB5_CONFIG", "/data/private/krb5.conf");
    must(&mut update).map(drop)
}

/// The DC that was there first learns of its partner now, not in five minutes.
/// Samba gives up on its own script after a few seconds, which a busy machine
/// can need.
fn find_partners(plan: &ForestPlan, dc: &DcPlan) -> Result<()> {
    let run = || samba::tool(dc.name, &["drs", "kcc", &samba::fqdn(plan, dc), "-P"]);
    run().or_else(|_| run()).or_else(|_| run()).map(drop)
}

const INTERFACES: [&str; 2] = [
    "--option=interfaces=lo eth0",
    "--option=bind interfaces only=yes",
];

fn first(plan: &ForestPlan, dc: &DcPlan, secrets: &Secrets) -> Result<()> {
    let mut command = samba::machine(plan, dc)?.command("samba-tool");
    command.args([
        "domain",
        "provision",
        "--server-role=dc",
        "--dns-backend=SAMBA_INTERNAL",
    ]);
    command
        .arg(format!("--realm={}", plan.realm()))
        .arg(format!("--domain={}", plan.netbios));
    command.arg(format!("--adminpass={}", secrets.administrator));
    command
        .arg(format!("--host-name={}", dc.name))
        .arg(format!("--host-ip={}", dc.ip));
    command.arg("--targetdir=/data").args(INTERFACES);
    if plan.base == Base::Trixie {
        command.args(["--base-schema=2019", "--function-level=2016"]);
        command.arg("--option=ad dc functional level=2016");
    }
    must(&mut command).map(drop)
}

fn join(plan: &ForestPlan, dc: &DcPlan, secrets: &Secrets) -> Result<()> {
    let machine = samba::machine(plan, dc)?;
    // Kerberos finds the domain through DNS; no file of the root file system helps.
    let krb5 = format!(
        "[libdefaults]\ndefault_realm = {}\ndns_lookup_kdc = true\n",
        plan.realm()
    );
    fs::write(samba::data_dir(dc).join("krb5.conf"), krb5).context("cannot write krb5.conf")?;
    let mut command = machine.command("samba-tool");
    // With its realm: there is no winbind to look after names of unknown domains.
    command.args(["domain", "join", plan.domain, "DC"]);
    command.arg(format!("--username=Administrator@{}", plan.realm()));
    command.arg(format!("--password={}", secrets.administrator));
    command
        .args(["--dns-backend=SAMBA_INTERNAL", "--targetdir=/data"])
        .args(INTERFACES);
    command.arg(format!("--option=netbios name={}", dc.name.to_uppercase()));
    if plan.base == Base::Trixie {
        command.arg("--option=ad dc functional level=2016");
    }
    command.env("KRB5_CONFIG", "/data/krb5.conf");
    must(&mut command).map(drop)
}
