//! The mails that the cloud has written into its folder.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use writeback_stage::code_in;

use super::told::Word;

#[derive(Default)]
struct Kept {
    seen: HashSet<PathBuf>,
    mails: Vec<String>,
}

pub(super) struct Mails {
    folder: PathBuf,
    kept: Mutex<Kept>,
}

impl Mails {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            kept: Mutex::default(),
        }
    }

    /// How many there are: where those that come later begin.
    pub(super) fn count(&self) -> Result<usize> {
        Ok(self.since(usize::MAX, "")?.0)
    }

    /// The newest code for an address among those after the first `since`.
    pub(super) fn code(&self, since: usize, address: &str) -> Result<Option<String>> {
        let (_, mails) = self.since(since, address)?;
        Ok(mails.iter().rev().find_map(|mail| code_in(mail)))
    }

    /// What mails to an address after the first `since` say of how a request ended.
    pub(super) fn words(&self, since: usize, address: &str) -> Result<Vec<Word>> {
        let (_, mails) = self.since(since, address)?;
        Ok(mails.iter().filter_map(|mail| word_of(mail)).collect())
    }

    fn since(&self, since: usize, address: &str) -> Result<(usize, Vec<String>)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|kind| kind != "eml") || kept.seen.contains(&path) {
                continue;
            }
            // One that is being written is read the next time.
            let mail = std::fs::read_to_string(&path).unwrap_or_default();
            if !mail.trim().is_empty() {
                kept.seen.insert(path);
                kept.mails.push(mail);
            }
        }
        let mails = kept.mails.iter().skip(since);
        let found = mails.filter(|mail| head(mail).contains(address)).cloned();
        Ok((kept.mails.len(), found.collect()))
    }
}

fn head(mail: &str) -> &str {
    mail.split("\r\n\r\n").next().unwrap_or_default()
}

fn word_of(mail: &str) -> Option<Word> {
    let subject = head(mail)
        .lines()
        .find_map(|line| line.strip_prefix("Subject: "))?;
    match subject.trim() {
        "Your password was changed" => Some(Word::Changed),
        "Your password was not changed" => Some(Word::NotChanged),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_a_word() {
        let mail = |subject| format!("To: a@b.test\r\nSubject: {subject}\r\n\r\nText");
        assert_eq!(
            word_of(&mail("Your password was changed")),
            Some(Word::Changed)
        );
        assert_eq!(
            word_of(&mail("Your password was not changed")),
            Some(Word::NotChanged)
        );
        assert_eq!(word_of(&mail("Your code to reset your password")), None);
    }
}
