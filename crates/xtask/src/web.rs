//! `cargo xtask web`: the portal's script, from its TypeScript sources.
//!
//! What is built is kept with the sources and says in its first line which sources it came
//! from, so that building the cloud needs neither Node nor a network. `--check` builds it anew
//! and compares every byte: what is shipped is what the sources give.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
use writeback_lab::{Steps, install};

use crate::build::{must, root};

/// The programs that build, and Debian's packages of them.
const NODE: [(&str, &str); 2] = [("node", "nodejs"), ("npm", "npm")];

/// What the browser tests need besides.
const CHROMIUM: [(&str, &str); 1] = [("chromium", "chromium")];

/// Build the portal's script where its sources changed.
#[derive(clap::Args)]
pub(crate) struct WebArguments {
    /// Build in any case, change nothing, and end with status 1 where the built script is not
    /// what the sources give, byte for byte.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &WebArguments) -> Result<()> {
    if !arguments.check {
        return up_to_date();
    }
    let (fresh, kept) = (build()?, fs::read_to_string(script())?);
    if fresh != kept {
        bail!(
            "{} is not what its sources give: run `cargo xtask web` and commit it",
            script().display()
        );
    }
    println!("the portal's script is what its sources give");
    Ok(())
}

/// Builds the script where its sources changed since; otherwise does nothing.
pub(crate) fn up_to_date() -> Result<()> {
    let kept = fs::read_to_string(script()).unwrap_or_default();
    if kept.starts_with(&first_line()?) {
        return Ok(());
    }
    println!("building the portal's script");
    fs::write(script(), build()?).context("cannot write the portal's script")
}

/// Installs what the browser tests run with.
pub(crate) fn browser_ready() -> Result<()> {
    installed(&NODE)?;
    installed(&CHROMIUM)?;
    packages(&folder())?;
    packages(&root().join("crates/cli/tests/browser"))
}

fn folder() -> PathBuf {
    root().join("crates/cloud/web")
}

fn script() -> PathBuf {
    root().join("crates/cloud/assets/portal.js")
}

fn build() -> Result<String> {
    installed(&NODE)?;
    packages(&folder())?;
    must(npm(&folder()).args(["run", "--silent", "check"]))?;
    must(npm(&folder()).args(["run", "--silent", "build"]))?;
    let built = fs::read_to_string(folder().join("out/portal.js"))?;
    Ok(first_line()? + &built)
}

/// Says from which sources a script was built.
fn first_line() -> Result<String> {
    let mut files = vec![
        folder().join("package.json"),
        folder().join("package-lock.json"),
        folder().join("tsconfig.json"),
    ];
    for entry in fs::read_dir(folder().join("src"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let contents = fs::read(&file).with_context(|| format!("{}", file.display()))?;
        all.extend_from_slice(&contents.len().to_be_bytes());
        all.extend(contents);
    }
    Ok(format!(
        "/* Built by `cargo xtask web`; SHA-256 of crates/cloud/web: {} */\n",
        sha256(&all)
    ))
}

/// Brings a folder's packages, as its lock file has them, where they are not there already.
fn packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    let (stamp, wanted) = (folder.join("node_modules/.lock-sha256"), sha256(&lock));
    if fs::read_to_string(&stamp).is_ok_and(|is| is == wanted) {
        return Ok(());
    }
    // Nothing of a package runs while it is brought.
    must(npm(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command
}

fn installed(programs: &[(&str, &str)]) -> Result<()> {
    let say = |line: &str| println!("  {line}");
    install(programs, &Steps::new(&say))
}

fn sha256(bytes: &[u8]) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let hex = |byte: &u8| format!("{byte:02x}");
    hash.as_ref().iter().map(hex).collect()
}
