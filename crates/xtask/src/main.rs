//! Developer commands: `cargo xtask <command>`.

mod bench;
mod build;
mod demo;
mod doctor_table;
mod faults;
mod lab;
mod mutations;
mod test;
mod web;

use clap::Parser as _;

/// Developer commands. They need root, on Debian 12 or 13, for the lab of real domain
/// controllers; what else is missing they install.
#[derive(clap::Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Examples:\n  \
        cargo xtask demo            a portal to try, on real domain controllers\n  \
        cargo xtask demo --check    one reset, proved on the domain controllers\n  \
        cargo xtask test            everything\n  \
        cargo xtask faults --n 60   does anybody get a wrong answer when things break?\n  \
        cargo xtask mutations       would that be noticed?\n  \
        cargo xtask doctor-table    does the doctor name what is broken?\n  \
        cargo xtask bench writeback how much the way costs\n  \
        cargo xtask bench load      200 people at once, and agents restarted meanwhile"
)]
enum Command {
    /// Set up the whole product on the lab and keep it up, to be tried in a browser.
    Demo(demo::DemoArguments),
    /// Run every test, with the lab. Fails where the lab cannot be made.
    Test(test::TestArguments),
    /// Break things at every step of many resets, and hold what people are told against what
    /// the domain controller says. Writes target/faults.json.
    Faults(faults::FaultsArguments),
    /// Leave out one rule of the protocol at a time, and see that the fault harness finds each.
    Mutations(mutations::MutationsArguments),
    /// Break one thing at a time, and see that the doctor names that first and nothing else, and
    /// that what it says to do helps. Writes target/doctor-table.md.
    DoctorTable,
    /// Build the portal's script where its sources changed; needs Node then.
    Web(web::WebArguments),
    /// Measure.
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// The lab of real Active Directory forests behind a company firewall.
    #[command(subcommand)]
    Lab(lab::LabCommand),
}

fn main() -> std::process::ExitCode {
    let done = match Command::parse() {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Faults(arguments) => faults::run(&arguments),
        Command::Mutations(arguments) => mutations::run(&arguments),
        Command::DoctorTable => doctor_table::run(),
        Command::Web(arguments) => web::run(&arguments),
        Command::Bench(command) => bench::run(&command),
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
