//! The programs the lab needs on the machine itself, and where Debian is.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::must;
use crate::progress::Steps;

/// A program that must exist, and the Debian package that brings it.
const NEEDED: &[(&str, &str)] = &[
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("debootstrap", "debootstrap"),
    ("ldapsearch", "ldap-utils"),
    ("nsenter", "util-linux"),
    ("sysctl", "procps"),
];

/// Refuses machines the lab cannot be built on, and installs what is missing.
pub(crate) fn prepare(steps: &Steps<'_>) -> Result<()> {
    let uid = must(Command::new("id").arg("-u"))?;
    ensure!(
        uid.trim() == "0",
        "the lab needs root: run it again with sudo"
    );
    install(NEEDED, steps)
}

/// Installs the packages of those programs that are missing, each given with its package.
pub fn install(programs: &[(&str, &str)], steps: &Steps<'_>) -> Result<()> {
    let missing: Vec<_> = programs
        .iter()
        .filter(|(program, _)| !on_path(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    ensure!(
        on_path("apt-get"),
        "{} is missing; on anything but Debian install it by hand",
        missing.join(", ")
    );
    steps.step(&format!("install {}", missing.join(", ")), || {
        let install = || {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            must(
                apt.args(["install", "-y", "--no-install-recommends"])
                    .args(&missing),
            )
        };
        // A fresh machine has no package list, an old one has a stale list.
        if install().is_err() {
            must(Command::new("apt-get").arg("update"))?;
            install()?;
        }
        Ok(())
    })
}

fn on_path(program: &str) -> bool {
    [
        "/usr/local/sbin",
        "/usr/local/bin",
        "/usr/sbin",
        "/usr/bin",
        "/sbin",
        "/bin",
    ]
    .iter()
    .any(|dir| Path::new(dir).join(program).exists())
}

/// Address of the Debian archive this machine itself uses.
pub(crate) fn mirror() -> Result<String> {
    let find = || -> Result<Option<String>> {
        let mut apt = Command::new("apt-get");
        apt.args(["indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(SITE)"]);
        let listed = must(&mut apt)?;
        Ok(listed
            .lines()
            .find_map(|l| l.strip_prefix("Debian|Debian|"))
            .map(str::to_owned))
    };
    if let Some(site) = find()? {
        return Ok(site);
    }
    must(Command::new("apt-get").arg("update"))?;
    match find()? {
        Some(site) => Ok(site),
        None => {
            bail!("this machine's apt knows no Debian archive: add one to /etc/apt/sources.list")
        }
    }
}

/// The machine's own way to the archive (proxy, checks), for use in a root file system.
pub(crate) fn transport_settings() -> Result<String> {
    let dump = must(Command::new("apt-config").arg("dump")).context("apt-config")?;
    let wanted = [
        "Acquire::http",
        "Acquire::https",
        "Acquire::Check",
        "Acquire::Retries",
    ];
    let lines = dump
        .lines()
        .filter(|line| wanted.iter().any(|w| line.starts_with(w)));
    Ok(lines.fold(String::new(), |all, line| all + line + "\n"))
}
