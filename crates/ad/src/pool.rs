//! Connections to one domain controller, kept warm and used side by side.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustls::ClientConfig;
use tokio::sync::Notify;
use writeback_model::Secret;

use crate::{
    config::{Credentials, DomainConfig},
    connection::Connection,
    error::AdError,
    locate::Locator,
    own::{Own, Resting},
    rootdse::RootDse,
    search::Search,
};

/// A kept connection and what its controller said of itself.
pub(crate) struct Kept {
    pub(crate) connection: Connection,
    pub(crate) root: Arc<RootDse>,
}

/// All connections of one domain, by host.
pub(crate) struct Pools {
    config: Arc<DomainConfig>,
    tls: Arc<ClientConfig>,
    hosts: Mutex<HashMap<String, Arc<Pool>>>,
    resting: Arc<Resting>,
}

#[derive(Default)]
struct Pool {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    kept: Vec<Arc<Kept>>,
    opening: usize,
}

enum Next {
    Use(Arc<Kept>),
    Open,
    Wait,
}

impl Pools {
    pub(crate) fn new(config: Arc<DomainConfig>, tls: Arc<ClientConfig>) -> Self {
        Self {
            config,
            tls,
            hosts: Mutex::default(),
            resting: Arc::default(),
        }
    }

    fn pool(&self, host: &str) -> Arc<Pool> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(host.to_owned()).or_default())
    }

    /// A connection to this host: an idle one, a new one while there may be more, otherwise
    /// the one with the fewest users.
    pub(crate) async fn take(&self, host: &str) -> Result<Arc<Kept>, AdError> {
        let pool = self.pool(host);
        loop {
            let changed = pool.changed.notified();
            match pool.next(self.config.limits.connections.max(1)) {
                Next::Use(kept) => {
                    if self.lives(&kept).await {
                        return Ok(kept);
                    }
                }
                Next::Open => {
                    let slot = Opening(&pool);
                    let kept = Arc::new(self.open(host).await?);
                    pool.state().kept.push(Arc::clone(&kept));
                    drop(slot);
                    return Ok(kept);
                }
                Next::Wait => changed.await,
            }
        }
    }

    /// A connection to this host that nobody else uses: a rested one that still answers, or a
    /// new one.
    pub(crate) async fn own(&self, host: &str) -> Result<Own, AdError> {
        while let Some(kept) = self.resting.wake(host) {
            if kept.connection.usable() && self.answers(&kept).await {
                return Ok(Own::new(kept, &self.resting));
            }
        }
        Ok(Own::new(self.open(host).await?, &self.resting))
    }

    /// Signs in as somebody else, on a connection of its own that is closed at once.
    pub(crate) async fn bind_as(
        &self,
        host: &str,
        dn: &str,
        password: &Secret,
    ) -> Result<(), AdError> {
        let config = &self.config;
        let addresses = Locator::new(&config.nameservers)?.addresses(host).await?;
        let credentials = Credentials {
            user: dn.to_owned(),
            password: password.clone(),
        };
        Connection::open(
            host,
            &addresses,
            config.port,
            &self.tls,
            &credentials,
            &config.limits,
        )
        .await
        .map(drop)
    }

    /// Whether a connection that was silent for long still answers.
    async fn lives(&self, kept: &Kept) -> bool {
        let patience = self.config.limits.idle_before_probe;
        kept.connection.silent_for() < patience || self.answers(kept).await
    }

    async fn answers(&self, kept: &Kept) -> bool {
        let search = Search::object("", &["currentTime"]);
        let probe = kept
            .connection
            .search_within("sign of life", search, self.config.limits.probe)
            .await;
        if probe.is_err() {
            kept.connection.retire();
            tracing::debug!(host = %kept.connection.host(), "a kept connection had died");
        }
        probe.is_ok()
    }

    async fn open(&self, host: &str) -> Result<Kept, AdError> {
        let config = &self.config;
        let addresses = Locator::new(&config.nameservers)?.addresses(host).await?;
        let connection = Connection::open(
            host,
            &addresses,
            config.port,
            &self.tls,
            &config.credentials,
            &config.limits,
        )
        .await?;
        let root = Arc::new(RootDse::read(&connection).await?);
        tracing::debug!(host, "connected");
        Ok(Kept { connection, root })
    }
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, most: usize) -> Next {
        let mut state = self.state();
        state.kept.retain(|kept| kept.connection.usable());
        // The pool itself holds each connection once.
        let users = |kept: &Arc<Kept>| Arc::strong_count(kept) - 1;
        let least = state.kept.iter().min_by_key(|kept| users(kept)).cloned();
        match least {
            // `least` itself is one user more.
            Some(kept) if users(&kept) <= 1 => Next::Use(kept),
            _ if state.kept.len() + state.opening < most => {
                state.opening += 1;
                Next::Open
            }
            Some(kept) => Next::Use(kept),
            None => Next::Wait,
        }
    }
}

/// Gives the place of a connection that is being opened back, whatever becomes of it.
struct Opening<'a>(&'a Pool);

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.state().opening -= 1;
        self.0.changed.notify_waiters();
    }
}
