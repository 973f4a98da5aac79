//! Developer commands: `cargo xtask <command>`.

mod lab;

use clap::Parser as _;

#[derive(clap::Parser)]
#[command(name = "cargo xtask", about = "Developer commands")]
enum Command {
    /// The lab of real Active Directory forests behind a company firewall.
    #[command(subcommand)]
    Lab(lab::LabCommand),
}

fn main() -> std::process::ExitCode {
    let done = match Command::parse() {
        Command::Lab(command) => lab::run(&command),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // One line per cause, without a backtrace: these are messages for people.
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
