//! The key's file.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use writeback_audit::{PublicKey, SigningKey};
use writeback_model::Entropy;
use zeroize::Zeroizing;

use super::{AuditSettings, TrailError};

/// Nobody but whoever runs the cloud.
const MODE: u32 = 0o600;

/// Reads the key; makes one where there is none.
pub(super) fn load_or_make(path: &Path, entropy: &dyn Entropy) -> Result<SigningKey, TrailError> {
    if let Some(key) = load(path)? {
        return Ok(key);
    }
    match make(path, entropy) {
        // Another process was first.
        Err(TrailError::File { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
            load(path)?.ok_or_else(|| no_key(path))
        }
        made => made,
    }
}

/// The public part of the key, where there is one.
pub fn public(settings: &AuditSettings) -> Result<Option<PublicKey>, TrailError> {
    Ok(load(&settings.key_file)?.map(|key| key.public()))
}

fn load(path: &Path) -> Result<Option<SigningKey>, TrailError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(path, source)),
    };
    let mode = fs::metadata(path)
        .map_err(|source| failed(path, source))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(TrailError::KeyIsOpen {
            path: path.to_owned(),
            mode,
        });
    }
    SigningKey::from_text(&text)
        .map(Some)
        .map_err(|_| no_key(path))
}

/// Writes a new key whole or not at all: a second process must not read half of it.
fn make(path: &Path, entropy: &dyn Entropy) -> Result<SigningKey, TrailError> {
    let key = SigningKey::draw(entropy).map_err(|_| no_key(path))?;
    let mut chance = [0; 8];
    entropy.fill(&mut chance);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", u64::from_be_bytes(chance)));
    let aside = Path::new(&name);
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(MODE)
            .open(aside)?;
        file.write_all(key.to_text().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    };
    // A link, unlike a rename, never takes the place of a file that is there.
    let placed = write().and_then(|()| fs::hard_link(aside, path));
    let _ = fs::remove_file(aside);
    placed.map_err(|source| failed(path, source))?;
    Ok(key)
}

fn failed(path: &Path, source: io::Error) -> TrailError {
    TrailError::File {
        path: path.to_owned(),
        source,
    }
}

fn no_key(path: &Path) -> TrailError {
    TrailError::NoKey {
        path: path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Chance;
    impl Entropy for Chance {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    struct Other;
    impl Entropy for Other {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(9);
        }
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        let settings = AuditSettings {
            key_file: path.clone(),
            checkpoints_file: folder.path().join("unused"),
            keep_days: 0,
        };
        assert_eq!(public(&settings).unwrap(), None);
        let made = load_or_make(&path, &Chance).unwrap().public();
        let again = load_or_make(&path, &Other).unwrap().public();
        assert_eq!((made, public(&settings).unwrap()), (again, Some(made)));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_open_or_damaged_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        load_or_make(&path, &Chance).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = load_or_make(&path, &Chance).unwrap_err().to_string();
        assert!(error.contains("mode 640"), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "c2hvcnQ=").unwrap();
        let error = load_or_make(&path, &Chance).unwrap_err().to_string();
        assert!(error.contains("is no key"), "{error}");
    }
}
