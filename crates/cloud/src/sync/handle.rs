//! Who is told what between agents' calls and the loop: in memory, and lost without harm.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, Notify, mpsc};
use writeback_model::{DomainName, RunId, TenantId};

use super::Key;

/// How an import ended, as its agent says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportEnd {
    /// It is complete, and the run has ended.
    Complete {
        /// Whether anything differs from before.
        changed: bool,
    },
    /// The agent gave it up.
    Failed {
        /// Why, for people to read.
        why: String,
        /// Only a full import helps.
        cookie_refused: bool,
    },
}

/// What an agent says about anchors that it was to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorsWritten {
    /// How many were written.
    pub written: u32,
    /// How many were refused.
    pub refused: u32,
    /// Why the first one was.
    pub why: Option<String>,
}

/// What is waited for.
#[derive(Default)]
pub struct SyncHandle {
    wake: Notify,
    changed: Mutex<HashSet<Key>>,
    touched: Mutex<HashSet<Key>>,
    imports: Mutex<HashMap<RunId, mpsc::UnboundedSender<ImportEnd>>>,
    anchors: Mutex<HashMap<RunId, mpsc::UnboundedSender<AnchorsWritten>>>,
    people: Mutex<HashMap<TenantId, Arc<AsyncMutex<()>>>>,
}

/// What a waiter waits on; forgotten when dropped.
pub(super) struct Waiting<'a, T> {
    run: RunId,
    waiting: &'a Mutex<HashMap<RunId, mpsc::UnboundedSender<T>>>,
    told: mpsc::UnboundedReceiver<T>,
}

impl<T> Waiting<'_, T> {
    /// The next word about the run. Never ends by itself.
    pub(super) async fn next(&mut self) -> Option<T> {
        self.told.recv().await
    }
}

impl<T> Drop for Waiting<'_, T> {
    fn drop(&mut self) {
        lock(self.waiting).remove(&self.run);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain data stays usable after a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait_on<T>(
    waiting: &Mutex<HashMap<RunId, mpsc::UnboundedSender<T>>>,
    run: RunId,
) -> Waiting<'_, T> {
    let (sender, told) = mpsc::unbounded_channel();
    lock(waiting).insert(run, sender);
    Waiting { run, waiting, told }
}

fn tell<T>(waiting: &Mutex<HashMap<RunId, mpsc::UnboundedSender<T>>>, run: RunId, word: T) {
    if let Some(sender) = lock(waiting).get(&run) {
        // Whoever waited has given up; the store has what matters.
        let _ = sender.send(word);
    }
}

impl SyncHandle {
    /// An agent says that something changed in a forest that it watches.
    pub fn changed(&self, tenant: TenantId, forest: &DomainName) {
        lock(&self.changed).insert((tenant, forest.clone()));
        self.wake.notify_one();
    }

    /// Objects of a forest are to be synchronised although nothing was imported: somebody
    /// who has an account in it was changed through another forest.
    pub(super) fn touched(&self, tenant: TenantId, forest: &DomainName) {
        lock(&self.touched).insert((tenant, forest.clone()));
        self.wake.notify_one();
    }

    /// Whether they are; from now on they are being looked after.
    pub(super) fn take_touched(&self, key: &Key) -> bool {
        lock(&self.touched).remove(key)
    }

    /// An import ended.
    pub fn import_ended(&self, run: RunId, end: ImportEnd) {
        tell(&self.imports, run, end);
    }

    /// An agent says what became of anchors.
    pub fn anchors_written(&self, run: RunId, written: AnchorsWritten) {
        tell(&self.anchors, run, written);
    }

    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(super) fn has_changed(&self, key: &Key) -> bool {
        lock(&self.changed).contains(key)
    }

    /// The change is being looked after: one that is told from now on is another one.
    pub(super) fn forget_change(&self, key: &Key) {
        lock(&self.changed).remove(key);
    }

    pub(super) fn wait_for_import(&self, run: RunId) -> Waiting<'_, ImportEnd> {
        wait_on(&self.imports, run)
    }

    pub(super) fn wait_for_anchors(&self, run: RunId) -> Waiting<'_, AnchorsWritten> {
        wait_on(&self.anchors, run)
    }

    /// Held by whoever writes a tenant's people.
    pub(super) fn people_of(&self, tenant: TenantId) -> Arc<AsyncMutex<()>> {
        Arc::clone(lock(&self.people).entry(tenant).or_default())
    }
}
