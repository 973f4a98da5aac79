//! `cargo xtask bench`: how much the way costs, side by side with what it cannot be faster than.

mod figures;
mod writeback;

use anyhow::Result;
use writeback_lab::{Lab, OFFICE, Steps};

use crate::build::{Profile, must, runtime};

/// Measure.
#[derive(clap::Subcommand)]
pub(crate) enum BenchCommand {
    /// A reset through the whole product against a bare LDAPS reset, interleaved on the same
    /// domain controller. Writes target/bench/writeback.json.
    Writeback(WritebackArguments),
}

/// How much to measure.
#[derive(clap::Args, Clone)]
pub(crate) struct WritebackArguments {
    /// Resets one after the other, of each kind.
    #[arg(long, default_value_t = 150)]
    pub(crate) sequential: usize,
    /// Resets for each of the eight that are in flight at once, of each kind.
    #[arg(long, default_value_t = 25)]
    pub(crate) each: usize,
    /// Set when it runs inside the company network already.
    #[arg(long, hide = true)]
    inside: bool,
}

pub(crate) fn run(command: &BenchCommand) -> Result<()> {
    let BenchCommand::Writeback(arguments) = command;
    if arguments.inside {
        let binary = crate::build::target()
            .join("release/writeback")
            .canonicalize()?;
        return runtime()?.block_on(writeback::measure(&binary, arguments));
    }
    println!("building writeback for measuring");
    crate::build::writeback(Profile::Release)?;
    must(crate::build::cargo().args(["build", "--release", "--package", "xtask"]))?;
    let say = |line: &str| println!("  {line}");
    let lab = Lab::up(&Steps::new(&say))?;
    let itself = crate::build::target()
        .join("release/xtask")
        .canonicalize()?;
    let mut inside = lab.command_in(OFFICE, &itself.display().to_string());
    inside
        .args(["bench", "writeback", "--inside"])
        .args(["--sequential", &arguments.sequential.to_string()])
        .args(["--each", &arguments.each.to_string()])
        .current_dir(crate::build::root());
    must(&mut inside)
}
