//! What a backup's file looks like.
//!
//! ```text
//! database      as SQLite reads it
//! checkpoints   the copies of the audit trail's checkpoints, lines of JSON
//! manifest      JSON
//! footer        length of the manifest (8 bytes, big-endian), its SHA-256, and `MAGIC`
//! ```
//!
//! The manifest stands at the end, so that nothing is copied twice, and has the hash of each part:
//! a file that lost its end is no backup, and one that lost anything else is a damaged one.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use writeback_model::BackupId;

use super::{BackupError, Progress};

/// The last bytes of every backup. The number changes with the layout.
const MAGIC: &[u8; 24] = b"\nwriteback backup, v. 1\n";

const FOOTER: usize = 8 + 32 + MAGIC.len();

/// Longer manifests are none of ours.
const MANIFEST_MAX: u64 = 64 * 1024;

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its own name, which the audit trail has, too.
    pub id: BackupId,
    /// When it was made; what was written later is not in it.
    pub made_at: Timestamp,
    /// The version of the program that made it.
    pub program: String,
    /// The version of the tables.
    pub schema: i64,
    /// The database.
    pub database: Part,
    /// Copies of the audit trail's checkpoints, lines of JSON.
    pub checkpoints: Part,
}

/// One part of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Part {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
        }
    }
}

/// Adds what belongs behind the database to a file that holds it.
pub(super) fn seal(file: &mut File, checkpoints: &[u8], manifest: &Manifest) -> io::Result<()> {
    let text = serde_json::to_vec(manifest)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(checkpoints)?;
    file.write_all(&text)?;
    file.write_all(&(text.len() as u64).to_be_bytes())?;
    file.write_all(&Sha256::digest(&text))?;
    file.write_all(MAGIC)?;
    file.sync_all()
}

/// Reads so many bytes, hands them on, and gives their hash.
pub(super) fn pass(
    file: &mut File,
    bytes: u64,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Part> {
    let mut hash = Sha256::new();
    let mut left = bytes;
    let mut buffer = vec![0; CHUNK];
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let read = match buffer.get_mut(..want) {
            Some(room) => file.read(room)?,
            None => 0,
        };
        let Some(chunk) = buffer.get(..read).filter(|it| !it.is_empty()) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        hash.update(chunk);
        take(chunk)?;
        left -= chunk.len() as u64;
    }
    Ok(Part {
        bytes,
        sha256: hex(&hash.finalize()),
    })
}

/// A backup's file, opened for reading.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    file: File,
    /// What it says of itself.
    pub manifest: Manifest,
}

impl Source {
    /// Opens a backup and reads its manifest. The parts are checked when they are read.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let mut file = File::open(path).map_err(BackupError::reading(path))?;
        let manifest = manifest(&mut file)
            .map_err(BackupError::reading(path))?
            .ok_or_else(|| BackupError::Foreign(path.to_owned()))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            manifest,
        })
    }

    /// Whether a file is a backup, as far as its end tells.
    pub(super) fn is_one(path: &Path) -> bool {
        Self::open(path).is_ok()
    }

    /// Reads the whole backup, and writes its database into a file. Gives the checkpoints' copies.
    pub fn extract(
        &mut self,
        into: &mut dyn Write,
        into_path: &Path,
        progress: Progress<'_>,
    ) -> Result<Vec<u8>, BackupError> {
        let Manifest {
            database,
            checkpoints,
            ..
        } = &self.manifest;
        let read = BackupError::reading(&self.path);
        self.file.seek(SeekFrom::Start(0)).map_err(read)?;
        let (mut done, mut unwritten) = (0, None);
        let found = pass(&mut self.file, database.bytes, &mut |chunk| {
            done += chunk.len() as u64;
            progress(done, database.bytes);
            into.write_all(chunk).map_err(|error| {
                let kind = error.kind();
                unwritten = Some(error);
                kind.into()
            })
        });
        if let Some(error) = unwritten {
            return Err(BackupError::writing(into_path)(error));
        }
        let torn = |what| BackupError::Torn {
            path: self.path.clone(),
            what,
        };
        if found.map_err(BackupError::reading(&self.path))? != *database {
            return Err(torn("the database in it is not what was put there"));
        }
        let mut copies = Vec::new();
        let found = pass(&mut self.file, checkpoints.bytes, &mut |chunk| {
            copies.extend_from_slice(chunk);
            Ok(())
        });
        if found.map_err(BackupError::reading(&self.path))? != *checkpoints {
            return Err(torn(
                "the copies of checkpoints in it are not what was put there",
            ));
        }
        Ok(copies)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// `None` where the file does not end as a backup does.
fn manifest(file: &mut File) -> io::Result<Option<Manifest>> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(text_end) = length.checked_sub(FOOTER as u64) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(text_end))?;
    let (mut size, mut hash, mut magic) = ([0_u8; 8], [0_u8; 32], [0_u8; MAGIC.len()]);
    file.read_exact(&mut size)?;
    file.read_exact(&mut hash)?;
    file.read_exact(&mut magic)?;
    let size = u64::from_be_bytes(size);
    let text_begin = text_end.checked_sub(size);
    let Some(text_begin) = text_begin.filter(|_| magic == *MAGIC && size <= MANIFEST_MAX) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(text_begin))?;
    let mut text = Vec::new();
    file.take(size).read_to_end(&mut text)?;
    if Sha256::digest(&text).as_slice() != hash {
        return Ok(None);
    }
    let manifest = serde_json::from_slice::<Manifest>(&text).ok();
    // Whatever the manifest says of the parts, they end where it begins.
    Ok(manifest
        .filter(|it| it.database.bytes.checked_add(it.checkpoints.bytes) == Some(text_begin)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn sealed(folder: &Path) -> PathBuf {
        let path = folder.join("backup");
        std::fs::write(&path, b"database").unwrap();
        let manifest = Manifest {
            id: BackupId::from_uuid(Uuid::from_u128(1)),
            made_at: Timestamp::UNIX_EPOCH,
            program: "0".into(),
            schema: 1,
            database: Part::of(b"database"),
            checkpoints: Part::of(b"copies\n"),
        };
        let mut file = File::options().append(true).open(&path).unwrap();
        seal(&mut file, b"copies\n", &manifest).unwrap();
        path
    }

    fn extract(path: &Path) -> Result<(Vec<u8>, Vec<u8>), BackupError> {
        let mut database = Vec::new();
        let mut source = Source::open(path)?;
        let copies = source.extract(&mut database, Path::new("x"), &mut |_, _| {})?;
        Ok((database, copies))
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let (database, copies) = extract(&sealed(folder.path())).unwrap();
        assert_eq!((&*database, &*copies), (&b"database"[..], &b"copies\n"[..]));
    }

    /// Wherever a file was cut off, and whichever bit of it flipped.
    #[test]
    fn no_damaged_file_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = sealed(folder.path());
        let whole = std::fs::read(&path).unwrap();
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            assert!(matches!(extract(&path), Err(BackupError::Foreign(_))));
        }
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bytes).unwrap();
            extract(&path).unwrap_err();
        }
        std::fs::write(&path, [whole.as_slice(), b"\n"].concat()).unwrap();
        assert!(matches!(extract(&path), Err(BackupError::Foreign(_))));
    }
}
