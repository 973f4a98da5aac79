//! Taking the lab away.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::command::ip;
use crate::hosts;
use crate::machine::Machine;
use crate::progress::Steps;
use crate::{process, state, topology};

pub(crate) fn down(steps: &Steps<'_>) -> Result<()> {
    if hosts::company().any(topology::inside) {
        bail!("this process is inside the lab: run `cargo xtask lab down` from outside");
    }
    steps.step("machines", machines)?;
    steps.step("processes in the lab's namespaces", leftovers)?;
    steps.step("namespaces, links, firewall", topology::remove)?;
    steps.step("state", || state::remove_tree(&state::state()))
}

fn machines() -> Result<()> {
    let dir = state::state().join("machines");
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if let Some(machine) = entry.file_name().to_str().and_then(Machine::find) {
            machine
                .end()
                .with_context(|| format!("cannot end {}", machine.name))?;
        }
    }
    Ok(())
}

/// Tests and agents that still run inside. The internet's namespace is the
/// machine's own and therefore not looked at.
fn leftovers() -> Result<()> {
    for signal in ["TERM", "KILL"] {
        let mut inside = Vec::new();
        for netns in hosts::company().filter(|netns| topology::handle(netns).exists()) {
            let pids = ip(&format!("netns pids {netns}"))?;
            inside.extend(
                pids.lines()
                    .filter_map(|pid| pid.trim().parse::<u32>().ok()),
            );
        }
        if inside.is_empty() {
            return Ok(());
        }
        process::signal(signal, &inside)?;
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}
