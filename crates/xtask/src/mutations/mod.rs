//! `cargo xtask mutations`: would the harness notice, if a rule of the protocol were left out?
//!
//! Each mutation leaves one rule out in a copy of the sources, builds that program and lets `cargo
//! xtask faults` try it. A run that finds nothing then is what fails here.

mod list;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use self::list::{Edit, MUTATIONS, Mutation};
use crate::build::{cargo, must, root, target};

/// Leave out one rule of the protocol at a time, and see that the fault harness finds each.
///
/// Takes some minutes for each. Domain controllers are left alone, so that others can use the lab
/// meanwhile.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask mutations\n  cargo xtask mutations no-quiet-time")]
pub(crate) struct MutationsArguments {
    /// Which; all without any.
    names: Vec<String>,
}

/// What of a run's report is looked at.
#[derive(Deserialize)]
struct Report {
    seed: u64,
    requests: usize,
    faults: usize,
    lies: usize,
    executed_twice: usize,
}

pub(crate) fn run(arguments: &MutationsArguments) -> Result<()> {
    let chosen = chosen(&arguments.names)?;
    let copy = target().join("mutated");
    let mut missed = Vec::new();
    let mut lines = Vec::new();
    for mutation in chosen {
        println!("without {}", mutation.without);
        let binary = build(mutation, &copy)?;
        let (report, is_found) = until_found(mutation, &binary)?;
        lines.push(format!(
            "{:24} {:>8} {:>6} {:>5} {:>6} {:>6}  {}",
            mutation.name,
            report.requests,
            report.faults,
            report.lies,
            report.executed_twice,
            report.seed,
            if is_found { "found" } else { "NOT FOUND" },
        ));
        if !is_found {
            missed.push(mutation.name);
        }
    }
    println!(
        "\n{:24} {:>8} {:>6} {:>5} {:>6} {:>6}",
        "mutation", "requests", "faults", "lies", "twice", "seed"
    );
    for line in lines {
        println!("{line}");
    }
    ensure!(missed.is_empty(), "not found: {}", missed.join(", "));
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Mutation>> {
    if names.is_empty() {
        return Ok(MUTATIONS.iter().collect());
    }
    let find = |name: &String| {
        let found = MUTATIONS.iter().find(|it| it.name == name);
        found.with_context(|| {
            let known: Vec<_> = MUTATIONS.iter().map(|it| it.name).collect();
            format!(
                "there is no mutation {name}; there are {}",
                known.join(", ")
            )
        })
    };
    names.iter().map(find).collect()
}

/// The program without the rule.
fn build(mutation: &Mutation, copy: &Path) -> Result<PathBuf> {
    copy_sources(copy)?;
    for edit in mutation.edits {
        let path = copy.join(edit.file);
        let text = fs::read_to_string(&path)?;
        fs::write(&path, edited(edit, &text)?)?;
    }
    // A folder of its own: what is built there must never be taken for the real one.
    let built = target().join("mutated-target");
    must(
        cargo()
            .current_dir(copy)
            .args([
                "build",
                "--quiet",
                "--package",
                "writeback",
                "--bin",
                "writeback",
            ])
            .env("CARGO_TARGET_DIR", &built),
    )?;
    Ok(built.join("debug/writeback"))
}

/// The files that belong to the repository, as they are now.
fn copy_sources(copy: &Path) -> Result<()> {
    let listed = Command::new("git")
        .current_dir(root())
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .context("git lists the sources, and cannot be started")?;
    ensure!(listed.status.success(), "git could not list the sources");
    let listed = String::from_utf8(listed.stdout)?;
    for file in listed.split_terminator('\0') {
        let (from, to) = (root().join(file), copy.join(file));
        let Ok(bytes) = fs::read(&from) else {
            // Removed, and still in the index.
            continue;
        };
        // Left alone where it is the same, so that only what differs is built anew.
        if fs::read(&to).is_ok_and(|known| known == bytes) {
            continue;
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&to, bytes)?;
    }
    Ok(())
}

fn edited(edit: &Edit, text: &str) -> Result<String> {
    let times = text.matches(edit.from).count();
    if times != 1 {
        bail!(
            "{}: what is to be replaced stands there {times} times: {}",
            edit.file,
            edit.from
        );
    }
    Ok(text.replacen(edit.from, edit.to, 1))
}

/// Whether a fault strikes the moment that a rule is about is chance: one run may miss it.
const TRIES: u64 = 5;

fn until_found(mutation: &Mutation, binary: &Path) -> Result<(Report, bool)> {
    let mut tried = 0;
    loop {
        let report = try_out(mutation, binary, mutation.seed + tried)?;
        tried += 1;
        let is_found = report.lies + report.executed_twice > 0;
        if is_found || tried == TRIES {
            return Ok((report, is_found));
        }
        println!("seed {} found nothing; with another one", report.seed);
    }
}

fn try_out(mutation: &Mutation, binary: &Path, seed: u64) -> Result<Report> {
    let itself = std::env::current_exe()?;
    // It has to fail; how, its report says.
    Command::new(itself)
        .args(["faults", "--spare-controllers", "--only", mutation.only])
        .args(["--n", &mutation.requests.to_string()])
        .args(["--seed", &seed.to_string()])
        .arg("--binary")
        .arg(binary)
        .status()?;
    let text = fs::read_to_string(target().join("faults.json"))?;
    let report: Report = serde_json::from_str(&text)?;
    ensure!(report.seed == seed, "the run left no report");
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_in_the_sources_once() {
        for mutation in MUTATIONS {
            for edit in mutation.edits {
                let text = fs::read_to_string(root().join(edit.file)).unwrap();
                let mutated = edited(edit, &text).unwrap();
                assert_ne!(mutated, text, "{}", mutation.name);
            }
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let Err(error) = chosen(&["nonsense".to_owned()]) else {
            panic!("it was found")
        };
        assert!(error.to_string().contains("no-quiet-time"), "{error}");
        assert_eq!(chosen(&[]).unwrap().len(), MUTATIONS.len());
    }
}
