//! The operations of one connection that wait for an answer.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use ldap3_proto::{
    LdapMsg,
    control::LdapControl,
    proto::{LdapOp, LdapResult, LdapSearchResultEntry},
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{entry::Entry, error::Loss, refusal::Refusal};

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

/// Whether a request has left: decided once, by whoever comes first.
#[derive(Clone, Default)]
pub(crate) struct Departure(Arc<AtomicU8>);

const QUEUED: u8 = 0;
const SENT: u8 = 1;
const CANCELLED: u8 = 2;

impl Departure {
    fn decide(&self, to: u8) -> u8 {
        let decided = self
            .0
            .compare_exchange(QUEUED, to, Ordering::AcqRel, Ordering::Acquire);
        decided.map_or_else(|already| already, |_| to)
    }

    /// The sender is about to send it; false if it was cancelled before.
    pub(crate) fn depart(&self) -> bool {
        self.decide(SENT) == SENT
    }

    /// It is no longer wanted; true if it may have been sent, false if it never will be.
    pub(crate) fn cancel(&self) -> bool {
        self.decide(CANCELLED) == SENT
    }
}

struct Slot {
    kind: Kind,
    entries: Vec<Entry>,
    bytes: usize,
    reply: oneshot::Sender<Result<Reply, Loss>>,
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
                entries: Vec::new(),
                bytes: 0,
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

    /// Gives a message to whom it belongs. An error ends the connection.
    pub(crate) fn deliver(&self, message: LdapMsg, size: usize) -> Result<(), Loss> {
        let LdapMsg { msgid, op, ctrl } = message;
        if msgid == 0 {
            return Err(match op {
                LdapOp::ExtendedResponse(notice) => Loss::Announced(Refusal::of(notice.res)),
                _ => Loss::NotUnderstood("a notice of no known kind"),
            });
        }
        let mut table = self.table();
        if msgid < 0 || msgid > table.last {
            return Err(Loss::NotUnderstood("an answer to a question never asked"));
        }
        let Some(slot) = table.slots.get_mut(&msgid) else {
            // Someone stopped waiting for it.
            return Ok(());
        };
        let result = match (slot.kind, op) {
            (Kind::Search, LdapOp::SearchResultEntry(entry)) => {
                return slot.add(entry, size, self.max_search_bytes);
            }
            // Other domains are other directories; referrals are not followed.
            (Kind::Search, LdapOp::SearchResultReference(_)) => return Ok(()),
            (_, LdapOp::IntermediateResponse(_)) => return Ok(()),
            (Kind::Search, LdapOp::SearchResultDone(result)) => result,
            (Kind::Modify, LdapOp::ModifyResponse(result)) => result,
            (Kind::Bind, LdapOp::BindResponse(response)) => response.res,
            _ => return Err(Loss::NotUnderstood("an answer of the wrong kind")),
        };
        if let Some(slot) = table.slots.remove(&msgid) {
            let reply = Reply {
                result,
                entries: slot.entries,
                controls: ctrl,
            };
            let _ = slot.reply.send(Ok(reply));
        }
        Ok(())
    }
}

impl Slot {
    fn add(&mut self, entry: LdapSearchResultEntry, size: usize, limit: usize) -> Result<(), Loss> {
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > limit {
            return Err(Loss::TooLarge {
                limit,
                what: "search",
            });
        }
        self.entries.push(Entry(entry));
        Ok(())
    }
}
