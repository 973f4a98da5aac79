//! The operations of one connection that wait for an answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ldap3_proto::{
    control::LdapControl,
    proto::{LdapOp, LdapResult},
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    codec::{Body, Message},
    departure::Departure,
    entry::Entry,
    error::Loss,
    refusal::Refusal,
};

/// Which answers an operation may get.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Bind,
    Search,
    Modify,
}

/// The end of an operation, with what came before it.
pub(crate) struct Reply {
    pub(crate) result: LdapResult,
    pub(crate) entries: Vec<Entry>,
    pub(crate) controls: Vec<LdapControl>,
}

struct Slot {
    kind: Kind,
    found: Found,
    reply: oneshot::Sender<Result<Reply, Loss>>,
}

/// What becomes of the entries of a search.
enum Found {
    /// They are kept for the reply, up to a limit of bytes.
    Kept { entries: Vec<Entry>, bytes: usize },
    /// They are handed on as they come.
    HandedOn(mpsc::Sender<Entry>),
}

/// An entry to be handed on, which may have to wait until there is room.
pub(crate) struct Handover {
    entry: Entry,
    to: mpsc::Sender<Entry>,
}

impl Handover {
    /// Waits for room. Whoever no longer wants it does not get it.
    pub(crate) async fn give(self) {
        let _ = self.to.send(self.entry).await;
    }
}

#[derive(Default)]
struct Table {
    last: i32,
    slots: HashMap<i32, Slot>,
    lost: Option<Loss>,
}

/// All of them, and how the connection ended once it has.
pub(crate) struct Waiting {
    table: Mutex<Table>,
    max_search_bytes: usize,
    /// Set when the connection has ended.
    pub(crate) over: CancellationToken,
}

/// One operation; gives its place up when dropped.
pub(crate) struct Ticket {
    pub(crate) id: i32,
    pub(crate) departure: Departure,
    pub(crate) reply: oneshot::Receiver<Result<Reply, Loss>>,
    waiting: Arc<Waiting>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.departure.cancel();
        self.waiting.table().slots.remove(&self.id);
    }
}

impl Waiting {
    pub(crate) fn new(max_search_bytes: usize) -> Arc<Self> {
        let over = CancellationToken::new();
        Arc::new(Self {
            table: Mutex::default(),
            max_search_bytes,
            over,
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a number and waits under it.
    pub(crate) fn enter(self: &Arc<Self>, kind: Kind) -> Result<Ticket, Loss> {
        let found = Found::Kept {
            entries: Vec::new(),
            bytes: 0,
        };
        self.enter_with(kind, found)
    }

    /// Takes a number for a search whose entries are handed on as they come. While there is
    /// no room for them, nothing is read from the connection.
    pub(crate) fn enter_stream(
        self: &Arc<Self>,
        room: usize,
    ) -> Result<(Ticket, mpsc::Receiver<Entry>), Loss> {
        let (sender, entries) = mpsc::channel(room);
        let ticket = self.enter_with(Kind::Search, Found::HandedOn(sender))?;
        Ok((ticket, entries))
    }

    fn enter_with(self: &Arc<Self>, kind: Kind, found: Found) -> Result<Ticket, Loss> {
        let mut table = self.table();
        if let Some(loss) = &table.lost {
            return Err(loss.clone());
        }
        // After two thousand million operations the connection is simply replaced.
        let id = table.last.checked_add(1).ok_or(Loss::Abandoned)?;
        table.last = id;
        let (sender, reply) = oneshot::channel();
        table.slots.insert(
            id,
            Slot {
                kind,
                found,
                reply: sender,
            },
        );
        drop(table);
        let departure = Departure::default();
        Ok(Ticket {
            id,
            departure,
            reply,
            waiting: Arc::clone(self),
        })
    }

    /// How the connection ended, if it has.
    pub(crate) fn lost(&self) -> Option<Loss> {
        self.table().lost.clone()
    }

    /// The connection ended: everyone who waits learns how. The first reason stays.
    pub(crate) fn end(&self, loss: &Loss) {
        let slots = {
            let mut table = self.table();
            table.lost.get_or_insert_with(|| loss.clone());
            std::mem::take(&mut table.slots)
        };
        self.over.cancel();
        for (_, slot) in slots {
            // Whoever gave up waiting needs no answer.
            let _ = slot.reply.send(Err(loss.clone()));
        }
    }

    /// Gives a message to whom it belongs, or says what is to be handed on. An error ends the
    /// connection.
    pub(crate) fn deliver(&self, message: Message, size: usize) -> Result<Option<Handover>, Loss> {
        let Message { id, body } = message;
        if id == 0 {
            return Err(match body {
                Body::Other(op, _) => announced(*op),
                Body::Entry(_) => Loss::NotUnderstood("a notice of no known kind"),
            });
        }
        let mut table = self.table();
        if id < 0 || id > table.last {
            return Err(Loss::NotUnderstood("an answer to a question never asked"));
        }
        let Some(slot) = table.slots.get_mut(&id) else {
            // Someone stopped waiting for it.
            return Ok(None);
        };
        let (op, controls) = match body {
            Body::Entry(entry) if slot.kind == Kind::Search => {
                return slot.found.add(entry, size, self.max_search_bytes);
            }
            Body::Entry(_) => return Err(Loss::NotUnderstood("an answer of the wrong kind")),
            Body::Other(op, controls) => (*op, controls),
        };
        let result = match (slot.kind, op) {
            // Other domains are other directories; referrals are not followed.
            (Kind::Search, LdapOp::SearchResultReference(_)) => return Ok(None),
            (_, LdapOp::IntermediateResponse(_)) => return Ok(None),
            (Kind::Search, LdapOp::SearchResultDone(result)) => result,
            (Kind::Modify, LdapOp::ModifyResponse(result)) => result,
            (Kind::Bind, LdapOp::BindResponse(response)) => response.res,
            _ => return Err(Loss::NotUnderstood("an answer of the wrong kind")),
        };
        if let Some(slot) = table.slots.remove(&id) {
            let entries = match slot.found {
                Found::Kept { entries, .. } => entries,
                Found::HandedOn(_) => Vec::new(),
            };
            let reply = Reply {
                result,
                entries,
                controls,
            };
            let _ = slot.reply.send(Ok(reply));
        }
        Ok(None)
    }
}

fn announced(op: LdapOp) -> Loss {
    match op {
        LdapOp::ExtendedResponse(notice) => Loss::Announced(Refusal::of(notice.res)),
        _ => Loss::NotUnderstood("a notice of no known kind"),
    }
}

impl Found {
    fn add(&mut self, entry: Entry, size: usize, limit: usize) -> Result<Option<Handover>, Loss> {
        match self {
            Self::HandedOn(to) => Ok(Some(Handover {
                entry,
                to: to.clone(),
            })),
            Self::Kept { entries, bytes } => {
                *bytes = bytes.saturating_add(size);
                if *bytes > limit {
                    let what = "search";
                    return Err(Loss::TooLarge { limit, what });
                }
                entries.push(entry);
                Ok(None)
            }
        }
    }
}
