//! Provisioned domains are kept in the cache and copied back. All DCs of a
//! forest are kept at one moment and restored together: a single DC put back
//! in time would be ignored by its partners (USN rollback).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::machine::Machine;
use crate::plan::ForestPlan;
use crate::{rootfs, samba, secrets, state};

/// Passwords of the domain expire after 42 days, so old snapshots are useless.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Everything that decides what a provisioned domain looks like: the sources
/// themselves, so that nobody has to remember to raise a number.
const SOURCES: &[&str] = &[
    include_str!("provision.rs"),
    include_str!("content.rs"),
    include_str!("people.rs"),
    include_str!("rights.rs"),
    include_str!("plan.rs"),
];

fn recipe(plan: &ForestPlan) -> String {
    let mut hash = Sha256::new();
    hash.update(rootfs::id(plan.base));
    for source in SOURCES {
        hash.update(source);
    }
    hex::encode(hash.finalize()).chars().take(12).collect()
}

pub(crate) fn kept(plan: &ForestPlan) -> Result<PathBuf> {
    Ok(state::cache_dir("domains")?.join(format!("{}-{}", plan.domain, recipe(plan))))
}

fn marker(plan: &ForestPlan) -> Result<PathBuf> {
    Ok(state::state_dir("recipe")?.join(plan.domain))
}

/// Whether the state holds this forest as the recipe wants it.
pub(crate) fn is_current(plan: &ForestPlan) -> Result<bool> {
    let recipe = recipe(plan);
    Ok(fs::read_to_string(marker(plan)?).is_ok_and(|text| text == recipe))
}

/// Ends the forest's machines and puts the kept databases back. False when none are kept.
pub(crate) fn restore(plan: &ForestPlan) -> Result<bool> {
    for dc in plan.dcs {
        if let Some(machine) = Machine::find(dc.name) {
            machine.end()?;
        }
    }
    let kept = kept(plan)?;
    let age = fs::metadata(&kept)
        .and_then(|m| m.modified())
        .map(|t| t.elapsed().unwrap_or_default());
    if !age.is_ok_and(|age| age < MAX_AGE) {
        state::remove_tree(&kept)?;
        return Ok(false);
    }
    copy_back(plan, &kept)?;
    fs::copy(kept.join("secrets.json"), secrets::file(plan.domain)?)
        .context("cannot restore the passwords")?;
    state::write(&marker(plan)?, 0o644, recipe(plan).as_bytes())?;
    Ok(true)
}

/// Puts databases back into the directories of machines without a service.
pub(crate) fn copy_back(plan: &ForestPlan, kept: &Path) -> Result<()> {
    for dc in plan.dcs {
        let data = samba::data_dir(dc);
        fs::create_dir_all(&data).context("cannot make the DC's directory")?;
        // Emptied, not replaced: a machine that runs has mounted the directory.
        for entry in fs::read_dir(&data).context("cannot read the DC's directory")? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                state::remove_tree(&path)?;
            } else {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        state::copy_tree(&kept.join(dc.name), &data)?;
    }
    Ok(())
}

/// Stops the DCs, keeps their databases; the caller starts them again.
pub(crate) fn take(plan: &ForestPlan) -> Result<()> {
    remove_older(plan)?;
    take_as(plan, &kept(plan)?)?;
    state::write(&marker(plan)?, 0o644, recipe(plan).as_bytes())
}

/// As [`take`], into a directory that does not exist.
pub(crate) fn take_as(plan: &ForestPlan, kept: &Path) -> Result<()> {
    for dc in plan.dcs {
        Machine::get(dc.name)?.end_services()?;
    }
    let building = kept.with_extension("building");
    state::remove_tree(&building)?;
    fs::create_dir_all(&building).context("cannot make the snapshot's directory")?;
    for dc in plan.dcs {
        state::copy_tree(&samba::data_dir(dc), &building.join(dc.name))?;
    }
    fs::copy(secrets::file(plan.domain)?, building.join("secrets.json"))
        .context("cannot keep the passwords")?;
    fs::rename(&building, kept).context("cannot move the snapshot into place")
}

/// Snapshots of other recipes only take up room.
fn remove_older(plan: &ForestPlan) -> Result<()> {
    let prefix = format!("{}-", plan.domain);
    for entry in fs::read_dir(state::cache_dir("domains")?)
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && !name.ends_with(".building") {
            state::remove_tree(&entry.path())?;
        }
    }
    Ok(())
}
