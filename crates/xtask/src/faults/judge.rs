//! What is so: asked from the PDC emulator with OpenLDAP's tools, and held against every word.

use anyhow::{Context as _, Result};
use serde::Serialize;
use writeback_lab::{BindAnswer, Dc, Forest, TestUser};

use super::{told::Word, witnesses::Source};

/// `unicodePwd` among the attributes of replication metadata.
const UNICODE_PWD: u32 = 0x0009_005A;

/// `lockoutTime` there.
const LOCKOUT_TIME: u32 = 0x0009_0296;

/// What the PDC emulator says of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) is: Is,
    /// How often what the request is about was written since before: `unicodePwd`, or
    /// `lockoutTime`.
    pub(super) writes: u32,
    /// How often `unicodePwd` was written ever.
    pub(super) version: u32,
}

/// What a request was about, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// What each password is answered with.
    Password { old: BindAnswer, new: BindAnswer },
    /// Whether the account is still locked.
    Locked(bool),
}

impl Truth {
    /// Whether a word is so.
    pub(super) fn agrees(&self, word: Word) -> bool {
        match (&self.is, word) {
            (Is::Password { old, new }, Word::Changed) => new.is_ok() && !old.is_ok(),
            (Is::Password { old, new }, Word::NotChanged) => old.is_ok() && !new.is_ok(),
            (Is::Locked(locked), word) => *locked == (word == Word::NotChanged),
        }
    }

    /// Whether the new password is the account's now.
    pub(super) fn is_new(&self) -> bool {
        matches!(&self.is, Is::Password { new, .. } if new.is_ok())
    }
}

/// Who says something of a request: what they say, and whether it is so.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Witness {
    pub(super) who: Source,
    pub(super) word: Word,
    pub(super) is_so: bool,
}

/// Tries both passwords. The one that is expected to be wrong first: a success afterwards clears
/// the account's count of wrong ones.
pub(super) fn truth(
    forest: &Forest,
    pdc: &Dc,
    user: &TestUser,
    [old, new]: [&str; 2],
    version_before: u32,
    expect_changed: bool,
) -> Result<Truth> {
    let bind = |password: &str| {
        // A domain controller that has just come back may be slow.
        let mut answer = forest.can_bind(&user.upn, password, pdc);
        for _ in 0..2 {
            if answer.is_err() {
                answer = forest.can_bind(&user.upn, password, pdc);
            }
        }
        answer
    };
    let (old, new) = if expect_changed {
        let old = bind(old)?;
        (old, bind(new)?)
    } else {
        let new = bind(new)?;
        (bind(old)?, new)
    };
    let version = version(forest, pdc, user)?;
    Ok(Truth {
        is: Is::Password { old, new },
        writes: version.saturating_sub(version_before),
        version,
    })
}

/// Looks whether an account is locked; no password is tried, which would count.
pub(super) fn lockout(
    forest: &Forest,
    pdc: &Dc,
    user: &TestUser,
    lockouts_before: u32,
) -> Result<Truth> {
    let values = forest.attribute(pdc, &user.dn, "lockoutTime")?;
    let is_locked = values.first().is_some_and(|it| it != b"0");
    let writes = lockouts(forest, pdc, user)?.saturating_sub(lockouts_before);
    Ok(Truth {
        is: Is::Locked(is_locked),
        writes,
        version: version(forest, pdc, user)?,
    })
}

/// How often `lockoutTime` was written ever.
pub(super) fn lockouts(forest: &Forest, dc: &Dc, user: &TestUser) -> Result<u32> {
    Ok(version_of(LOCKOUT_TIME, forest, dc, user)?.unwrap_or_default())
}

/// How often `unicodePwd` was written ever.
pub(crate) fn version(forest: &Forest, dc: &Dc, user: &TestUser) -> Result<u32> {
    let version = version_of(UNICODE_PWD, forest, dc, user)?;
    version.with_context(|| format!("no version of unicodePwd for {}", user.dn))
}

fn version_of(attribute: u32, forest: &Forest, dc: &Dc, user: &TestUser) -> Result<Option<u32>> {
    let values = forest.attribute(dc, &user.dn, "replPropertyMetaData")?;
    let blob = values.first().context("no replPropertyMetaData")?;
    Ok(version_in(blob, attribute))
}

/// [MS-DRSR] 5.166, `PROPERTY_META_DATA_VECTOR`: a head of 16 bytes, entries of 48.
fn version_in(blob: &[u8], wanted: u32) -> Option<u32> {
    let number = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?));
    blob.get(16..)?.chunks_exact(48).find_map(|entry| {
        let attribute = number(entry)?;
        (attribute == wanted)
            .then(|| number(entry.get(4..)?))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> BindAnswer {
        BindAnswer::Refused {
            data_code: "52e".to_owned(),
        }
    }

    #[test]
    fn a_word_needs_both_passwords() {
        let truth = |old, new| Truth {
            is: Is::Password { old, new },
            writes: 1,
            version: 2,
        };
        assert!(truth(refused(), BindAnswer::Ok).agrees(Word::Changed));
        assert!(!truth(refused(), BindAnswer::Ok).agrees(Word::NotChanged));
        assert!(truth(BindAnswer::Ok, refused()).agrees(Word::NotChanged));
        for word in [Word::Changed, Word::NotChanged] {
            assert!(!truth(refused(), refused()).agrees(word));
            assert!(!truth(BindAnswer::Ok, BindAnswer::Ok).agrees(word));
        }
    }

    #[test]
    fn a_word_of_an_unlock_is_about_the_lockout() {
        let truth = |locked| Truth {
            is: Is::Locked(locked),
            writes: 1,
            version: 2,
        };
        assert!(truth(false).agrees(Word::Changed) && !truth(false).agrees(Word::NotChanged));
        assert!(truth(true).agrees(Word::NotChanged) && !truth(true).agrees(Word::Changed));
        assert!(!truth(false).is_new());
    }

    #[test]
    fn the_version_is_found_among_the_attributes() {
        let mut blob = vec![0; 16];
        for (attribute, version) in [(3_u32, 1_u32), (UNICODE_PWD, 9), (0x0009_00A0, 4)] {
            let mut entry = vec![0; 48];
            entry[..4].copy_from_slice(&attribute.to_le_bytes());
            entry[4..8].copy_from_slice(&version.to_le_bytes());
            blob.extend(entry);
        }
        assert_eq!(version_in(&blob, UNICODE_PWD), Some(9));
        assert_eq!(version_in(&blob[..30], UNICODE_PWD), None);
        assert_eq!(version_in(&blob, LOCKOUT_TIME), None);
    }
}
