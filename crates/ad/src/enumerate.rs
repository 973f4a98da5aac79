//! All users and groups, page by page, the next pages being read while the caller works on
//! one.

use std::sync::Arc;

use tokio::{sync::mpsc, task::AbortHandle};

use crate::{
    controller::Controller,
    error::{AdError, Loss},
    object::DirectoryObject,
    reading::{Batch, Reading},
    search::{Ask, next_page},
    wanted::{Wanted, users_and_groups},
};

/// What a domain controller gives at most in one page (`MaxPageSize`).
pub const PAGE_SIZE_MAX: u16 = 1000;

/// Pages that wait for the caller, besides one that is being read: enough to even out a page
/// that takes long on either side.
const AHEAD: usize = 1;

/// A page is handed on early once it has so many members of groups in it: 8 MB.
const MEMBERS_IN_PAGE: usize = 500_000;

/// Users and groups, page by page. Dropping it ends the reading.
pub struct Objects {
    host: Arc<str>,
    pages: mpsc::Receiver<Result<Handed, AdError>>,
    reader: AbortHandle,
    unusable: usize,
    ended: bool,
}

enum Handed {
    Page {
        objects: Vec<DirectoryObject>,
        unusable: usize,
    },
    End,
}

type Pages = mpsc::Sender<Result<Handed, AdError>>;

const OPERATION: &str = "enumerate objects";

impl Controller {
    /// Users and groups below `base` (a name or `<GUID=…>`; the whole domain if `None`), with
    /// these attributes, in pages of at most `page_size` (1 to [`PAGE_SIZE_MAX`]).
    ///
    /// They are read in the background from now on, on a connection of their own; at most
    /// three pages are in memory. A base that does not exist is an error.
    pub fn enumerate(&self, base: Option<&str>, wanted: &[String], page_size: u16) -> Objects {
        let head = &self.root_dse().domain_head;
        let reading = self.whole_objects(OPERATION, Wanted::new(wanted));
        let base = base.unwrap_or(head).to_owned();
        let size = i32::from(page_size.clamp(1, PAGE_SIZE_MAX));
        let host = Arc::clone(&reading.host);
        let (sender, pages) = mpsc::channel(AHEAD);
        let reader = tokio::spawn(async move {
            if let Err(error) = read(&reading, &base, size, &sender).await {
                // Whoever no longer wants the pages does not want the error.
                let _ = sender.send(Err(error)).await;
            }
        });
        Objects {
            host,
            pages,
            reader: reader.abort_handle(),
            unusable: 0,
            ended: false,
        }
    }

    pub(crate) fn whole_objects(&self, operation: &'static str, wanted: Wanted) -> Reading {
        Reading {
            directory: self.directory().clone(),
            host: self.host().into(),
            operation,
            wanted,
        }
    }
}

async fn read(reading: &Reading, base: &str, size: i32, pages: &Pages) -> Result<(), AdError> {
    let own = reading.own().await?;
    let filter = users_and_groups();
    let mut cookie = Some(Vec::new());
    while let Some(from) = cookie {
        let page = Ask::Page { size, cookie: from };
        let mut stream = reading.ask(&own, base, &filter, Some(page)).await?;
        let last = loop {
            let mut batch = Batch::default();
            if !reading
                .take(&mut stream, &mut batch, MEMBERS_IN_PAGE)
                .await?
            {
                break batch;
            }
            if !hand_on(reading, batch, pages).await? {
                return Ok(());
            }
        };
        cookie = next_page(reading.end(stream).await?.controls);
        // Nothing is asked for before it is handed on: an answer that nobody takes would
        // make the controller end the connection.
        if !hand_on(reading, last, pages).await? {
            return Ok(());
        }
    }
    own.give_back();
    // Whoever no longer wants the pages does not want their end.
    let _ = pages.send(Ok(Handed::End)).await;
    Ok(())
}

/// False if the caller wants no more.
async fn hand_on(reading: &Reading, batch: Batch, pages: &Pages) -> Result<bool, AdError> {
    let unusable = batch.unusable;
    let objects = reading.whole(batch).await?;
    let page = Handed::Page { objects, unusable };
    Ok(pages.send(Ok(page)).await.is_ok())
}

impl Objects {
    /// The next page, which may be empty; `None` after the last. An error ends it: begin anew.
    pub async fn next(&mut self) -> Result<Option<Vec<DirectoryObject>>, AdError> {
        if self.ended {
            return Ok(None);
        }
        match self.pages.recv().await {
            Some(Ok(Handed::Page { objects, unusable })) => {
                self.unusable += unusable;
                Ok(Some(objects))
            }
            Some(Ok(Handed::End)) => {
                self.ended = true;
                Ok(None)
            }
            Some(Err(error)) => Err(error),
            // It ended without its end: what came so far must not be taken for all.
            None => Err(AdError::Lost {
                host: self.host.to_string(),
                operation: OPERATION,
                sent: false,
                source: Loss::Abandoned,
            }),
        }
    }

    /// Objects so far that have no readable GUID and so cannot be synchronised.
    pub fn unusable(&self) -> usize {
        self.unusable
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
