//! The binary, and what it said.

use std::{
    path::Path,
    process::{Command, Output},
};

/// The doctor, in a folder without anything of this machine in its environment.
pub(crate) fn doctor(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_writeback"));
    command
        .arg("doctor")
        .args(arguments)
        .current_dir(folder)
        .env_clear();
    command
}

/// What was said on standard output.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What was said on standard error.
pub(crate) fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
