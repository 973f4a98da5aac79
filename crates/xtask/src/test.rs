//! `cargo xtask test`: everything, the lab included.

use anyhow::Result;
use writeback_lab::{Lab, OFFICE, Steps};

use crate::{
    build::{cargo, must},
    doctor_table::Table,
    faults::FaultsArguments,
};

/// Run every test, with the lab, and at the end faults on real parts with a fresh seed.
#[derive(clap::Args)]
pub(crate) struct TestArguments {
    /// What to hand to `cargo test`, such as `-p writeback-ad`; everything without it.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(arguments: &TestArguments) -> Result<()> {
    let table = Table::new()?;
    of(&arguments.arguments, &table)?;
    if arguments.arguments.is_empty() {
        table.judge()?;
        println!("breaking things: faults on real parts, with a fresh seed");
        crate::faults::run(&FaultsArguments::short())?;
    }
    Ok(())
}

/// Runs these tests in the lab. What the doctor's tests break goes into the table.
pub(crate) fn of(arguments: &[String], table: &Table) -> Result<()> {
    crate::web::up_to_date()?;
    if has_browser_tests(arguments) {
        crate::web::browser_ready()?;
    }
    println!("building the tests");
    // Built outside the company network, where the registry can be reached.
    let chosen = || {
        let mut list = arguments.to_vec();
        if list.is_empty() {
            list.push("--workspace".to_owned());
        }
        list
    };
    let before_dashes = chosen().into_iter().take_while(|argument| argument != "--");
    must(cargo().arg("test").arg("--no-run").args(before_dashes))?;

    let say = |line: &str| println!("{line}");
    let lab = Lab::up(&Steps::new(&say))?;
    println!("running the tests inside the company network");
    let mut inside = lab.command_in(OFFICE, "env");
    inside
        .arg("CARGO_NET_OFFLINE=true")
        .arg(table.variable())
        .arg(cargo().get_program())
        .args(["test", "--no-fail-fast"])
        .args(chosen())
        .current_dir(crate::build::root());
    must(&mut inside)
}

/// Whether the flow tests may be among what is run, some of which drive a browser.
fn has_browser_tests(arguments: &[String]) -> bool {
    let names_others = arguments.iter().any(|it| it.starts_with("-p"));
    !names_others || arguments.iter().any(|it| it == "writeback")
}
