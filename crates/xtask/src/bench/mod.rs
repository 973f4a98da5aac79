//! `cargo xtask bench`: how much the way costs, side by side with what it cannot be faster than.

mod figures;
mod load;
mod sync;
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
    /// Imports of large directories against a paged ldapsearch for the same objects, and how
    /// soon changes are known. Takes some 15 minutes. Writes target/bench/sync.json.
    Sync(SyncArguments),
    /// Many people who reset at once while the agents are restarted in turn: do the counts add
    /// up, does memory stay flat, how long does a reset take? Exit status 1 where they do not.
    /// Writes target/load.json.
    Load(LoadArguments),
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

/// How much to measure.
#[derive(clap::Args, Clone)]
pub(crate) struct SyncArguments {
    /// How many people the directory has, one after the other.
    #[arg(long, value_delimiter = ',', default_values_t = [5_000, 50_000],
        value_parser = clap::value_parser!(u32).range(1_000..=200_000))]
    pub(crate) sizes: Vec<u32>,
    /// Searches and full cycles of each size, in turn.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Single changes of each size.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) changes: u32,
    /// Set when it runs inside the company network already.
    #[arg(long, hide = true)]
    inside: bool,
}

/// How much to measure.
#[derive(clap::Args, Clone)]
pub(crate) struct LoadArguments {
    /// So many come again and again.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    pub(crate) people: u32,
    /// For so long.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) minutes: u32,
    /// Seconds that each waits between two resets; half to one and a half of it.
    #[arg(long, default_value_t = 15)]
    pub(crate) pause: u64,
    /// Set when it runs inside the company network already.
    #[arg(long, hide = true)]
    inside: bool,
}

pub(crate) fn run(command: &BenchCommand) -> Result<()> {
    match command {
        BenchCommand::Writeback(arguments) if arguments.inside => {
            runtime()?.block_on(writeback::measure(&binary()?, arguments))
        }
        BenchCommand::Writeback(arguments) => again_inside(&[
            "writeback",
            "--sequential",
            &arguments.sequential.to_string(),
            "--each",
            &arguments.each.to_string(),
        ]),
        BenchCommand::Sync(arguments) if arguments.inside => {
            runtime()?.block_on(sync::measure(&binary()?, arguments))
        }
        BenchCommand::Sync(arguments) => {
            let sizes: Vec<_> = arguments.sizes.iter().map(u32::to_string).collect();
            again_inside(&[
                "sync",
                "--sizes",
                &sizes.join(","),
                "--rounds",
                &arguments.rounds.to_string(),
                "--changes",
                &arguments.changes.to_string(),
            ])
        }
        BenchCommand::Load(arguments) if arguments.inside => {
            runtime()?.block_on(load::measure(&binary()?, arguments))
        }
        BenchCommand::Load(arguments) => again_inside(&[
            "load",
            "--people",
            &arguments.people.to_string(),
            "--minutes",
            &arguments.minutes.to_string(),
            "--pause",
            &arguments.pause.to_string(),
        ]),
    }
}

fn binary() -> Result<std::path::PathBuf> {
    let path = crate::build::target().join("release/writeback");
    Ok(path.canonicalize()?)
}

/// Builds for measuring, and measures from where the company's network is.
fn again_inside(arguments: &[&str]) -> Result<()> {
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
        .arg("bench")
        .args(arguments)
        .arg("--inside")
        .current_dir(crate::build::root());
    must(&mut inside)
}
