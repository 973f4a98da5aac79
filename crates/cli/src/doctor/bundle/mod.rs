//! `writeback doctor --bundle`: what somebody who helps needs to see, and nothing that is secret.
//!
//! Everything is taken by lists of what may be shown; what is on none stays out. What may be
//! shown is searched for the secrets of this machine once more before it is packed.

mod archive;
mod configuration;
mod journal;
mod log;
mod machine;
mod manifest;
mod scrub;
mod shape;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use jiff::Timestamp;
use serde_json::Value;
use writeback_doctor::{Colour, Finding, Report, text};

use self::{configuration::Written, scrub::Secrets};
use super::say;

/// One file of the archive.
struct Entry {
    name: &'static str,
    about: &'static str,
    text: String,
}

/// What to put in.
pub(super) struct Wanted<'a> {
    /// The archive, which must not exist.
    pub(super) file: &'a Path,
    /// The agent's configuration.
    pub(super) config: &'a Path,
    /// Where the agent's log goes to, if to a file.
    pub(super) log: Option<&'a PathBuf>,
}

/// Packs what was found; the exit code says whether there is a bundle.
pub(super) fn run(
    wanted: &Wanted<'_>,
    findings: &[Finding],
    now: Timestamp,
) -> anyhow::Result<ExitCode> {
    let written = Written::read(wanted.config);
    let secrets = Secrets::of(&written);
    let mut entries = vec![
        Entry {
            name: "report.txt",
            about: "what the doctor found, for people",
            text: text(findings, Colour::No),
        },
        Entry {
            name: "report.json",
            about: "the same for machines (docs/doctor.schema.json)",
            text: report(findings, &secrets)?,
        },
        Entry {
            name: "configuration.txt",
            about: "the agent's settings that may be shown; of others, that they are set",
            text: written.shown(),
        },
        Entry {
            name: "journal.txt",
            about: "how many requests are in which state; no names",
            text: journal::shape(written.state_dir()),
        },
        Entry {
            name: "machine.txt",
            about: "versions, operating system, clock, and the lines on names that matter here",
            text: machine::about(&written, now),
        },
    ];
    if let Some(file) = wanted.log {
        entries.push(Entry {
            name: "log.jsonl",
            about: "the last lines of the agent's log, reduced to the fields that may be shown",
            text: log::last_lines(file)?,
        });
    }
    for entry in &mut entries {
        entry.text = secrets.removed(&entry.text);
    }
    entries.insert(0, manifest::of(&entries, now));
    let bytes = archive::write(wanted.file, &entries, now)?;
    say(&format!(
        "{} is written: {} files, {bytes} bytes, readable by you alone. Look at it before you send it:\n  \
         $ tar -xzOf {0} writeback-doctor/MANIFEST\n",
        wanted.file.display(),
        entries.len(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The report, cleared of secrets string by string: JSON writes some characters in another way.
fn report(findings: &[Finding], secrets: &Secrets) -> anyhow::Result<String> {
    let mut report = serde_json::to_value(Report::new(findings))?;
    clear(&mut report, secrets);
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn clear(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => *text = secrets.removed(text),
        Value::Array(values) => values.iter_mut().for_each(|it| clear(it, secrets)),
        Value::Object(fields) => fields.values_mut().for_each(|it| clear(it, secrets)),
        _ => {}
    }
}
