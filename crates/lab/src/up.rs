//! Building the lab.

use anyhow::{Result, anyhow, bail};

use crate::forest::Forest;
use crate::machine::{Machine, Setup};
use crate::plan::{Base, FORESTS, ROUTER, ROUTER_LAN_IP};
use crate::progress::Steps;
use crate::{
    apt, ca, crowd, dc, dns, hosts, lock, mailserver, provision, proxy, rootfs, state, topology,
};

pub(crate) fn up(steps: &Steps<'_>) -> Result<()> {
    if hosts::company().any(topology::inside) {
        bail!("this process is inside the lab: run `cargo xtask lab up` from outside");
    }
    apt::prepare(steps)?;
    let _lock = lock::exclusive("up")?;
    // One after the other: both wait for the same disk and the same archive.
    rootfs::ensure(Base::Trixie, steps)?;
    rootfs::ensure(Base::Bookworm, steps)?;
    steps.step("certificates", ca::ensure)?;
    steps.step("namespaces, links, firewall", topology::ensure)?;
    mend()?;
    steps.step("DNS and proxy", router)?;
    steps.step("mail server", mailserver::ensure)?;
    steps.step("forests", || forests(steps))
}

/// Undoes what tests that were killed left: links that are cut, processes that
/// are frozen. Whoever disturbs the lab now holds the lock, and keeps it so.
fn mend() -> Result<()> {
    let Some(_calm) = lock::try_exclusive("disturb")? else {
        return Ok(());
    };
    topology::pass_everything()?;
    let names = FORESTS.iter().flat_map(|forest| forest.dcs);
    names
        .filter_map(|dc| Machine::find(dc.name))
        .try_for_each(|machine| dc::heal(&machine))
}

fn router() -> Result<()> {
    let machine = match Machine::find(ROUTER) {
        Some(machine) => machine,
        None => Machine::start(&Setup {
            name: ROUTER,
            netns: Some(ROUTER),
            base: Base::Trixie,
            data: &state::state_dir("router")?,
            resolv_conf: &topology::resolv_conf(&[ROUTER_LAN_IP]),
            hosts: "127.0.0.1 localhost\n",
        })?,
    };
    dns::start(&machine)?;
    proxy::start(&machine)
}

/// All forests side by side: most of the time they wait.
fn forests(steps: &Steps<'_>) -> Result<()> {
    std::thread::scope(|scope| {
        let work: Vec<_> = FORESTS
            .iter()
            .map(|forest| {
                scope.spawn(move || {
                    let done = provision::ensure(forest, steps);
                    if let Err(error) = &done {
                        steps.note(&format!("{}: {error:#}", forest.domain));
                    }
                    done
                })
            })
            .collect();
        // All are waited for before the first error ends it.
        let ended: Vec<_> = work.into_iter().map(|thread| thread.join()).collect();
        ended
            .into_iter()
            .try_for_each(|end| end.map_err(|_| anyhow!("a forest's thread died"))?)
    })?;
    // Not in the threads: they would take each other's locks for those of a test.
    FORESTS
        .iter()
        .try_for_each(|forest| crowd::sweep(&Forest::load(forest)?, steps))
}
