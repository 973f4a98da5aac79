//! A domain controller whose clock is wrong. The kernel has one clock of the
//! day for all namespaces, so a library in between tells Samba another.

use anyhow::{Context as _, Result, ensure};

use crate::dc::Dc;
use crate::machine::Machine;
use crate::{rootfs, samba};

impl Dc {
    /// Starts Samba with a clock this many seconds ahead of everybody else's
    /// (behind when negative) and waits until LDAPS answers. Samba must be
    /// stopped. [`Self::heal`] puts the clock right.
    ///
    /// Take a DC that is alone in its forest: from five minutes on Kerberos
    /// between DCs ends. What is written meanwhile keeps its wrong times until
    /// [`crate::Forest::restore_snapshot`].
    pub fn start_with_clock_offset(&self, seconds: i64) -> Result<()> {
        let machine = Machine::get(&self.name)?;
        ensure!(
            !machine.runs("samba"),
            "{} has a clock already: stop it first",
            self.fqdn
        );
        let library = rootfs::clock_library(self.forest.base)
            .context("the root file system has no libfaketime: run `cargo xtask lab up`")?;
        let environment = [
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME", format!("{seconds:+}")),
            // Timers and timeouts go on as ever.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            // Else database modules find the C library before the one in between.
            ("LDB_MODULES_DISABLE_DEEPBIND", "1".to_owned()),
        ];
        samba::start_with(self.forest, self.plan, &environment)?;
        samba::wait_answers(self.forest, self.plan)
    }
}

/// Ends services that run with a wrong clock, to be started anew.
pub(crate) fn end_wrong(machine: &Machine) -> Result<()> {
    if machine.has_loaded("libfaketime") {
        machine.end_services()?;
    }
    Ok(())
}
