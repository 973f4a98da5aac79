//! What can be wrong with a configuration file.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a configuration was not taken. Each says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{} cannot be read; check that it exists and that the agent's user may read it", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not TOML, or has a field that does not exist or a value of the wrong kind.
    #[error("{}:{line}:{column}: {message}", file.display())]
    Syntax {
        /// Which file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// Every field is well formed, but they do not fit together.
    #[error("{}: {problem}", file.display())]
    Wrong {
        /// Which file.
        file: PathBuf,
        /// What does not fit, and what to write instead.
        problem: String,
    },
    /// A password file cannot be read.
    #[error("the password file {} cannot be read; check that it exists and that only the agent's user may read it", file.display())]
    PasswordFile {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A password file is empty.
    #[error("the password file {} is empty; write the password into its first line", .0.display())]
    PasswordEmpty(PathBuf),
    /// `credential:` was written, but systemd handed in no credentials.
    #[error(
        "the password comes from the systemd credential \"{0}\", but CREDENTIALS_DIRECTORY is not \
         set; add LoadCredential={0}:FILE to the service, or name a file"
    )]
    NoCredentials(String),
}

impl ConfigError {
    /// Says where the mistake is, and not what is written there: whoever writes a password into
    /// the file by mistake must not find it in the log.
    pub(super) fn syntax(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self::Syntax {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
            message: error.message().trim().replace('\n', "; "),
        }
    }
}
