//! Whether anything can be kept: said once when it cannot, and once when it can again.

use std::{sync::Arc, time::Duration};

use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_model::event;
use writeback_store::StoreError;

use crate::state::Cloud;

/// How often it is tried: soon enough to be read before people call, and next to nothing for a disk.
const TRY_EVERY: Duration = Duration::from_secs(10);

/// Tries to write, until `stop`. Nothing else depends on what it finds: every write says by itself
/// whether it could be kept, and the next one may be.
pub(crate) async fn keep_watched(cloud: Arc<Cloud>, stop: CancellationToken) {
    let mut can_write = true;
    loop {
        match cloud.store.try_to_write().await {
            Ok(()) if !can_write => {
                can_write = true;
                tracing::info!(
                    event_id = event::STORE_WRITABLE,
                    "the database can be written again; what waited for it goes on by itself"
                );
            }
            Err(error @ StoreError::Unwritable { .. }) if can_write => {
                can_write = false;
                tracing::error!(
                    event_id = event::STORE_UNWRITABLE,
                    error = &error as &dyn std::error::Error,
                    "nothing can be kept, so nobody can reset a password: make room on the \
                     database's disk, or mount it writable. What was accepted is not lost, and \
                     nothing has to be restarted"
                );
            }
            // Another trouble is told by whoever has it.
            _ => {}
        }
        if stop
            .run_until_cancelled(time::sleep(TRY_EVERY))
            .await
            .is_none()
        {
            return;
        }
    }
}
