//! What is wrong with a chain.

use std::fmt;

use serde::Serialize;

use crate::{checkpoint::SignatureProblem, place::Chain};

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The record's number in its chain; absent where it has none.
    pub number: Option<u64>,
    /// Its number in the whole trail.
    pub seq: i64,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "record {number} (seq {})", self.seq),
            None => write!(f, "the record with seq {}, which has no number", self.seq),
        }
    }
}

/// The first thing that is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}: {what}", Owner(*chain))]
pub struct Finding {
    /// Whose chain.
    #[serde(rename = "tenant")]
    pub chain: Chain,
    /// What is wrong.
    #[serde(flatten)]
    pub what: What,
}

/// Whose a chain is, in words.
struct Owner(Chain);

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(tenant) => write!(f, "chain of tenant {tenant}"),
            None => f.write_str("chain of the installation"),
        }
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// A line's hash does not fit its fields and the line before.
    #[error("{line} was changed, or its hash was: they do not fit each other")]
    Changed {
        /// Which.
        line: Line,
    },
    /// A column holds what it cannot hold.
    #[error("{line} was changed: {column} cannot be read")]
    Unreadable {
        /// Which.
        line: Line,
        /// The column.
        column: &'static str,
    },
    /// Lines are missing.
    #[error(
        "{} removed: after record {} comes {line}",
        missing(*from, *to), from.saturating_sub(1)
    )]
    Removed {
        /// The number of the first missing record.
        from: u64,
        /// The number of the last one.
        to: u64,
        /// The line that stands in its place.
        line: Line,
    },
    /// A line stands where another belongs, and that one stands elsewhere.
    #[error("the order was changed: {line} stands where record {belongs} belongs")]
    Reordered {
        /// Which.
        line: Line,
        /// What belongs there.
        belongs: u64,
    },
    /// A line that was not written by Writeback: it has no place in the chain.
    #[error("{line} was inserted: the chain has no place for it")]
    Inserted {
        /// Which.
        line: Line,
    },
    /// What was kept before there were chains is not what the first record says.
    #[error(
        "one of the {found} records that were kept before the chain began was changed, removed \
         or inserted: {line}, the first of the chain, speaks of others"
    )]
    Earlier {
        /// How many are there.
        found: u64,
        /// The chain's first record.
        line: Line,
    },
    /// The end is missing.
    #[error(
        "{} removed at the end of the chain: a checkpoint was signed for record {to}",
        missing(*from, *to)
    )]
    CutAtEnd {
        /// The number of the first missing record.
        from: u64,
        /// The number of the last one that is known to have been.
        to: u64,
    },
    /// The end of the whole trail is missing.
    #[error(
        "records were removed at the end of the trail: seq {given} was given out, the last one that is there is {last}"
    )]
    TrailCut {
        /// The last record that is there.
        last: i64,
        /// The last number that was given out.
        given: i64,
    },
    /// Lines were changed and all hashes after them computed anew.
    #[error(
        "the chain was written anew: a record between {after} and {line} was changed, and the \
         hashes from there on with it, but the checkpoint that was signed for {line} is of another"
    )]
    Rewritten {
        /// The number of the last record that a checkpoint confirms; 0 where none does.
        after: u64,
        /// The record of the checkpoint that does not fit.
        line: Line,
    },
    /// A checkpoint states nothing.
    #[error("the checkpoint of record {number} (seq {seq}) cannot be trusted: {problem}")]
    Checkpoint {
        /// The number that it states.
        number: u64,
        /// The record's number in the whole trail that it states.
        seq: i64,
        /// Why.
        #[serde(serialize_with = "as_text")]
        problem: SignatureProblem,
    },
    /// A checkpoint is missing of which there is a copy.
    #[error(
        "the checkpoint of record {number} was removed: there is a copy of it outside the database"
    )]
    CheckpointRemoved {
        /// The number that it states.
        number: u64,
    },
    /// A checkpoint cannot even be read.
    #[error("a checkpoint was changed: its {column} cannot be read")]
    UnreadableCheckpoint {
        /// The column.
        column: &'static str,
    },
}

impl What {
    /// The line it is about, where it is about one.
    pub const fn line(&self) -> Option<Line> {
        match self {
            Self::Changed { line }
            | Self::Unreadable { line, .. }
            | Self::Removed { line, .. }
            | Self::Reordered { line, .. }
            | Self::Inserted { line }
            | Self::Earlier { line, .. }
            | Self::Rewritten { line, .. } => Some(*line),
            Self::CutAtEnd { .. }
            | Self::TrailCut { .. }
            | Self::Checkpoint { .. }
            | Self::CheckpointRemoved { .. }
            | Self::UnreadableCheckpoint { .. } => None,
        }
    }
}

fn missing(from: u64, to: u64) -> String {
    match from == to {
        true => format!("record {from} was"),
        false => format!("records {from} to {to} were"),
    }
}

fn as_text<S: serde::Serializer>(
    problem: &SignatureProblem,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(problem)
}
