//! Every key in every language, with the same variables in it, and nothing that nobody uses.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use writeback_model::{Cause, ProtectedBy, Remark, Right};

use super::*;

/// The keys of a language, each with the variables that stand in its words.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language.tag());
    let mut keys = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let mut current = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let is_key = line.starts_with(|c: char| c.is_ascii_lowercase());
            if is_key {
                let key = line.split(' ').next().unwrap().to_owned();
                assert!(
                    !keys.contains_key(&key),
                    "{key} stands twice in {language:?}"
                );
                keys.insert(key.clone(), BTreeSet::new());
                current = Some(key);
            }
            let Some(key) = &current else { continue };
            for found in line.split('$').skip(1) {
                let name: String = found
                    .chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect();
                keys.get_mut(key).unwrap().insert(name);
            }
        }
    }
    keys
}

#[test]
fn every_language_has_the_same_keys_and_variables() {
    let english = keys(Language::English);
    assert!(english.len() > 100, "the files were not found");
    for language in Language::ALL {
        for (key, variables) in &keys(language) {
            assert_eq!(english.get(key), Some(variables), "{key} in {language:?}");
        }
        assert_eq!(
            english.len(),
            keys(language).len(),
            "{language:?} lacks keys"
        );
    }
}

#[test]
fn every_key_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["src", "templates"] {
        for file in files_under(&root.join(folder)) {
            sources.push_str(&fs::read_to_string(file).unwrap());
        }
    }
    let causes: BTreeSet<&str> = Cause::one_of_each()
        .iter()
        .map(|cause| cause.info().id)
        .collect();
    for key in keys(Language::English).keys() {
        let built = key.starts_with("month-")
            || key.strip_prefix("cause-").is_some_and(|rest| {
                let id = rest.trim_end_matches("-next").trim_end_matches("-admin");
                causes.contains(id)
            });
        assert!(
            built || sources.contains(&format!("\"{key}\"")),
            "nobody uses {key}"
        );
    }
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path))
        } else {
            files.push(path)
        }
    }
    files
}

/// Every cause, with every value that its words choose between.
fn all_causes() -> Vec<Cause> {
    let mut causes = Cause::one_of_each();
    causes.extend([
        Cause::PasswordTooShort { minimum: None },
        Cause::PasswordTooShort { minimum: Some(1) },
        Cause::PasswordTooLong { maximum: 1 },
        Cause::PasswordInHistory { remembered: None },
        Cause::PasswordInHistory {
            remembered: Some(1),
        },
        Cause::PasswordTooYoung {
            possible_after: Some(Timestamp::UNIX_EPOCH),
        },
        Cause::DirectoryRefused {
            ldap_code: 1,
            ad_code: Some(0x52d),
        },
    ]);
    causes.extend(
        [
            ProtectedBy::ProtectedGroup,
            ProtectedBy::WellKnownAccount,
            ProtectedBy::AgentAccount,
            ProtectedBy::NotAnOrdinaryUser,
        ]
        .map(|by| Cause::ProtectedAccount { by }),
    );
    causes.extend(
        [
            Right::ChangePassword,
            Right::WriteLockoutTime,
            Right::WritePwdLastSet,
            Right::Read,
        ]
        .map(|right| Cause::AccessDenied { right }),
    );
    causes
}

#[test]
fn every_cause_has_its_words_in_every_language() {
    for words in Language::ALL.map(Words::new) {
        let mut seen = BTreeSet::new();
        for cause in all_causes() {
            let CauseText { what, next } = words.cause(&cause);
            let remedy = words.remedy(&cause);
            for text in [&what, &next, &remedy] {
                assert!(!text.contains('⟦'), "{cause:?} lacks words: {text}");
                assert!(!text.contains("unknown"), "{cause:?}: {text}");
                assert!(
                    text.ends_with('.'),
                    "{cause:?} is not told in sentences: {text}"
                );
            }
            assert!(
                seen.insert((what, remedy)),
                "{cause:?} is told like another"
            );
        }
    }
}

#[test]
fn every_remark_has_its_words_in_every_language() {
    for words in Language::ALL.map(Words::new) {
        for remark in [
            Remark::Unlocked,
            Remark::StillLocked,
            Remark::HistoryNotEnforced,
            Remark::MustChangeAtSignIn,
            Remark::LearntFromReceipt,
            Remark::ForceChangeNotSet,
        ] {
            assert!(words.remark(remark).ends_with('.'), "{remark:?}");
        }
    }
}

#[test]
fn what_is_not_known_is_told_without_it() {
    let words = Words::new(Language::English);
    let what = |cause| words.cause(&cause).what;
    assert_eq!(
        what(Cause::PasswordTooShort { minimum: Some(12) }),
        "This password is too short. Your account needs at least 12 characters."
    );
    assert_eq!(
        what(Cause::PasswordTooShort { minimum: None }),
        "This password is too short for your account."
    );
    assert!(
        what(Cause::PasswordInHistory {
            remembered: Some(24)
        })
        .starts_with("This is one of your last 24 passwords.")
    );
    let after = "2026-11-23T06:05:00Z".parse().unwrap();
    assert!(
        what(Cause::PasswordTooYoung {
            possible_after: Some(after)
        })
        .ends_with("It can be changed again after 23 November 2026, 06:05 (UTC).")
    );
    let refused = Cause::DirectoryRefused {
        ldap_code: 53,
        ad_code: Some(0x52d),
    };
    assert!(
        words
            .remedy(&refused)
            .contains("LDAP result 53, Active Directory code 0x0000052D")
    );
}

#[test]
fn a_key_without_words_is_seen() {
    assert_eq!(
        Words::new(Language::English).text("no-such-key"),
        "⟦no-such-key⟧"
    );
    assert_eq!(
        Words::new(Language::English).text("start-error-too-many"),
        "⟦start-error-too-many⟧"
    );
}
