//! `writeback`: one binary, one subcommand for each role. Nothing but arguments and wiring.

mod admin;
mod agent;
mod cloud;
mod logging;
mod outside;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// People reset their forgotten Active Directory password themselves, from any browser.
///
/// The cloud serves the portal and stands where people reach it. The agent stands inside the
/// company network, dials out to the cloud, and writes passwords to the directory. The cloud
/// never sees one in its store, and nothing inbound is opened.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        writeback admin init --config cloud.toml --name 'Example Inc'\n  \
        writeback cloud --config cloud.toml\n  \
        writeback admin enrolment create --config cloud.toml\n  \
        writeback agent enroll --cloud https://reset.example.org --token wbenrol.…\n  \
        writeback agent run --config agent.toml"
)]
struct Arguments {
    /// What to log: error, warn, info, debug, trace, or a filter such as
    /// `info,writeback_agent=debug`. Passwords are in no log at any level.
    #[arg(long, global = true, env = "WRITEBACK_LOG", default_value = "info")]
    log: String,
    /// How to log: text for people, json for machines.
    #[arg(
        long,
        global = true,
        env = "WRITEBACK_LOG_FORMAT",
        default_value = "text"
    )]
    log_format: logging::Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal and the agents.
    Cloud(cloud::CloudArguments),
    /// Enrol and run an agent inside the company network.
    #[command(subcommand)]
    Agent(agent::AgentCommand),
    /// Set up and look after a cloud, on its own machine.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain, each link once: what happened, then why.
            eprintln!("writeback: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    // One TLS stack for everything, before anything can ask for it.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        anyhow::bail!("another TLS provider was installed first; this is a bug");
    }
    logging::start(&arguments.log, arguments.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Cloud(arguments) => cloud::run(arguments).await,
            Command::Agent(command) => agent::run(command).await,
            Command::Admin(command) => admin::run(command).await,
        }
    })
}
