//! `writeback doctor --user NAME --grant-script FORM`.

use std::process::ExitCode;

use clap::ValueEnum;
use writeback_doctor::{Finding, Grant, Shell, grant};

use super::say;

/// Something could not be told, as of a whole report.
const NOT_KNOWN: u8 = 3;

/// Whose commands are wanted.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Form {
    /// PowerShell with dsacls, for an administrator of a Windows domain.
    Powershell,
    /// samba-tool, for root on a domain controller of a Samba domain.
    SambaTool,
}

/// The script is all that stands on the standard output, so that it can be kept in a file.
pub(super) fn run(findings: &[Finding], form: Form) -> anyhow::Result<ExitCode> {
    let shell = match form {
        Form::Powershell => Shell::PowerShell,
        Form::SambaTool => Shell::SambaTool,
    };
    Ok(match grant(findings, shell) {
        Grant::Nothing => {
            eprintln!(
                "Nothing is missing: the agent's account has every right that it needs here."
            );
            ExitCode::SUCCESS
        }
        Grant::Script(script) => {
            say(&script)?;
            eprintln!("Read it, run it as a domain administrator, and run the doctor again.");
            ExitCode::SUCCESS
        }
        Grant::NotKnown(why) => {
            eprintln!("What is missing cannot be said yet, so no script is printed:");
            for line in why {
                eprintln!("  {line}");
            }
            eprintln!("`writeback doctor` with the same --user says what to do about it.");
            ExitCode::from(NOT_KNOWN)
        }
    })
}
