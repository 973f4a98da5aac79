//! What is so: asked from the PDC emulator with OpenLDAP's tools, and held against every word.

use anyhow::{Context as _, Result};
use serde::Serialize;
use writeback_lab::{BindAnswer, Dc, Forest, TestUser};
use writeback_model::RequestState;
use writeback_store::Request;

use super::told::Word;

/// `unicodePwd` among the attributes of replication metadata.
const UNICODE_PWD: u32 = 0x0009_005A;

/// What the PDC emulator says of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) old: BindAnswer,
    pub(super) new: BindAnswer,
    /// How often `unicodePwd` was written since before the request.
    pub(super) writes: u32,
}

impl Truth {
    /// Whether a word is so.
    pub(super) fn agrees(&self, word: Word) -> bool {
        let (holds, ended) = match word {
            Word::Changed => (&self.new, &self.old),
            Word::NotChanged => (&self.old, &self.new),
        };
        holds.is_ok() && !ended.is_ok()
    }
}

/// Who says something of a request: what they say, and whether it is so.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Witness {
    pub(super) who: &'static str,
    pub(super) word: Word,
    pub(super) is_so: bool,
}

/// Tries both passwords. The one that is expected to be wrong first: a success afterwards clears
/// the account's count of wrong ones.
pub(super) fn truth(
    forest: &Forest,
    pdc: &Dc,
    user: &TestUser,
    [old, new]: [&str; 2],
    version_before: u32,
    expect_changed: bool,
) -> Result<Truth> {
    let bind = |password: &str| {
        // A domain controller that has just come back may be slow.
        let mut answer = forest.can_bind(&user.upn, password, pdc);
        for _ in 0..2 {
            if answer.is_err() {
                answer = forest.can_bind(&user.upn, password, pdc);
            }
        }
        answer
    };
    let (old, new) = if expect_changed {
        let old = bind(old)?;
        (old, bind(new)?)
    } else {
        let new = bind(new)?;
        (bind(old)?, new)
    };
    let writes = version(forest, pdc, user)?.saturating_sub(version_before);
    Ok(Truth { old, new, writes })
}

/// How often `unicodePwd` was written ever.
pub(super) fn version(forest: &Forest, dc: &Dc, user: &TestUser) -> Result<u32> {
    let values = forest.attribute(dc, &user.dn, "replPropertyMetaData")?;
    let blob = values.first().context("no replPropertyMetaData")?;
    version_in(blob).with_context(|| format!("no version of unicodePwd for {}", user.dn))
}

/// [MS-DRSR] 5.166, `PROPERTY_META_DATA_VECTOR`: a head of 16 bytes, entries of 48.
fn version_in(blob: &[u8]) -> Option<u32> {
    let number = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?));
    blob.get(16..)?.chunks_exact(48).find_map(|entry| {
        let attribute = number(entry)?;
        (attribute == UNICODE_PWD)
            .then(|| number(entry.get(4..)?))
            .flatten()
    })
}

/// What the row says, if it is over.
pub(super) fn word_of_row(request: &Request) -> Option<Word> {
    match (request.state, &request.outcome) {
        (RequestState::Expired, _) => Some(Word::NotChanged),
        (RequestState::Done, Some(outcome)) if outcome.is_changed() => Some(Word::Changed),
        (RequestState::Done, Some(_)) => Some(Word::NotChanged),
        _ => None,
    }
}

/// What the audit trail says of a request: one word for each record of its end.
pub(super) fn words_of_audit(lines: &[String], request: &str) -> Vec<Word> {
    let text = |line: &serde_json::Value, name: &str| {
        line.get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    lines
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line| {
            text(line, "correlation") == request
                && text(line, "activity") == writeback_store::activity::RESET_SELF_SERVICE
        })
        .map(|line| match text(&line, "result").as_str() {
            "success" => Word::Changed,
            _ => Word::NotChanged,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> BindAnswer {
        BindAnswer::Refused {
            data_code: "52e".to_owned(),
        }
    }

    #[test]
    fn a_word_needs_both_passwords() {
        let truth = |old, new| Truth {
            old,
            new,
            writes: 1,
        };
        assert!(truth(refused(), BindAnswer::Ok).agrees(Word::Changed));
        assert!(!truth(refused(), BindAnswer::Ok).agrees(Word::NotChanged));
        assert!(truth(BindAnswer::Ok, refused()).agrees(Word::NotChanged));
        for word in [Word::Changed, Word::NotChanged] {
            assert!(!truth(refused(), refused()).agrees(word));
            assert!(!truth(BindAnswer::Ok, BindAnswer::Ok).agrees(word));
        }
    }

    #[test]
    fn the_version_is_found_among_the_attributes() {
        let mut blob = vec![0; 16];
        for (attribute, version) in [(3_u32, 1_u32), (UNICODE_PWD, 9), (0x0009_00A0, 4)] {
            let mut entry = vec![0; 48];
            entry[..4].copy_from_slice(&attribute.to_le_bytes());
            entry[4..8].copy_from_slice(&version.to_le_bytes());
            blob.extend(entry);
        }
        assert_eq!(version_in(&blob), Some(9));
        assert_eq!(version_in(&blob[..30]), None);
    }

    #[test]
    fn the_audit_record_of_a_request_is_found() {
        let line = |result: &str, correlation: &str| {
            let activity = writeback_store::activity::RESET_SELF_SERVICE;
            format!(
                "{{\"activity\":\"{activity}\",\"correlation\":\"{correlation}\",\"result\":\"{result}\"}}"
            )
        };
        let lines = [line("success", "r-1"), line("not-started-in-time", "r-2")];
        assert_eq!(words_of_audit(&lines, "r-1"), [Word::Changed]);
        assert_eq!(words_of_audit(&lines, "r-2"), [Word::NotChanged]);
        assert!(words_of_audit(&lines, "r-3").is_empty());
    }
}
