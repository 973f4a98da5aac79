//! `writeback agent writeback`.

use std::path::PathBuf;

use anyhow::ensure;
use clap::{Args, Subcommand};
use writeback_agent::{
    AgentConfig,
    state::{StateDir, Switch},
};

use super::DEFAULT_CONFIG;

/// Switch writeback off and on on this machine, without stopping its agent or taking it out of
/// the tenant.
///
/// It holds until it is switched back, also after a restart, and within a second where the agent
/// runs. Run it as the agent's user or as root. For the whole tenant or a forest there is
/// `writeback admin writeback` on the cloud's machine.
#[derive(Subcommand)]
pub enum SwitchCommand {
    /// Take no more requests. What was claimed is finished; other agents go on.
    Disable(SwitchArguments),
    /// Take requests again.
    Enable(SwitchArguments),
}

/// Which agent.
#[derive(Args)]
#[command(
    after_help = "Example:\n  writeback agent writeback disable\n  writeback agent writeback enable"
)]
pub struct SwitchArguments {
    /// The agent's configuration file.
    #[arg(long, env = "WRITEBACK_AGENT_CONFIG", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
}

pub(super) fn run(command: SwitchCommand) -> anyhow::Result<()> {
    let (wanted, arguments) = match command {
        SwitchCommand::Disable(arguments) => (false, arguments),
        SwitchCommand::Enable(arguments) => (true, arguments),
    };
    let config = AgentConfig::load(&arguments.config)?;
    let folder = &config.state_dir;
    ensure!(
        folder.is_dir(),
        "there is no folder {}, which state_dir in {} names: this agent never enrolled; \
         `writeback agent enroll` does it",
        folder.display(),
        arguments.config.display()
    );
    let dir = StateDir::at(folder);
    let switch = Switch::of(&dir);
    let changed = if wanted { switch.on() } else { switch.off() }?;
    println!("{}", told(wanted, changed, dir.is_held()?));
    Ok(())
}

const fn told(on: bool, changed: bool, runs: bool) -> &'static str {
    match (on, changed, runs) {
        (false, true, true) => {
            "Writeback is off on this machine. Its agent takes nothing more from now on, and finishes \
             what it had claimed.\nOther agents of the forest go on; without one, people are told \
             before they begin. Back on: writeback agent writeback enable"
        }
        (false, true, false) => {
            "Writeback is off on this machine. Its agent does not run; it will take nothing when it \
             does.\nBack on: writeback agent writeback enable"
        }
        (false, false, _) => "Writeback was off on this machine already.",
        (true, true, true) => "Writeback is on on this machine. Its agent takes requests again.",
        (true, true, false) => {
            "Writeback is on on this machine, but its agent does not run. Start it: systemctl start \
             writeback-agent, or writeback agent run"
        }
        (true, false, true) => "Writeback was on on this machine already, and its agent runs.",
        (true, false, false) => {
            "Writeback was on on this machine already, but its agent does not run. Start it: \
             systemctl start writeback-agent, or writeback agent run"
        }
    }
}
