//! The forests that the agent serves, made from its configuration.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;
use writeback_ad::{AdError, Credentials, Directory, DomainConfig, PreferredControllers, Trust};
use writeback_model::{Cause, DomainName, Secret};

use crate::{
    config::{AgentConfig, ConfigError, ForestConfig, fingerprint},
    heard::Heard,
    scope::{Pins, Units},
    state::{StateDir, StateError},
};

/// One forest.
pub(crate) struct Forest {
    pub(crate) name: DomainName,
    /// The account that the agent signs in with.
    pub(crate) user: String,
    pub(crate) domains: BTreeMap<DomainName, Directory>,
    pub(crate) units: Units,
    pub(crate) allow_without_policy_hints: bool,
    pub(crate) write_consistency_guid: bool,
    pub(crate) deletions: Deletions,
    pub(crate) heard: Heard,
    /// Woken when something failed that the next probe should look into at once.
    pub(crate) look_now: Notify,
}

/// Why a forest cannot be served at all.
#[derive(Debug, thiserror::Error)]
pub enum ForestError {
    /// Its password cannot be read.
    #[error(transparent)]
    Password(#[from] ConfigError),
    /// The state folder cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// Its trust cannot be loaded.
    #[error("the domain {domain} cannot be served; correct ca_file or pinned_sha256")]
    Directory {
        /// Which domain.
        domain: DomainName,
        /// Why.
        source: AdError,
    },
}

/// Of which domains deleted objects are shown to the agent's account, as far as it was seen.
#[derive(Debug, Default)]
pub(crate) struct Deletions(Mutex<BTreeMap<DomainName, bool>>);

impl Deletions {
    pub(crate) fn note(&self, domain: &DomainName, shown: bool) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(domain.clone(), shown);
    }

    pub(crate) fn of(&self, domain: &DomainName) -> Option<bool> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(domain).copied()
    }
}

/// All forests, by name.
pub(crate) type Forests = BTreeMap<DomainName, Forest>;

/// Makes the forests. Nothing is connected yet.
pub(crate) fn forests(config: &AgentConfig, dir: &StateDir) -> Result<Forests, ForestError> {
    let units = config
        .forests
        .iter()
        .flat_map(|forest| forest.include_ous.iter().chain(&forest.exclude_ous));
    let pins = Arc::new(Pins::load(dir.clone(), units)?);
    config
        .forests
        .iter()
        .map(|forest| Ok((forest.name.clone(), Forest::new(forest, &pins)?)))
        .collect()
}

/// The domains of a forest, with that password of the agent's account. Nothing is connected yet.
pub(crate) fn directories(
    config: &ForestConfig,
    password: Secret,
) -> Result<BTreeMap<DomainName, Directory>, ForestError> {
    let credentials = Credentials {
        user: config.user.clone(),
        password,
    };
    let pin = config.pinned_sha256.as_deref().and_then(fingerprint);
    let trust = match (&config.ca_file, pin) {
        (Some(file), _) => Trust::CaFile(file.clone()),
        (None, Some(pin)) => Trust::Pinned(pin),
        (None, None) => Trust::Platform,
    };
    let preferred = match (&config.preferred_controllers, config.only_preferred) {
        (hosts, _) if hosts.is_empty() => PreferredControllers::None,
        (hosts, true) => PreferredControllers::Only(hosts.clone()),
        (hosts, false) => PreferredControllers::First(hosts.clone()),
    };
    let mut domains = BTreeMap::new();
    for domain in config.served_domains() {
        let mut settings = DomainConfig::new(domain.clone(), credentials.clone(), trust.clone());
        settings.preferred = preferred.clone();
        let directory = Directory::new(settings).map_err(|source| ForestError::Directory {
            domain: domain.clone(),
            source,
        })?;
        domains.insert(domain, directory);
    }
    Ok(domains)
}

/// The directory that holds a domain's objects.
pub(crate) fn directory<'a>(
    forests: &'a Forests,
    forest: &DomainName,
    domain: &DomainName,
) -> Result<(&'a Forest, &'a Directory), Cause> {
    let forest = forests.get(forest).ok_or(Cause::ForestNotServed)?;
    let directory = forest.domains.get(domain).ok_or(Cause::ForestNotServed)?;
    Ok((forest, directory))
}

impl Forest {
    fn new(config: &ForestConfig, pins: &Arc<Pins>) -> Result<Self, ForestError> {
        let domains = directories(config, config.password_file.read()?)?;
        Ok(Self {
            name: config.name.clone(),
            user: config.user.clone(),
            domains,
            units: Units::new(
                config.name.clone(),
                config.served_domains(),
                &config.include_ous,
                &config.exclude_ous,
                Arc::clone(pins),
            ),
            allow_without_policy_hints: config.allow_without_policy_hints,
            write_consistency_guid: config.write_consistency_guid,
            deletions: Deletions::default(),
            heard: Heard::default(),
            look_now: Notify::new(),
        })
    }
}
