//! What the doctor's tests broke, and what it said of it: rows for `cargo xtask doctor-table`.

use std::{env, fs::OpenOptions, io::Write as _};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// The variable that names the file which rows are appended to, one JSON object on a line.
/// Without it no row is kept.
pub const TABLE_FILE: &str = "WRITEBACK_DOCTOR_TABLE";

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "row")]
pub enum TableRow {
    /// Nothing was broken.
    Healthy(Healthy),
    /// One thing was.
    Broken(BrokenState),
}

/// What was looked at while nothing was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healthy {
    /// What was looked at.
    pub what: String,
    /// How many findings there were, all of them fine.
    pub fine: usize,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// One thing that was broken, and what the doctor said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenState {
    /// What was broken, in words.
    pub state: String,
    /// The check that it is the business of.
    pub check: String,
    /// The place of that check's line among the red ones, from 1; absent where it was not red.
    pub rank: Option<usize>,
    /// The other checks that were red and should not have been.
    pub alarms: Vec<String>,
    /// How it was green again.
    pub mended: Mended,
}

/// How all was green again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mended {
    /// The commands that were printed were typed.
    ByCommands,
    /// What was printed in words, or for another console, was done.
    ByHand,
    /// It was not.
    No,
}

impl Mended {
    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::ByCommands => "by the printed commands",
            Self::ByHand => "when undone",
            Self::No => "NO",
        }
    }
}

impl BrokenState {
    /// Whether the cause stood first, nothing else was red, and it could be mended.
    pub fn is_good(&self) -> bool {
        self.rank == Some(1) && self.alarms.is_empty() && self.mended != Mended::No
    }

    /// As a line of a Markdown table.
    pub fn line(&self) -> String {
        let rank = self.rank.map_or("none".to_owned(), |it| it.to_string());
        let alarms = if self.alarms.is_empty() {
            "none".to_owned()
        } else {
            self.alarms.join(", ")
        };
        let (state, check) = (&self.state, &self.check);
        let mended = self.mended.text();
        format!("| {state} | `{check}` | {rank} | {alarms} | {mended} |")
    }
}

impl TableRow {
    /// Keeps the row, where a table is wanted.
    pub fn keep(&self) -> Result<()> {
        let Some(file) = env::var_os(TABLE_FILE) else {
            return Ok(());
        };
        let mut line = serde_json::to_string(self)?;
        line.push('\n');
        // One write of one line: tests in other processes append to it, too.
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&file)
            .and_then(|mut it| it.write_all(line.as_bytes()))
            .with_context(|| format!("cannot keep a row in {}", file.display()))
    }
}
