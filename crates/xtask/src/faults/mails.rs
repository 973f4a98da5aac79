//! The mails that the cloud has written into its folder.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;
use writeback_stage::code_in;

use super::told::Word;

/// What matters of the mails to one address.
#[derive(Default)]
struct Mailbox {
    codes: Vec<String>,
    words: Vec<Word>,
}

/// Reads mails, and takes away what was read, so that a long run finds few.
pub(crate) struct Mails {
    folder: PathBuf,
    boxes: Mutex<HashMap<String, Mailbox>>,
}

impl Mails {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            boxes: Mutex::default(),
        }
    }

    /// How many codes came to an address so far: where those that come later begin.
    pub(crate) fn codes(&self, address: &str) -> Result<usize> {
        Ok(self.read()?.get(address).map_or(0, |it| it.codes.len()))
    }

    /// The newest code for an address after the first `since`.
    pub(crate) fn code(&self, address: &str, since: usize) -> Result<Option<String>> {
        let boxes = self.read()?;
        let newer = boxes.get(address).and_then(|it| it.codes.get(since..));
        Ok(newer.and_then(<[String]>::last).cloned())
    }

    /// Takes what mails to an address say of how a request ended.
    pub(crate) fn take_words(&self, address: &str) -> Result<Vec<Word>> {
        let mut boxes = self.read()?;
        let words = boxes
            .get_mut(address)
            .map(|it| std::mem::take(&mut it.words));
        Ok(words.unwrap_or_default())
    }

    fn read(&self) -> Result<MutexGuard<'_, HashMap<String, Mailbox>>> {
        let mut boxes = self.boxes.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|kind| kind != "eml") {
                continue;
            }
            // One that is being written is read the next time.
            let mail = std::fs::read_to_string(&path).unwrap_or_default();
            if mail.trim().is_empty() {
                continue;
            }
            std::fs::remove_file(&path)?;
            if let Some(address) = field(&mail, "To") {
                let address = address.trim_matches(['<', '>']).to_owned();
                let kept = boxes.entry(address).or_default();
                match word_of(&mail) {
                    Some(word) => kept.words.push(word),
                    None => kept.codes.extend(code_in(&mail)),
                }
            }
        }
        Ok(boxes)
    }
}

fn field<'a>(mail: &'a str, name: &str) -> Option<&'a str> {
    let head = mail.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (found, rest) = line.split_once(": ")?;
        (found == name).then_some(rest.trim())
    })
}

fn word_of(mail: &str) -> Option<Word> {
    match field(mail, "Subject")? {
        "Your password was changed" | "Your account was unlocked" => Some(Word::Changed),
        "Your password was not changed"
        | "Your account was not unlocked"
        | "Somebody asked to unlock your account" => Some(Word::NotChanged),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str, text: &str) -> String {
        format!("To: <a@b.test>\r\nSubject: {subject}\r\n\r\n{text}")
    }

    #[test]
    fn a_subject_is_a_word() {
        let changed = mail("Your password was changed", "");
        assert_eq!(word_of(&changed), Some(Word::Changed));
        let not_changed = mail("Your password was not changed", "");
        assert_eq!(word_of(&not_changed), Some(Word::NotChanged));
        assert_eq!(word_of(&mail("Your code to reset your password", "")), None);
    }

    #[test]
    fn each_address_has_its_codes_and_its_words() {
        let folder = tempfile::tempdir().unwrap();
        let mails = Mails::new(folder.path());
        let come = |name: &str, mail: String| {
            std::fs::write(folder.path().join(name), mail).unwrap();
        };
        come("1.eml", mail("Your code", "123 456\r\n"));
        assert_eq!(mails.codes("a@b.test").unwrap(), 1);
        come("2.eml", mail("Your password was changed", ""));
        come("3.eml", mail("Your code", "654 321\r\n"));
        assert_eq!(mails.code("a@b.test", 1).unwrap().unwrap(), "654321");
        assert_eq!(mails.code("a@b.test", 2).unwrap(), None);
        assert_eq!(mails.codes("other@b.test").unwrap(), 0);
        assert_eq!(mails.take_words("a@b.test").unwrap(), [Word::Changed]);
        assert!(mails.take_words("a@b.test").unwrap().is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
