//! Connections for one long search each.
//!
//! A domain controller answers one connection in the order it was asked (Samba serves it
//! serially), and a long answer that is taken slowly holds up all that follows it. Pages are
//! bound to their connection, too. Connections that served are kept: signing in takes longer
//! than reading what changed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{connection::Connection, pool::Kept};

/// Connections to one controller that are kept for the next long search.
const KEPT_MAX: usize = 2;

/// Connections that nobody uses, by host.
#[derive(Default)]
pub(crate) struct Resting(Mutex<HashMap<String, Vec<Kept>>>);

/// A connection that nobody else uses.
pub(crate) struct Own {
    kept: Kept,
    home: Arc<Resting>,
}

impl Resting {
    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Vec<Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wake(&self, host: &str) -> Option<Kept> {
        self.hosts().get_mut(host)?.pop()
    }
}

impl Own {
    pub(crate) fn new(kept: Kept, home: &Arc<Resting>) -> Self {
        let home = Arc::clone(home);
        Self { kept, home }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.kept.connection
    }

    /// For the next. Only with nothing left to be read: otherwise drop it, which closes it.
    pub(crate) fn give_back(self) {
        let host = self.kept.connection.host().to_string();
        if !self.kept.connection.usable() {
            return;
        }
        let mut hosts = self.home.hosts();
        let resting = hosts.entry(host).or_default();
        if resting.len() < KEPT_MAX {
            resting.push(self.kept);
        }
    }
}
