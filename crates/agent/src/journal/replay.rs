//! What a journal says after a restart.

use std::collections::BTreeMap;

use writeback_model::RequestId;

use super::record::{Intent, Record, Told};

/// A request about which something is left to say or to find out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// What was true before the write; absent where none was begun.
    pub intent: Option<Intent>,
    /// How it ended; absent while that is not known.
    pub told: Option<Told>,
}

/// The requests that are open.
pub(super) type OpenRequests = BTreeMap<RequestId, Open>;

/// What was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Replayed {
    pub(super) open: OpenRequests,
    /// Bytes that are whole lines; what follows is torn.
    pub(super) whole: usize,
    /// Bytes of a last line that was not written to its end.
    pub(super) torn: usize,
}

/// A line that is no record and is not the last one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Corrupt {
    /// From 1.
    pub(super) line: usize,
}

/// Reads a journal. Only the last line may be torn: a power cut leaves nothing else behind, and
/// whatever else is missing might be the very line that says a password was written.
pub(super) fn replay(bytes: &[u8]) -> Result<Replayed, Corrupt> {
    let mut replayed = Replayed::default();
    let mut lines = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
        .peekable();
    while let Some((index, line)) = lines.next() {
        let record = line
            .strip_suffix(b"\n")
            .and_then(|line| serde_json::from_slice::<Record>(line).ok());
        match record {
            Some(record) => {
                apply(&mut replayed.open, record);
                replayed.whole += line.len();
            }
            None if lines.peek().is_none() => replayed.torn = line.len(),
            None => return Err(Corrupt { line: index + 1 }),
        }
    }
    Ok(replayed)
}

/// The effect of one record. Applying a record twice does what applying it once does.
pub(super) fn apply(open: &mut OpenRequests, record: Record) {
    match record {
        Record::Intent { intent } => {
            let request = intent.request;
            open.entry(request).or_default().intent = Some(intent);
        }
        Record::Outcome { request, told } => {
            open.entry(request).or_default().told = Some(told);
        }
        Record::Recorded { request } => {
            open.remove(&request);
        }
    }
}

/// The shortest journal that says the same.
pub(super) fn records(open: &OpenRequests) -> Vec<Record> {
    let mut records = Vec::new();
    for (request, one) in open {
        if let Some(intent) = one.intent.clone() {
            records.push(Record::Intent { intent });
        }
        if let Some(told) = one.told.clone() {
            records.push(Record::Outcome {
                request: *request,
                told,
            });
        }
    }
    records
}
