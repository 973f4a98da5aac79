//! Putting a forest back to what was kept of it.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

use crate::dc::Dc;
use crate::forest::Forest;
use crate::plan::ForestPlan;
use crate::{people, samba, snapshot};

impl Forest {
    /// Puts the databases of all DCs back to how the forest was born and starts
    /// them again: two seconds, however much was in them. Hold
    /// [`crate::Lab::exclusive`].
    ///
    /// To a client this is a virtual machine put back in time: update sequence
    /// numbers go back while the invocation id stays, so whoever keeps a DirSync
    /// cookie or a `highestCommittedUSN` has to forget it.
    pub fn restore_snapshot(&self) -> Result<()> {
        self.put_back_from(&snapshot::kept(self.plan()?)?)
    }

    /// As [`Self::restore_snapshot`], to what [`Self::keep`] kept.
    pub(crate) fn put_back(&self, name: &str) -> Result<()> {
        self.put_back_from(&self.kept_as(name)?)
    }

    /// Keeps the databases as they are now, until the lab's recipe changes or
    /// they get old. Stops the DCs for it.
    pub(crate) fn keep(&self, name: &str) -> Result<()> {
        let taken = snapshot::take_as(self.plan()?, &self.kept_as(name)?);
        self.start()?;
        taken
    }

    pub(crate) fn has_kept(&self, name: &str) -> Result<bool> {
        Ok(self.kept_as(name)?.exists())
    }

    /// Beside the snapshot of the new forest, and removed with it.
    fn kept_as(&self, name: &str) -> Result<PathBuf> {
        let born = snapshot::kept(self.plan()?)?;
        let Some(stem) = born.file_name() else {
            bail!("{} has no name", born.display());
        };
        Ok(born.with_file_name(format!("{}-{name}", stem.display())))
    }

    fn put_back_from(&self, kept: &std::path::Path) -> Result<()> {
        let plan = self.plan()?;
        ensure!(
            snapshot::is_current(plan)? && kept.exists(),
            "the lab that runs was built by another version of itself: run `cargo xtask lab up`"
        );
        self.dcs.iter().try_for_each(Dc::stop)?;
        let copied = snapshot::copy_back(plan, kept);
        let started = self.start();
        copied.context("cannot put the databases back: run `cargo xtask lab up`")?;
        started?;
        people::lock_out(self)
    }

    fn start(&self) -> Result<()> {
        let plan = self.plan()?;
        for dc in plan.dcs {
            samba::start(plan, dc)?;
        }
        self.dcs.iter().try_for_each(Dc::start)
    }

    fn plan(&self) -> Result<&'static ForestPlan> {
        Ok(self.first_dc()?.forest)
    }
}
