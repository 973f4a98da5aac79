//! stub
use crate::{controller::Controller, error::AdError, refusal::Refusal};
use std::marker::PhantomData;
use writeback_model::SourceAnchor;

/// Changes since a cookie, page by page.
pub struct Changes<'a>(PhantomData<&'a ()>);

/// An object that was created or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its `objectGUID`.
    pub anchor: SourceAnchor,
    /// It is new, renamed or moved: what lies in it has another name now.
    pub moved: bool,
}

/// One page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangesPage {
    /// Created or changed objects; they may be gone again, or out of scope.
    pub changed: Vec<Changed>,
    /// Deleted objects.
    pub deleted: Vec<SourceAnchor>,
    /// Stands for everything up to the end of this page.
    pub cookie: Vec<u8>,
    /// Whether deleted objects are shown to the agent's account at all.
    pub sees_deletions: bool,
}

/// Why there are no changes to be had.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// The directory does not take the cookie (any more): only a full import helps.
    #[error("the directory does not take the position that was kept; a full import is needed")]
    CookieRefused(#[source] Refusal),
    /// Something else failed.
    #[error("the changes could not be read")]
    Directory(#[from] AdError),
}

impl Controller {
    /// A position from which on [`changes`](Self::changes) tells what changed.
    pub async fn sync_cookie(&self) -> Result<Vec<u8>, AdError> {
        Ok(Vec::new())
    }

    /// What changed since `cookie`.
    pub fn changes(&self, _cookie: &[u8], _wanted: &[String]) -> Changes<'_> {
        Changes(PhantomData)
    }

    /// Who this controller is (`dsServiceName`) and its `highestCommittedUSN`.
    pub async fn highest_usn(&self) -> Result<(String, i64), AdError> {
        Err(self.missing("highestCommittedUSN"))
    }
}

impl Changes<'_> {
    /// The next page; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<ChangesPage>, ChangesError> {
        Ok(None)
    }
}
