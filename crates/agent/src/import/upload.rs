//! Uploading what was read, batch by batch.

use std::time::Duration;

use bytes::Bytes;
use tokio::{sync::mpsc, time};
use writeback_model::RunId;
use writeback_wire::http::{ImportComplete, RUNS_PATH};

use super::{
    ImportError,
    batch::{Piece, bodies, write},
};
use crate::uploads::Uploads;

/// After how long without an object the cloud is told that reading goes on: it gives a run to
/// another agent after a minute without a word, and a domain controller may look through a large
/// directory for longer before it says anything.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Uploads for one run.
pub(super) struct Uploading<'a> {
    uploads: &'a Uploads,
    run: RunId,
}

/// What the cloud has taken.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) batches: u32,
    pub(super) objects: u64,
    pub(super) removed: u64,
}

impl<'a> Uploading<'a> {
    pub(super) const fn new(uploads: &'a Uploads, run: RunId) -> Self {
        Self { uploads, run }
    }

    /// Sends pieces until there are no more.
    pub(super) async fn all(&self, mut pieces: mpsc::Receiver<Piece>) -> Result<Sent, ImportError> {
        let mut sent = Sent::default();
        loop {
            let piece = match time::timeout(SIGN_OF_LIFE, pieces.recv()).await {
                Ok(Some(piece)) => piece,
                Ok(None) => return Ok(sent),
                Err(_) => Piece::default(),
            };
            let (objects, removed) = (piece.objects.len(), piece.removed.len());
            for body in bodies(piece, sent.batches)? {
                self.post("objects", body).await?;
                sent.batches = sent.batches.saturating_add(1);
            }
            sent.objects += u64::try_from(objects).unwrap_or(u64::MAX);
            sent.removed += u64::try_from(removed).unwrap_or(u64::MAX);
        }
    }

    /// Says that this was all.
    pub(super) async fn complete(&self, complete: &ImportComplete) -> Result<(), ImportError> {
        self.post("complete", write(complete)?.into()).await
    }

    async fn post(&self, what: &str, body: Bytes) -> Result<(), ImportError> {
        let path = format!("{RUNS_PATH}/{}/{what}", self.run);
        Ok(self.uploads.post(&path, body).await?)
    }
}
