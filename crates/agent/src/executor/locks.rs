//! One request at a time per object: two writes at once could not be told apart in the
//! directory's receipt.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use writeback_model::SourceAnchor;

/// Held while an object is written or resolved.
pub(crate) type ObjectGuard = OwnedMutexGuard<()>;

/// A lock for each object that is in use.
#[derive(Debug, Default)]
pub(crate) struct ObjectLocks {
    locks: Mutex<HashMap<SourceAnchor, Arc<AsyncMutex<()>>>>,
}

impl ObjectLocks {
    /// Waits until nobody else uses the object.
    pub(crate) async fn take(&self, anchor: SourceAnchor) -> ObjectGuard {
        self.lock(anchor).lock_owned().await
    }

    fn lock(&self, anchor: SourceAnchor) -> Arc<AsyncMutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // Held or waited for is what someone besides the map has.
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(anchor).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn anchor(byte: u8) -> SourceAnchor {
        SourceAnchor::try_from_bytes(&[byte; 16]).unwrap()
    }

    #[tokio::test]
    async fn one_at_a_time_per_object_and_nothing_is_kept() {
        let locks = ObjectLocks::default();
        let held = locks.take(anchor(1)).await;
        let waiting = tokio::time::timeout(Duration::from_millis(20), locks.take(anchor(1)));
        assert!(waiting.await.is_err());
        drop(locks.take(anchor(2)).await);
        drop(held);
        drop(locks.take(anchor(1)).await);
        drop(locks.take(anchor(3)).await);
        assert!(locks.locks.lock().unwrap().len() <= 1);
    }
}
