//! Checking an export of JSON lines by itself.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::json_lines::{BeginLine, CheckpointLine, EndLine, RecordLine, VERSION};
use crate::{
    chain::{ChainCheck, Checked, Start},
    checkpoint::{Checkpoint, Purpose, SignatureProblem},
    finding::Finding,
    key::PublicKey,
};

/// What is wrong with an export: the first thing.
#[derive(Debug, thiserror::Error)]
pub enum ExportProblem {
    /// The chain is not whole.
    #[error(transparent)]
    Finding(#[from] Finding),
    /// The file does not begin as an export does.
    #[error(
        "it does not begin as an export of JSON lines does: its first line was changed or removed"
    )]
    NoBegin,
    /// A later form.
    #[error("it has form {0} and this program knows form {VERSION} only: use a newer one")]
    Newer(u32),
    /// A line that is not exactly as it was written.
    #[error("the line is not as it was written")]
    Line,
    /// A signed statement that states nothing.
    #[error("what this line states about record {number} cannot be trusted: {problem}")]
    Statement {
        /// The record's number.
        number: u64,
        /// Why.
        problem: SignatureProblem,
    },
    /// A signed statement in a place where it does not belong.
    #[error("what this line states belongs elsewhere")]
    Misplaced,
    /// No end.
    #[error("the end is missing: the file was cut off after this line")]
    NoEnd,
    /// The signed end speaks of another record than the last one.
    #[error("lines were removed before the end: it was signed for record {0}")]
    OtherEnd(u64),
    /// Something behind the end.
    #[error("there is something behind the end")]
    BehindEnd,
}

/// What a whole export was found to be.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Its chain. All of it is confirmed by the signed end.
    #[serde(flatten)]
    pub checked: Checked,
    /// The number of the record that it begins behind; 0 where it begins with the first.
    pub begins_after: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// The key that signed it.
    pub key: PublicKey,
}

/// Reads an export, line by line.
pub struct ExportCheck {
    trusted: Option<PublicKey>,
    lines: u64,
    begun: Option<(Checkpoint, ChainCheck)>,
    end: Option<Checkpoint>,
    /// The record of the last checkpoint.
    confirmed: u64,
    /// The line of the file from which on the chain did not go on as it should.
    gap_at: Option<u64>,
}

impl ExportCheck {
    /// Begins to read. Without a key that is trusted, the one that the export itself names is.
    pub const fn new(trusted: Option<PublicKey>) -> Self {
        Self {
            trusted,
            lines: 0,
            begun: None,
            end: None,
            confirmed: 0,
            gap_at: None,
        }
    }

    /// The number of the line, from 1, that the last answer was about.
    pub fn line_number(&self) -> u64 {
        self.gap_at.unwrap_or(self.lines)
    }

    /// Reads the next line, without its end.
    pub fn line(&mut self, text: &str) -> Result<(), ExportProblem> {
        self.lines += 1;
        if self.end.is_some() {
            return Err(ExportProblem::BehindEnd);
        }
        let Some((begin, check)) = &mut self.begun else {
            return self.begin(text);
        };
        if text.starts_with("{\"checkpoint\":") {
            let CheckpointLine { checkpoint } = exact(text)?;
            signed(&checkpoint, begin.key)?;
            // It stands behind the record that it is of.
            let number = checkpoint.place.number;
            let is_first = number > self.confirmed;
            if checkpoint.chain != begin.chain || number != check.last().number || !is_first {
                return Err(ExportProblem::Misplaced);
            }
            self.confirmed = number;
            return Ok(check.anchor(checkpoint.place)?);
        }
        if text.starts_with("{\"end\":") {
            let EndLine { end } = exact(text)?;
            signed(&end, begin.key)?;
            if end.purpose != Purpose::ExportEnd || end.chain != begin.chain || end.at != begin.at {
                return Err(ExportProblem::Misplaced);
            }
            self.end = Some(end);
            return Ok(());
        }
        let line: RecordLine<'_> = serde_json::from_str(text).map_err(|_| ExportProblem::Line)?;
        if serde_json::to_string(&line).ok().as_deref() != Some(text) {
            return Err(ExportProblem::Line);
        }
        let was_whole = !check.looks_for_missing();
        check.line(&line.kept())?;
        if was_whole && check.looks_for_missing() {
            self.gap_at = Some(self.lines);
        }
        Ok(())
    }

    /// Says that there are no more.
    pub fn end(self) -> Result<Verdict, ExportProblem> {
        let Some((begin, check)) = self.begun else {
            return Err(ExportProblem::NoBegin);
        };
        let checked = check.end()?;
        let Some(end) = self.end else {
            return Err(ExportProblem::NoEnd);
        };
        if end.place != checked.last {
            return Err(ExportProblem::OtherEnd(end.place.number));
        }
        Ok(Verdict {
            checked: Checked {
                confirmed: checked.last.number,
                ..checked
            },
            begins_after: begin.place.number,
            made_at: begin.at,
            key: begin.key,
        })
    }

    fn begin(&mut self, text: &str) -> Result<(), ExportProblem> {
        let BeginLine {
            writeback_audit,
            begin,
        } = exact(text).map_err(|_| ExportProblem::NoBegin)?;
        if writeback_audit != VERSION {
            return Err(ExportProblem::Newer(writeback_audit));
        }
        signed(&begin, self.trusted.unwrap_or(begin.key))?;
        if begin.purpose != Purpose::ExportBegin {
            return Err(ExportProblem::Misplaced);
        }
        let start = match begin.place.number {
            0 => Start::Beginning,
            _ => Start::After(begin.place),
        };
        let check = ChainCheck::new(begin.chain, start);
        self.begun = Some((begin, check));
        Ok(())
    }
}

fn signed(checkpoint: &Checkpoint, key: PublicKey) -> Result<(), ExportProblem> {
    checkpoint
        .check(&[key])
        .map_err(|problem| ExportProblem::Statement {
            number: checkpoint.place.number,
            problem,
        })
}

/// A line that is exactly as it would be written: nothing was added that reading would overlook.
fn exact<T: DeserializeOwned + Serialize>(text: &str) -> Result<T, ExportProblem> {
    let line: T = serde_json::from_str(text).map_err(|_| ExportProblem::Line)?;
    match serde_json::to_string(&line).ok().as_deref() == Some(text) {
        true => Ok(line),
        false => Err(ExportProblem::Line),
    }
}
