//! What is in the archive and what is not, for whoever is asked to send it.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use super::Entry;

/// The list of all other files.
pub(super) fn of(entries: &[Entry], now: Timestamp) -> Entry {
    let mut text = format!(
        "What `writeback doctor --bundle` saw at {now}.\n\nIn it, with the SHA-256 of each file:\n"
    );
    for entry in entries {
        let _ = writeln!(text, "\n{}  {} bytes", entry.name, entry.text.len());
        let _ = writeln!(text, "  {}", entry.about);
        let hash = digest(&SHA256, entry.text.as_bytes());
        let hex: String = hash.as_ref().iter().map(|it| format!("{it:02x}")).collect();
        let _ = writeln!(text, "  {hex}");
    }
    text.push_str(
        "\nIt names hosts, domains, addresses and the agent's account; with --user also the person who \
         was named.\n\
         Not in it: passwords, keys, tokens and tickets; settings that may not be shown; values of \
         the environment; people of the journal; fields of the log that may not be shown. \"[removed]\" \
         stands where one of these was found once more.\n",
    );
    Entry {
        name: "MANIFEST",
        about: "this list",
        text,
    }
}
