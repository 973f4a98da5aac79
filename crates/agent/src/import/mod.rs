//! Reading the users and groups of a forest and uploading them, whole or what changed, over
//! HTTPS: a large directory must not delay a password on the link.
//!
//! Reading and uploading go side by side, with no more than a few pages in memory.

mod batch;
mod delta;
mod error;
mod full;
mod judge;
mod object;
mod read;
mod upload;

use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc;
use writeback_wire::{ImportOrder, ToCloud, http::ImportComplete};

use self::{error::ImportError, read::Reading, upload::Uploading};
use crate::{core::Core, events, uploads::Uploads};

/// Pieces that wait to be uploaded. One is read and one uploaded besides.
const PIECES: usize = 1;

/// One import.
pub(crate) struct Import {
    pub(crate) core: Arc<Core>,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) order: ImportOrder,
}

impl Import {
    /// Runs to its end and tells the cloud of a failure.
    pub(crate) async fn run(self) {
        let (run, forest, kind) = (self.order.run, self.order.forest.as_str(), self.order.kind);
        tracing::info!(%run, forest, ?kind, event_id = events::IMPORT_BEGAN, "an import begins");
        let began = Instant::now();
        match self.all().await {
            Ok(Done {
                objects,
                removed,
                batches,
            }) => {
                let seconds = began.elapsed().as_secs_f32();
                tracing::info!(%run, forest, ?kind, objects, removed, batches, seconds,
                    event_id = events::IMPORT_DONE, "imported");
            }
            Err(ImportError::Over) => {
                tracing::info!(%run, forest, ?kind, event_id = events::IMPORT_DONE,
                    "the cloud has ended this import or given it to another agent");
            }
            Err(error) => {
                tracing::error!(%run, forest, ?kind, event_id = events::IMPORT_FAILED,
                    error = &error as &dyn std::error::Error, "an import failed");
                let failed = ToCloud::ImportFailed {
                    run,
                    cause: error.cause(),
                    detail: error.detail(),
                    cookie_refused: error.needs_full(),
                };
                self.core.uplink.tell(failed).await;
            }
        }
    }

    async fn all(&self) -> Result<Done, ImportError> {
        let forest = self
            .core
            .forests
            .get(&self.order.forest)
            .ok_or(ImportError::NotServed)?;
        let (pieces, taken) = mpsc::channel(PIECES);
        let reading = Reading::new(forest, &self.order, pieces);
        let uploading = Uploading::new(&self.uploads, self.order.run);
        let (read, sent) = tokio::try_join!(reading.all(), uploading.all(taken))?;
        let complete = ImportComplete {
            batches: sent.batches,
            objects: sent.objects,
            controllers: read.controllers,
            sees_deletions: read.sees_deletions,
            scope: read.scope,
        };
        uploading.complete(&complete).await?;
        Ok(Done {
            objects: sent.objects,
            removed: sent.removed,
            batches: sent.batches,
        })
    }
}

/// How much there was.
struct Done {
    objects: u64,
    removed: u64,
    batches: u32,
}
