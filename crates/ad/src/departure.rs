//! Whether a request has left.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

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
