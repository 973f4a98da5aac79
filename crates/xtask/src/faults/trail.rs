//! The cloud's own records: rows and audit trail.

use anyhow::Result;
use writeback_model::{RequestState, TenantId};
use writeback_store::{AuditStore as _, Request, RequestStore as _, activity};
use writeback_store_sqlite::SqliteStore;

use super::{told::Word, walk::Around, witnesses::Source};

/// More records than one request leaves, for all of a round.
const AUDIT_LINES_EACH: usize = 90;

/// What tells that a request ended.
const ENDS: [&str; 2] = [activity::RESET_SELF_SERVICE, activity::UNLOCK_SELF_SERVICE];

/// The records of a round.
pub(super) struct Trail {
    store: SqliteStore,
    tenant: TenantId,
    audit: Vec<String>,
}

impl Trail {
    pub(super) async fn read(around: &Around, tenant: TenantId, requests: usize) -> Result<Self> {
        let database = around.world.stage().database();
        let store = SqliteStore::open(&database).await?;
        let lines = u32::try_from(requests * AUDIT_LINES_EACH)?;
        let audit = store.last_audit_lines(tenant, lines).await?;
        Ok(Self {
            store,
            tenant,
            audit,
        })
    }

    /// Every definite word about a request.
    pub(super) async fn words(&self, request: &str) -> Result<Vec<(Source, Word)>> {
        let row = self.store.request(self.tenant, request.parse()?).await?;
        let of_row = row.as_ref().and_then(word_of_row);
        let mut words: Vec<_> = of_row.map(|word| (Source::Row, word)).into_iter().collect();
        let audit = words_of_audit(&self.audit, request);
        words.extend(audit.into_iter().map(|word| (Source::Audit, word)));
        Ok(words)
    }
}

/// What the row says, if it is over.
fn word_of_row(request: &Request) -> Option<Word> {
    match (request.state, &request.outcome) {
        (RequestState::Expired, _) => Some(Word::NotChanged),
        (RequestState::Done, Some(outcome)) if outcome.is_changed() => Some(Word::Changed),
        (RequestState::Done, Some(_)) => Some(Word::NotChanged),
        _ => None,
    }
}

/// What the audit trail says of a request: one word for each record of its end.
fn words_of_audit(lines: &[String], request: &str) -> Vec<Word> {
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
            text(line, "correlation") == request && ENDS.contains(&text(line, "activity").as_str())
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

    #[test]
    fn the_audit_record_of_a_request_is_found() {
        let line = |result: &str, correlation: &str| {
            let activity = activity::RESET_SELF_SERVICE;
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
