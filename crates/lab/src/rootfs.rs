//! Root file systems for the machines of the lab, made once and cached.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::command::must;
use crate::plan::Base;
use crate::progress::Steps;
use crate::{apt, state};

/// Raise it when the building below changes in a way the lists do not show.
const VERSION: &str = "1";

struct Recipe {
    suite: &'static str,
    /// Suite that Samba is taken from.
    target: &'static str,
    samba: &'static [&'static str],
    tools: &'static [&'static str],
}

fn recipe(base: Base) -> Recipe {
    match base {
        Base::Trixie => Recipe {
            suite: "trixie",
            target: "trixie-backports",
            samba: &[
                "samba-ad-dc",
                "samba-ad-provision",
                "winbind",
                "ldb-tools",
                "python3-samba",
            ],
            tools: &["squid", "dnsmasq-base", "python3-aiosmtpd"],
        },
        Base::Bookworm => Recipe {
            suite: "bookworm",
            target: "bookworm",
            samba: &[
                "samba",
                "samba-ad-provision",
                "samba-dsdb-modules",
                "samba-vfs-modules",
                "winbind",
                "ldb-tools",
                "python3-samba",
            ],
            tools: &[],
        },
    }
}

impl Recipe {
    /// Changes whenever what is built changes.
    fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for part in [VERSION, self.suite, self.target]
            .iter()
            .chain(self.samba)
            .chain(self.tools)
        {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hex::encode(hash.finalize()).chars().take(12).collect()
    }
}

/// Name that changes with the content.
pub(crate) fn id(base: Base) -> String {
    let recipe = recipe(base);
    format!("{}-{}", recipe.suite, recipe.hash())
}

/// Where the root file system is, or will be.
pub(crate) fn path(base: Base) -> PathBuf {
    state::cache().join("rootfs").join(id(base))
}

/// Makes the root file system unless the cache has it.
pub(crate) fn ensure(base: Base, steps: &Steps<'_>) -> Result<()> {
    if !path(base).exists() {
        make(base, steps)?;
    }
    if clock_library(base).is_none() {
        let (root, suite) = (path(base), recipe(base).suite);
        steps.step(&format!("{CLOCK_PACKAGE} of {suite}"), || {
            // A cached root file system has an old list of packages.
            install(&root, suite, &[CLOCK_PACKAGE]).or_else(|_| {
                must(
                    Command::new("chroot")
                        .arg(&root)
                        .args(["apt-get", "update"]),
                )?;
                install(&root, suite, &[CLOCK_PACKAGE])
            })
        })?;
    }
    Ok(())
}

/// Not in the recipe: nothing that was provisioned depends on it.
const CLOCK_PACKAGE: &str = "libfaketime";

/// The library that gives a program another clock, as seen inside.
pub(crate) fn clock_library(base: Base) -> Option<PathBuf> {
    let root = path(base);
    // The directory in between is named after the processor.
    let libraries = fs::read_dir(root.join("usr/lib")).ok()?.flatten();
    libraries
        .map(|dir| dir.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .and_then(|library| Some(Path::new("/").join(library.strip_prefix(root).ok()?)))
}

fn make(base: Base, steps: &Steps<'_>) -> Result<()> {
    let ready = path(base);
    let recipe = recipe(base);
    let building = state::cache_dir("rootfs")?.join(format!("{}.building", id(base)));
    state::remove_tree(&building)?;
    let mirror = apt::mirror()?;
    steps.step(&format!("debootstrap {}", recipe.suite), || {
        let mut bootstrap = Command::new("debootstrap");
        bootstrap
            .args(["--variant=minbase", recipe.suite])
            .arg(&building)
            .arg(&mirror);
        must(&mut bootstrap).map(drop)
    })?;
    configure(&building, &recipe, &mirror)?;
    steps.step(&format!("Samba of {}", recipe.target), || {
        install(&building, recipe.target, recipe.samba).with_context(|| {
            format!(
                "Samba of {} is not reachable in the Debian archive of this machine",
                recipe.target
            )
        })
    })?;
    if !recipe.tools.is_empty() {
        steps.step(&recipe.tools.join(", "), || {
            install(&building, recipe.suite, recipe.tools)
        })?;
    }
    must(
        Command::new("chroot")
            .arg(&building)
            .args(["apt-get", "clean"]),
    )?;
    fs::rename(&building, &ready).context("cannot move the root file system into place")
}

fn configure(root: &Path, recipe: &Recipe, mirror: &str) -> Result<()> {
    let put = |file: &str, mode, text: &str| state::write(&root.join(file), mode, text.as_bytes());
    // Nothing may start by itself inside a chroot.
    put("usr/sbin/policy-rc.d", 0o755, "#!/bin/sh\nexit 101\n")?;
    put(
        "etc/apt/apt.conf.d/90lab",
        0o644,
        &apt::transport_settings()?,
    )?;
    put(
        "etc/dpkg/dpkg.cfg.d/lab",
        0o644,
        "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n\
         path-exclude=/usr/share/locale/*\n",
    )?;
    if recipe.target != recipe.suite {
        let source = format!("deb {mirror} {} main\n", recipe.target);
        put("etc/apt/sources.list.d/target.list", 0o644, &source)?;
    }
    // Mount points of the machines.
    for dir in ["data", "log"] {
        fs::create_dir_all(root.join(dir)).context("cannot make a mount point")?;
    }
    must(Command::new("chroot").arg(root).args(["apt-get", "update"])).map(drop)
}

fn install(root: &Path, target: &str, packages: &[&str]) -> Result<()> {
    let mut apt = Command::new("chroot");
    apt.arg(root).args([
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "-t",
        target,
    ]);
    apt.args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("LC_ALL", "C.UTF-8");
    must(&mut apt).map(drop)
}
