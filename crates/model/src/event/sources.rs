//! What log sites say is what the table says: read from the sources of agent, cloud and relay.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{Level, all};

fn sources(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            into.push((path, text));
        }
    }
}

fn of_the_roles() -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for room in ["agent", "cloud", "relay", "cli"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        sources(&Path::new(folder).join(room).join("src"), &mut all);
    }
    assert!(all.len() > 100, "{}", all.len());
    all
}

/// What is written behind every `event_id =`, with the level of the line that it is in.
fn sites(text: &str) -> Vec<(Level, &str)> {
    let mut sites = Vec::new();
    for (at, matched) in text.match_indices("event_id = ") {
        let (before, after) = text.split_at(at);
        if before.ends_with("cause_") {
            continue;
        }
        let value = &after[matched.len()..];
        let end = value.find([',', ')', ';', '\n']).unwrap_or(value.len());
        let (_, macro_call) = before.rsplit_once("tracing::").unwrap();
        let level = match macro_call.split_once('!').unwrap().0 {
            "info" => Level::Info,
            "warn" => Level::Warning,
            "error" => Level::Error,
            other => panic!("{other}"),
        };
        sites.push((level, value[..end].trim()));
    }
    sites
}

/// The constants by name, as the table's files have them.
fn constants() -> BTreeMap<String, u32> {
    let mut files = Vec::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/event");
    sources(Path::new(folder), &mut files);
    let mut constants = BTreeMap::new();
    for line in files.iter().flat_map(|(_, text)| text.lines()) {
        if let Some((name, rest)) = line.trim().split_once(" = ")
            && let Some((number, _)) = rest.split_once(", \"")
            && let Ok(number) = number.parse()
        {
            constants.insert(name.to_owned(), number);
        }
    }
    assert_eq!(constants.len(), all().len());
    constants
}

#[test]
fn no_log_site_has_a_number_of_its_own() {
    for (path, text) in of_the_roles() {
        for (_, value) in sites(&text) {
            let value = value.trim_start_matches("crate::");
            let known = value.starts_with("event::")
                || value.starts_with("events::")
                || value.starts_with("cause.info(")
                || ["start", "done", "refused"].contains(&value);
            assert!(known, "{}: event_id = {value}", path.display());
        }
    }
}

#[test]
fn every_warning_and_every_error_has_its_number() {
    for (path, text) in of_the_roles() {
        for level in ["tracing::warn!(", "tracing::error!("] {
            for (at, _) in text.match_indices(level) {
                let line = &text[at..];
                let end = line.find(");").or_else(|| line.find("),")).unwrap();
                let said = &line[..end];
                assert!(said.contains("event_id = "), "{}: {said}", path.display());
            }
        }
    }
}

#[test]
fn every_event_is_logged_and_at_its_level() {
    let mut worst = BTreeMap::<String, Level>::new();
    for (_, text) in of_the_roles() {
        for (level, value) in sites(&text) {
            if let Some((_, name)) = value.rsplit_once("::") {
                let at = worst.entry(name.to_owned()).or_insert(level);
                *at = level.max(*at);
            }
        }
    }
    let causes: Vec<u32> = crate::Cause::one_of_each()
        .iter()
        .map(|it| it.info().event_id)
        .collect();
    for (name, id) in constants() {
        let it = super::event(id).unwrap();
        match worst.get(&name) {
            Some(level) if causes.contains(&id) => assert!(*level <= it.level, "{name}"),
            Some(level) => assert_eq!(*level, it.level, "{name}"),
            // Logged by what an operation or a cause says.
            None => {
                let operation = ["RESET_", "CHANGE_", "UNLOCK_"];
                let named = operation.iter().any(|it| name.starts_with(it));
                assert!(named || causes.contains(&id), "{name} is not logged");
            }
        }
    }
}
