//! A copy of every checkpoint, outside the database: a file that is only appended to, one line
//! of JSON each. With it, the end of a chain cannot be cut off together with the checkpoints in
//! the database.

use std::{
    fs::OpenOptions,
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use writeback_audit::{Chain, Checkpoint};

use super::TrailError;

/// The file.
#[derive(Clone, Debug)]
pub struct Copies {
    path: PathBuf,
}

impl Copies {
    /// The copies in this file, which is made when there is something to keep.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// All copies, in the order in which they were kept.
    pub fn all(&self) -> Result<Vec<Checkpoint>, TrailError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(self.failed(source)),
        };
        // A line without an end was not written whole.
        let whole = text.rfind('\n').and_then(|end| text.get(..end));
        whole
            .unwrap_or_default()
            .lines()
            .enumerate()
            .map(|(index, line)| {
                serde_json::from_str(line).map_err(|_| TrailError::Copy {
                    path: self.path.clone(),
                    line: index + 1,
                })
            })
            .collect()
    }

    /// The copies for a chain.
    pub fn of(&self, chain: Chain) -> Result<Vec<Checkpoint>, TrailError> {
        let mut copies = self.all()?;
        copies.retain(|it| it.chain == chain);
        Ok(copies)
    }

    pub(super) fn append(&self, checkpoint: &Checkpoint) -> Result<(), TrailError> {
        let mut line = serde_json::to_string(checkpoint)?;
        line.push('\n');
        self.write(line.as_bytes())
            .map_err(|source| self.failed(source))
    }

    fn write(&self, line: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.path)?;
        // The cloud and `writeback admin` may both be at it.
        file.lock()?;
        drop_half_a_line(&mut file)?;
        file.write_all(line)?;
        file.sync_all()
    }

    fn failed(&self, source: io::Error) -> TrailError {
        TrailError::File {
            path: self.path.clone(),
            source,
        }
    }
}

/// What was not written whole, as the machine stopped, goes.
fn drop_half_a_line(file: &mut std::fs::File) -> io::Result<()> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut byte = [0];
    while end > 0 {
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut byte)?;
        if byte == *b"\n" {
            break;
        }
        end -= 1;
    }
    file.set_len(end)
}

#[cfg(test)]
mod tests {
    use writeback_audit::{Place, Purpose, SigningKey};
    use writeback_model::Entropy;

    use super::*;

    struct Chance;
    impl Entropy for Chance {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn copies_are_kept_in_turn_and_half_a_line_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints");
        let copies = Copies::at(&path);
        assert_eq!(copies.all().unwrap(), []);
        let key = SigningKey::draw(&Chance).unwrap();
        let checkpoint = |seq| {
            let place = Place {
                seq,
                ..Place::before_first(None)
            };
            let at = jiff::Timestamp::UNIX_EPOCH;
            Checkpoint::sign(Purpose::Checkpoint, None, place, at, &key)
        };
        copies.append(&checkpoint(1)).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{}", &whole[..40])).unwrap();
        assert_eq!(copies.all().unwrap(), [checkpoint(1)]);
        copies.append(&checkpoint(2)).unwrap();
        assert_eq!(copies.of(None).unwrap(), [checkpoint(1), checkpoint(2)]);
        std::fs::write(&path, format!("{whole}{}\n{whole}", &whole[..40])).unwrap();
        let error = copies.all().unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
