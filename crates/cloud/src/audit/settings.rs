//! What an operator can set.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// How the audit trail is kept, as it is written in the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AuditSection {
    key_file: Option<PathBuf>,
    checkpoints_file: Option<PathBuf>,
    keep_days: u32,
}

/// How the audit trail is kept.
#[derive(Clone, Debug)]
pub struct AuditSettings {
    /// The key that signs checkpoints; made when it is not there.
    pub key_file: PathBuf,
    /// A copy of every checkpoint.
    pub checkpoints_file: PathBuf,
    /// How many days records are kept; 0 for good.
    pub keep_days: u32,
}

impl AuditSection {
    /// With the defaults: files beside the database, named after it.
    pub(crate) fn beside(&self, database: &Path) -> AuditSettings {
        let file = |set: &Option<PathBuf>, extension| match set {
            Some(path) => path.clone(),
            None => database.with_extension(extension),
        };
        AuditSettings {
            key_file: file(&self.key_file, "audit-key"),
            checkpoints_file: file(&self.checkpoints_file, "audit-checkpoints"),
            keep_days: self.keep_days,
        }
    }
}
