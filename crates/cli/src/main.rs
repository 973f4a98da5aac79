//! `writeback`: one binary, one subcommand for each role. Nothing but arguments and wiring.

mod admin;
mod agent;
mod cloud;
mod doctor;
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
        writeback agent run --config agent.toml\n  \
        writeback doctor --user alice@corp.example.org"
)]
struct Arguments {
    /// What to log: error, warn, info, debug, trace, or a filter such as
    /// `info,writeback_agent=debug`. Passwords are in no log at any level. Without it, info; the
    /// doctor says by itself what it sees and logs errors only.
    #[arg(long, global = true, env = "WRITEBACK_LOG")]
    log: Option<String>,
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
    /// Say why writeback does not work from this machine, and what to do about it.
    Doctor(doctor::DoctorArguments),
    /// Set up and look after a cloud, on its own machine.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
}

/// How the program ends when its arguments are no good (`EX_USAGE` of sysexits.h): other small
/// numbers say how a synchronisation went, and a typing mistake is none of those.
pub(crate) const EXIT_USAGE: u8 = 64;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where nobody can be told, the exit code still says it.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(EXIT_USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// The whole chain of an error, each link once: what happened, then why.
fn complain(error: &anyhow::Error) {
    eprintln!("writeback: {error}");
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some libraries repeat their source in their own words.
        if !said.contains(&cause) {
            eprintln!("  because: {cause}");
        }
        said = cause;
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    // One TLS stack for everything, before anything can ask for it.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        anyhow::bail!("another TLS provider was installed first; this is a bug");
    }
    let usual = match arguments.command {
        Command::Doctor(_) | Command::Admin(admin::AdminCommand::Doctor(_)) => "error",
        _ => "info",
    };
    let log = arguments.log.as_deref().unwrap_or(usual);
    logging::start(log, arguments.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Cloud(arguments) => cloud::run(arguments).await.map(|()| ExitCode::SUCCESS),
            Command::Agent(command) => agent::run(command).await.map(|()| ExitCode::SUCCESS),
            Command::Doctor(arguments) => doctor::run(arguments).await,
            Command::Admin(command) => admin::run(command).await,
        }
    })
}
