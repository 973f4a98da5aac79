//! `scope.json`: which organizational unit each configured name stands for.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;
use writeback_model::SourceAnchor;

use super::dn::normal;
use crate::{
    events,
    state::{StateDir, StateError},
};

const FILE: &str = "scope.json";

/// The `objectGUID` of each configured name, once it was found.
#[derive(Debug)]
pub(crate) struct Pins {
    dir: StateDir,
    pinned: Mutex<BTreeMap<String, Uuid>>,
}

impl Pins {
    /// What was kept of the names that are configured still. A damaged file is told and begun
    /// anew: the names themselves say what is meant until one is changed.
    pub(crate) fn load<'a>(
        dir: StateDir,
        configured: impl Iterator<Item = &'a String>,
    ) -> Result<Self, StateError> {
        let kept: Option<BTreeMap<String, Uuid>> = match dir.read(FILE)? {
            Some(text) => serde_json::from_str(&text).ok(),
            None => Some(BTreeMap::new()),
        };
        let mut pinned = kept.unwrap_or_else(|| {
            tracing::error!(event_id = events::SCOPE_CHANGED, file = %dir.file(FILE).display(),
                "the file is damaged; organizational units are looked for by their configured names");
            BTreeMap::new()
        });
        let configured: Vec<String> = configured.map(|dn| normal(dn)).collect();
        pinned.retain(|dn, _| configured.contains(dn));
        Ok(Self {
            dir,
            pinned: Mutex::new(pinned),
        })
    }

    /// The unit that a configured name stands for.
    pub(super) fn get(&self, dn: &str) -> Option<SourceAnchor> {
        let guid = *self.pinned().get(&normal(dn))?;
        SourceAnchor::try_from_bytes(&guid.to_bytes_le()).ok()
    }

    /// From now on the name stands for this unit.
    pub(super) fn set(&self, dn: &str, anchor: SourceAnchor) {
        let mut pinned = self.pinned();
        if pinned.insert(normal(dn), anchor.guid()) == Some(anchor.guid()) {
            return;
        }
        let kept = serde_json::to_vec_pretty(&*pinned)
            .map_err(|_| StateError::Damaged(self.file()))
            .and_then(|text| self.dir.write(FILE, &text));
        if let Err(error) = kept {
            tracing::error!(
                event_id = events::STATE_UNWRITABLE,
                error = &error as &dyn std::error::Error,
                "an organizational unit that is renamed before the next start will not be found after it"
            );
        }
    }

    /// Where they are kept.
    pub(super) fn file(&self) -> PathBuf {
        self.dir.file(FILE)
    }

    fn pinned(&self) -> MutexGuard<'_, BTreeMap<String, Uuid>> {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(byte: u8) -> SourceAnchor {
        SourceAnchor::try_from_bytes(&[byte; 16]).unwrap()
    }

    fn load(dir: &StateDir, configured: &[&str]) -> Pins {
        let configured: Vec<String> = configured.iter().map(|&dn| dn.into()).collect();
        Pins::load(dir.clone(), configured.iter()).unwrap()
    }

    #[test]
    fn pins_are_kept_as_long_as_their_names_are_configured() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        let pins = load(&dir, &["OU=A,DC=x", "OU=B,DC=x"]);
        pins.set("OU=A,DC=x", anchor(1));
        pins.set("OU=B,DC=x", anchor(2));
        let text = std::fs::read_to_string(pins.file()).unwrap();
        assert!(text.contains(&anchor(1).guid().to_string()), "{text}");

        let pins = load(&dir, &["ou=a, dc=X"]);
        assert_eq!(pins.get("OU=a,DC=x"), Some(anchor(1)));
        assert_eq!(pins.get("OU=B,DC=x"), None);
    }

    #[test]
    fn a_damaged_file_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        dir.write(FILE, b"{").unwrap();
        let pins = load(&dir, &["OU=A,DC=x"]);
        assert_eq!(pins.get("OU=A,DC=x"), None);
        pins.set("OU=A,DC=x", anchor(1));
        assert_eq!(load(&dir, &["OU=A,DC=x"]).get("OU=A,DC=x"), Some(anchor(1)));
    }
}
