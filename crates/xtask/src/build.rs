//! Building the program before it is used.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

/// How to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quickly.
    Dev,
    /// For measuring.
    Release,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    // This file stands in <root>/crates/xtask/src.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Builds the `writeback` program, and says where it is.
pub(crate) fn writeback(profile: Profile) -> Result<PathBuf> {
    crate::web::up_to_date()?;
    let mut command = cargo();
    command.args(["build", "--package", "writeback", "--bin", "writeback"]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    must(&mut command)?;
    let dir = if profile == Profile::Release {
        "release"
    } else {
        "debug"
    };
    target()
        .join(dir)
        .join("writeback")
        .canonicalize()
        .context("the program was built and is not there")
}

/// Cargo, at the repository's root.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command that has to succeed, with its output for the person to see.
pub(crate) fn must(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}

/// A runtime for what waits.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    // One TLS stack, installed before anything asks for it; a second call changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}
