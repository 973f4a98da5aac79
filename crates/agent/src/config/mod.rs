//! What an administrator writes down: `/etc/writeback/agent.toml`.

mod check;
mod error;
mod password;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use writeback_model::DomainName;

pub(crate) use check::fingerprint;
pub use error::ConfigError;
pub use password::PasswordSource;

use crate::transport::CloudUrl;

/// Where keys and journal are kept unless the configuration says otherwise.
pub const DEFAULT_STATE_DIR: &str = "/var/lib/writeback/agent";

/// The agent's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// The cloud's address, `https://cloud.example.org`. `http://` is taken for this host alone.
    pub cloud: CloudUrl,
    /// The folder of the agent's keys and journal. Nobody but the agent may read it.
    #[serde(default = "default_state_dir")]
    pub state_dir: PathBuf,
    /// PEM file of certificate authorities that the cloud's certificate may come from, besides
    /// those that the platform trusts.
    pub ca_file: Option<PathBuf>,
    /// The proxy through which the cloud is reached. Domain controllers are never asked for
    /// through it.
    pub proxy: Option<ProxyConfig>,
    /// The forests that the agent serves; at least one.
    #[serde(rename = "forest", default)]
    pub forests: Vec<ForestConfig>,
}

/// An HTTP proxy with CONNECT.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyConfig {
    /// Its address, `http://proxy.corp.test:3128`.
    pub url: String,
    /// The user name for Basic authentication, where it asks for one.
    pub user: Option<String>,
    /// The file whose first line is the password, or `credential:NAME`.
    pub password_file: Option<PasswordSource>,
}

/// One forest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForestConfig {
    /// The DNS name of its root domain.
    pub name: DomainName,
    /// The domains of it that are served; its root domain where none is named.
    #[serde(default)]
    pub domains: Vec<DomainName>,
    /// The account that the agent signs in with, as `name@domain`.
    pub user: String,
    /// The file whose first line is its password, or `credential:NAME` for a systemd credential.
    pub password_file: PasswordSource,
    /// PEM file of the certificate authorities of the domain controllers. Without it and
    /// without pins, those that the platform trusts.
    pub ca_file: Option<PathBuf>,
    /// The SHA-256 fingerprint of the one certificate that is trusted, in hexadecimal: for a
    /// single domain controller with a certificate that nobody signed.
    pub pinned_sha256: Option<String>,
    /// Domain controllers to read from before any other. Passwords always go to the one that
    /// holds the PDC emulator role.
    #[serde(default)]
    pub preferred_controllers: Vec<String>,
    /// Read from the preferred domain controllers or not at all.
    #[serde(default)]
    pub only_preferred: bool,
    /// Reset passwords even where the domain controller cannot hold a reset to history and
    /// minimum age. Every screen then says that history is not enforced.
    #[serde(default)]
    pub allow_without_policy_hints: bool,
    /// Write `objectGUID` into the empty `mS-DS-ConsistencyGuid` of people's accounts when the
    /// cloud asks for it. Takes a right of its own.
    #[serde(default)]
    pub write_consistency_guid: bool,
    /// Organizational units, as distinguished names, that the agent acts on and imports from,
    /// with all below them; everything where none is named. A unit is followed when it is
    /// renamed or moved.
    #[serde(default)]
    pub include_ous: Vec<String>,
    /// Organizational units that the agent leaves alone even where they are included.
    #[serde(default)]
    pub exclude_ous: Vec<String>,
}

fn default_state_dir() -> PathBuf {
    PathBuf::from(DEFAULT_STATE_DIR)
}

impl AgentConfig {
    /// Reads and checks a configuration file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Read {
            file: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads and checks the text of a configuration; `path` is for the errors alone.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::syntax(path, text, &error))?;
        check::check(&config).map_err(|problem| ConfigError::Wrong {
            file: path.to_owned(),
            problem,
        })?;
        Ok(config)
    }

    /// The forest of that name, if the agent serves it.
    pub fn forest(&self, name: &DomainName) -> Option<&ForestConfig> {
        self.forests.iter().find(|forest| forest.name == *name)
    }
}

impl ForestConfig {
    /// The domains that are served.
    pub fn served_domains(&self) -> Vec<DomainName> {
        if self.domains.is_empty() {
            vec![self.name.clone()]
        } else {
            self.domains.clone()
        }
    }
}

#[cfg(test)]
mod tests;
