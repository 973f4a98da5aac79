//! Where a password is read from.

use std::{env, fs, path::PathBuf};

use serde::Deserialize;
use writeback_model::Secret;
use zeroize::Zeroizing;

use super::ConfigError;

/// The prefix that names a systemd credential instead of a file.
const CREDENTIAL: &str = "credential:";

/// A file whose first line is a password, or a systemd credential.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum PasswordSource {
    /// A file.
    File(PathBuf),
    /// A credential that systemd puts into `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

impl From<String> for PasswordSource {
    fn from(text: String) -> Self {
        match text.strip_prefix(CREDENTIAL) {
            Some(name) => Self::Credential(name.to_owned()),
            None => Self::File(text.into()),
        }
    }
}

impl PasswordSource {
    /// Reads the password now: a changed file needs no restart where it is read each time.
    pub fn read(&self) -> Result<Secret, ConfigError> {
        let file = match self {
            Self::File(file) => file.clone(),
            Self::Credential(name) => env::var_os("CREDENTIALS_DIRECTORY")
                .map(|folder| PathBuf::from(folder).join(name))
                .ok_or_else(|| ConfigError::NoCredentials(name.clone()))?,
        };
        let text = fs::read_to_string(&file)
            .map(Zeroizing::new)
            .map_err(|source| ConfigError::PasswordFile {
                file: file.clone(),
                source,
            })?;
        match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(Secret::new(line.to_owned())),
            _ => Err(ConfigError::PasswordEmpty(file)),
        }
    }
}
