//! `cargo xtask lab`: the lab of real parts.

use anyhow::{Result, bail};
use writeback_lab::{Lab, Steps};

/// What to do with the lab.
#[derive(clap::Subcommand)]
pub(crate) enum LabCommand {
    /// Build what is missing, repair what died.
    Up,
    /// Say what runs; ends with status 1 when something does not.
    Status,
    /// End and remove everything but the cache.
    Down,
}

pub(crate) fn run(command: &LabCommand) -> Result<()> {
    let say = |line: &str| println!("{line}");
    let steps = Steps::new(&say);
    let start = std::time::Instant::now();
    match command {
        LabCommand::Up => {
            Lab::up(&steps)?;
            println!("lab is up after {:.1} s", start.elapsed().as_secs_f64());
        }
        LabCommand::Status => {
            let status = Lab::status();
            print!("{status}");
            if !status.is_up() {
                bail!("the lab is not up: run `cargo xtask lab up`");
            }
        }
        LabCommand::Down => {
            Lab::down(&steps)?;
            println!("lab is down after {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
