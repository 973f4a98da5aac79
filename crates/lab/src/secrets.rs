//! Passwords of a forest. They belong to its provisioned databases and travel with them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::{state, text};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    pub(crate) administrator: String,
    pub(crate) agent: String,
    pub(crate) people: String,
}

impl Secrets {
    pub(crate) fn generate() -> Self {
        Self {
            administrator: text::random_password(),
            agent: text::random_password(),
            people: text::random_password(),
        }
    }

    pub(crate) fn load(file: &Path) -> Result<Self> {
        let json = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_slice(&json).with_context(|| format!("cannot parse {}", file.display()))
    }

    pub(crate) fn save(&self, file: &Path) -> Result<()> {
        state::write(file, 0o600, &serde_json::to_vec_pretty(self)?)
    }
}

/// Where the passwords of a running forest are.
pub(crate) fn file(domain: &str) -> Result<PathBuf> {
    Ok(state::state_dir("secrets")?.join(format!("{domain}.json")))
}
