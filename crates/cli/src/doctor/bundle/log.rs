//! The last lines of the agent's log, reduced to the fields that may be shown.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
};

use anyhow::Context as _;
use serde_json::{Map, Value, json};

/// So much of the end of the file is looked at, in bytes.
const BYTES_MAX: u64 = 1024 * 1024;

/// So many lines at most.
const LINES_MAX: usize = 2_000;

/// Fields that may be shown: what happened and why, not to whom.
const FIELDS: [&str; 18] = [
    "message",
    "event_id",
    "cause_event_id",
    "cause",
    "request",
    "run",
    "agent",
    "forest",
    "domain",
    "controller",
    "operation",
    "kind",
    "error",
    "why",
    "protocol",
    "version",
    "seconds",
    "seconds_ahead",
];

/// The end of the log, one JSON object a line.
pub(super) fn last_lines(file: &Path) -> anyhow::Result<String> {
    let failed = || format!("the log {} cannot be read", file.display());
    let mut log = File::open(file).with_context(failed)?;
    let length = log.metadata().with_context(failed)?.len();
    let from = length.saturating_sub(BYTES_MAX);
    log.seek(SeekFrom::Start(from)).with_context(failed)?;
    let mut bytes = Vec::new();
    log.take(BYTES_MAX)
        .read_to_end(&mut bytes)
        .with_context(failed)?;
    Ok(reduced(&String::from_utf8_lossy(&bytes)))
}

fn reduced(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(LINES_MAX);
    let mut shown = String::new();
    let mut left_out = 0;
    for line in lines.into_iter().skip(skipped) {
        match of_json(line).or_else(|| of_text(line)) {
            Some(line) => {
                shown.push_str(&line.to_string());
                shown.push('\n');
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        shown.push_str(&json!({ "left_out": left_out }).to_string());
        shown.push('\n');
    }
    shown
}

/// A line that was logged as JSON.
fn of_json(line: &str) -> Option<Value> {
    let line: Value = serde_json::from_str(line).ok()?;
    let mut shown = Map::new();
    for name in ["timestamp", "level", "target"] {
        shown.insert(name.to_owned(), Value::from(line.get(name)?.as_str()?));
    }
    let mut fields = Map::new();
    for (name, value) in line.get("fields")?.as_object()? {
        let plain = value.is_string() || value.is_number() || value.is_boolean();
        if plain && FIELDS.contains(&name.as_str()) {
            fields.insert(name.clone(), value.clone());
        }
    }
    shown.insert("fields".to_owned(), Value::Object(fields));
    Some(Value::Object(shown))
}

/// A line for people: of its fields only those of one word can be told apart with certainty.
fn of_text(line: &str) -> Option<Value> {
    let mut words = line.split_whitespace();
    let timestamp = words
        .next()
        .filter(|it| it.parse::<jiff::Timestamp>().is_ok())?;
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];
    let level = words.next().filter(|it| levels.contains(it))?;
    let target = words.next().filter(|it| it.starts_with("writeback"))?;
    let mut fields = Map::new();
    for (name, value) in words.filter_map(|it| it.split_once('=')) {
        let of_word = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let free = ["message", "error", "why"].contains(&name);
        if FIELDS.contains(&name) && !free && value.chars().all(of_word) {
            let value = value.parse::<u64>().map_or(Value::from(value), Value::from);
            fields.insert(name.to_owned(), value);
        }
    }
    Some(json!({
        "timestamp": timestamp,
        "level": level,
        "target": target.trim_end_matches(':'),
        "fields": fields,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_fields_of_known_lines_are_left() {
        let log = "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"level\":\"WARN\",\"target\":\"writeback_agent::core\",\
                   \"fields\":{\"event_id\":31003,\"password\":\"S3cret\",\"error\":{\"x\":\"S3cret\"}},\"span\":{\"a\":\"S3cret\"}}\n\
                   2026-01-01T00:00:01Z  INFO writeback_agent::core: S3cret done request=r-1 event_id=31002 user=S3cret\n\
                   S3cret\n";
        let shown = reduced(log);
        assert!(!shown.contains("S3cret"), "{shown}");
        assert!(shown.contains("\"event_id\":31003"), "{shown}");
        assert!(shown.contains("\"event_id\":31002"), "{shown}");
        assert!(shown.contains("\"request\":\"r-1\""), "{shown}");
        assert!(shown.ends_with("{\"left_out\":1}\n"), "{shown}");
    }
}
