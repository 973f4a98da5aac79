//! The journal's shape: how many requests are in which state.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use serde_json::Value;
use writeback_model::Cause;

/// How far one request came.
#[derive(Clone, Default)]
struct Way {
    intent: bool,
    told: bool,
    recorded: bool,
}

#[derive(Default)]
struct Shape {
    records: BTreeMap<&'static str, usize>,
    operations: BTreeMap<&'static str, usize>,
    ends: BTreeMap<&'static str, usize>,
    requests: BTreeMap<String, Way>,
    not_understood: usize,
}

/// Of every journal in the state folder.
pub(super) fn shape(folder: PathBuf) -> String {
    let Ok(entries) = fs::read_dir(folder) else {
        return "The state folder cannot be read.\n".to_owned();
    };
    let mut text = String::new();
    let mut journals = 0;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with("journal-") {
            continue;
        }
        journals += 1;
        match fs::read_to_string(entry.path()) {
            Ok(lines) => text.push_str(&of(&lines).text(lines.len())),
            Err(error) => {
                let _ = writeln!(text, "A journal cannot be read: {}.", error.kind());
            }
        }
    }
    format!("{journals} journals\n{text}")
}

fn of(lines: &str) -> Shape {
    let mut shape = Shape::default();
    for line in lines.lines() {
        match serde_json::from_str(line) {
            Ok(record) => shape.take(&record),
            Err(_) => shape.not_understood += 1,
        }
    }
    shape
}

impl Shape {
    fn take(&mut self, record: &Value) {
        let entries = ["intent", "outcome", "recorded"];
        let Some(entry) = known(record, "/entry", &entries) else {
            self.not_understood += 1;
            return;
        };
        *self.records.entry(entry).or_default() += 1;
        let request = text(record, "/request");
        let request = request.or_else(|| text(record, "/intent/request"));
        let way = self.requests.entry(request.unwrap_or_default().to_owned());
        let way = way.or_default();
        match entry {
            "intent" => {
                way.intent = true;
                let kinds = ["reset", "change", "unlock"];
                let kind = known(record, "/intent/operation/kind", &kinds);
                *self.operations.entry(kind.unwrap_or("other")).or_default() += 1;
            }
            "outcome" => {
                way.told = true;
                let end = end(record);
                *self.ends.entry(end).or_default() += 1;
            }
            _ => way.recorded = true,
        }
    }

    fn text(&self, bytes: usize) -> String {
        let mut text = format!("\n{bytes} bytes, {} requests\n", self.requests.len());
        let open = |of: fn(&Way) -> bool| self.requests.values().filter(|it| of(it)).count();
        let doubt = open(|it| it.intent && !it.told && !it.recorded);
        let untold = open(|it| it.told && !it.recorded);
        let _ = writeln!(text, "begun and without a known end: {doubt}");
        let _ = writeln!(text, "ended and not confirmed by the cloud: {untold}");
        let _ = writeln!(text, "lines that are no records: {}", self.not_understood);
        for (title, counts) in [
            ("records", &self.records),
            ("operations", &self.operations),
            ("ends", &self.ends),
        ] {
            for (name, count) in counts {
                let _ = writeln!(text, "{title}: {name} {count}");
            }
        }
        text
    }
}

/// How an outcome is called, by the names that are known.
fn end(record: &Value) -> &'static str {
    match text(record, "/told/outcome/result") {
        Some("changed") => "changed",
        Some("not_changed") => {
            let cause = text(record, "/told/outcome/cause/cause").unwrap_or_default();
            let cause = cause.replace('_', "-");
            let all = Cause::one_of_each();
            let mut ids = all.iter().map(|it| it.info().id);
            ids.find(|it| *it == cause).unwrap_or("not changed")
        }
        _ => "other",
    }
}

/// The text at that place of the record.
fn text<'a>(record: &'a Value, at: &str) -> Option<&'a str> {
    record.pointer(at)?.as_str()
}

/// The one of the known words that stands there.
fn known(record: &Value, at: &str, words: &[&'static str]) -> Option<&'static str> {
    let text = text(record, at)?;
    words.iter().find(|it| **it == text).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_counted_and_nobody_is_named() {
        let lines = [
            r#"{"entry":"intent","intent":{"request":"r1","operation":{"kind":"reset"},"target":{"name":"S3cret"}}}"#,
            r#"{"entry":"intent","intent":{"request":"r2","operation":{"kind":"S3cret"}}}"#,
            r#"{"entry":"outcome","request":"r2","told":{"outcome":{"result":"not_changed","cause":{"cause":"access_denied","right":"S3cret"}}}}"#,
            r#"{"entry":"outcome","request":"r3","told":{"outcome":{"result":"changed"}}}"#,
            r#"{"entry":"recorded","request":"r3"}"#,
            r#"{"entry":"S3cret"}"#,
            "S3cret",
        ];
        let text = of(&lines.join("\n")).text(7);
        assert!(!text.contains("S3cret"), "{text}");
        for line in [
            "3 requests",
            "begun and without a known end: 1",
            "ended and not confirmed by the cloud: 1",
            "lines that are no records: 2",
            "operations: other 1",
            "ends: access-denied 1",
            "ends: changed 1",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
