//! The secrets of this machine, to be found nowhere in what is packed.

use std::{fs, path::Path};

use zeroize::Zeroizing;

use super::configuration::Written;

/// Shorter texts are in everything.
const LENGTH_MIN: usize = 5;

/// Settings of lower-case letters alone that are shorter are words.
const WORD_MAX: usize = 12;

/// Keys are longer than words.
const KEY_MIN: usize = 16;

/// Larger files of the state folder hold no keys.
const FILE_MAX: u64 = 256 * 1024;

/// Files of the state folder whose contents the report shows, or that are only counted.
const NOT_KEYS: [&str; 2] = ["agent.json", "journal-"];

const REMOVED: &str = "[removed]";

/// Texts that may not be shown, longest first.
pub(super) struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    /// Passwords, keys, and every setting that is not shown.
    pub(super) fn of(written: &Written) -> Self {
        let mut texts: Vec<Zeroizing<String>> = Vec::new();
        for file in written.password_files() {
            if let Ok(text) = fs::read_to_string(file).map(Zeroizing::new) {
                texts.push(Zeroizing::new(text.trim().to_owned()));
                texts.extend(text.lines().map(|it| Zeroizing::new(it.trim().to_owned())));
            }
        }
        let settings = written.not_shown().into_iter().filter(|it| !is_word(it));
        texts.extend(settings.map(Zeroizing::new));
        keys(&written.state_dir(), &mut texts);
        texts.retain(|it| it.chars().count() >= LENGTH_MIN);
        texts.sort_by_key(|it| std::cmp::Reverse(it.len()));
        Self(texts)
    }

    /// The text without them, also where one was cut short for its length.
    pub(super) fn removed(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), REMOVED);
            }
            if !text.contains('…') {
                continue;
            }
            for (at, _) in secret.char_indices().skip(LENGTH_MIN) {
                let cut = Zeroizing::new(format!("{}…", secret.get(..at).unwrap_or_default()));
                if text.contains(cut.as_str()) {
                    text = text.replace(cut.as_str(), REMOVED);
                }
            }
        }
        text
    }
}

/// A plain word, such as a proxy's user "agent": removing it would leave no sentence whole.
fn is_word(text: &str) -> bool {
    text.len() < WORD_MAX && text.bytes().all(|it| it.is_ascii_lowercase())
}

/// Everything in the state folder that looks like a key.
fn keys(folder: &Path, into: &mut Vec<Zeroizing<String>>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let small = entry
            .metadata()
            .is_ok_and(|it| it.is_file() && it.len() <= FILE_MAX);
        if !small || NOT_KEYS.iter().any(|it| name.starts_with(it)) {
            continue;
        }
        let Ok(bytes) = fs::read(entry.path()).map(Zeroizing::new) else {
            continue;
        };
        let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        let of_key = |c: char| c.is_ascii_alphanumeric() || "+/=_-.".contains(c);
        let parts = text.split(|c| !of_key(c)).filter(|it| it.len() >= KEY_MIN);
        into.extend(parts.map(|it| Zeroizing::new(it.to_owned())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_removed_whole_and_where_it_was_cut() {
        let secrets = Secrets(vec![Zeroizing::new("S3cret-word".to_owned())]);
        assert_eq!(secrets.removed("a S3cret-word b"), "a [removed] b");
        assert_eq!(secrets.removed("a S3cret-w…"), "a [removed]");
        assert_eq!(secrets.removed("a word"), "a word");
        assert!(is_word("agent") && !is_word("agent1") && !is_word("correcthorsebattery"));
    }
}
