//! Whether this machine's agent takes requests: a file in the state folder, so that it holds across
//! restarts, needs no link, and can be set while the agent runs and while it does not.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::dir::{StateDir, StateError, replace};

/// While it is there, nothing is taken. What is in it is for people.
const FILE: &str = "disabled";

/// The switch of one agent.
#[derive(Clone, Debug)]
pub struct Switch {
    file: PathBuf,
}

impl Switch {
    /// The switch in that state folder.
    pub fn of(dir: &StateDir) -> Self {
        Self {
            file: dir.file(FILE),
        }
    }

    /// The file that is there while it is off.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether it is off. A folder that cannot be looked into is in the way of everything else,
    /// and is told there.
    pub fn is_off(&self) -> bool {
        self.file.exists()
    }

    /// Since when it is off.
    pub fn off_since(&self) -> Option<Timestamp> {
        let changed = fs::metadata(&self.file).ok()?.modified().ok()?;
        Timestamp::try_from(changed).ok()
    }

    /// Switches it off; says whether it was on.
    pub fn off(&self) -> Result<bool, StateError> {
        if self.is_off() {
            return Ok(false);
        }
        let text = "This agent takes no requests while this file is here: writeback agent writeback enable\n";
        replace(&self.file, text.as_bytes()).map_err(|source| self.failed(source))?;
        Ok(true)
    }

    /// Switches it on; says whether it was off.
    pub fn on(&self) -> Result<bool, StateError> {
        match fs::remove_file(&self.file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: io::Error) -> StateError {
        StateError::Write {
            file: self.file.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_as_it_was_set_and_says_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let switch = Switch::of(&StateDir::at(folder.path()));
        assert!(!switch.is_off() && switch.off_since().is_none());
        assert!(!switch.on().unwrap());
        assert!(switch.off().unwrap());
        assert!(!switch.off().unwrap());
        let again = Switch::of(&StateDir::at(folder.path()));
        assert!(again.is_off() && again.off_since().is_some());
        assert!(again.on().unwrap() && !switch.is_off());
    }
}
