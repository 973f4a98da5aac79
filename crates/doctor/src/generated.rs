//! Documentation that is written by this crate and checked in.

use std::{env, fs, path::PathBuf};

/// Whether to write what differs instead of failing.
const SWITCH: &str = "WRITEBACK_DOCS";

/// What to type where something differs.
const HOW: &str = "WRITEBACK_DOCS=write cargo test -p writeback-doctor";

/// A file of the documentation, by its path below `docs/`.
pub(crate) fn path(of: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(of)
}

/// A file of the documentation as it is now; empty where there is none.
pub(crate) fn checked_in(of: &str) -> String {
    fs::read_to_string(path(of)).unwrap_or_default()
}

/// Whether this run is to write what differs.
pub(crate) fn is_writing() -> bool {
    env::var(SWITCH).is_ok_and(|it| it == "write")
}

/// Fails where a file differs from what it should be; with the switch it is written instead.
pub(crate) fn same(of: &str, text: &str) {
    if checked_in(of) == text {
        return;
    }
    assert!(
        is_writing(),
        "docs/{of} is not what the catalogue gives; write it anew with\n    {HOW}\nthen look at it \
         and commit it"
    );
    let path = path(of);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).unwrap();
    }
    fs::write(path, text).unwrap();
}

/// The same for what stands between two lines of a file that people write.
pub(crate) fn same_between(of: &str, begin: &str, end: &str, text: &str) {
    let whole = checked_in(of);
    let (before, rest) = whole.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    same(of, &format!("{before}{begin}{text}{end}{after}"));
}

/// Fails where a folder holds other files than these; with the switch they are removed.
pub(crate) fn only(folder: &str, names: &[String]) {
    for entry in fs::read_dir(path(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if names.contains(&name) {
            continue;
        }
        assert!(
            is_writing(),
            "docs/{folder}/{name} belongs to no check; remove it, or type\n    {HOW}"
        );
        fs::remove_file(entry.path()).unwrap();
    }
}
