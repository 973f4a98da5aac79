//! Where frames for the cloud are handed in, whichever link stands at the moment.

use std::sync::{Mutex, PoisonError};

use writeback_wire::ToCloud;

use crate::link::Session;

/// The link of the moment.
#[derive(Debug, Default)]
pub(crate) struct Uplink {
    session: Mutex<Option<Session>>,
}

impl Uplink {
    /// A new link stands.
    pub(crate) fn set(&self, session: Session) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    /// Says something if there is a link. What must not be lost is in the journal, and is said
    /// again on the next one.
    pub(crate) async fn tell(&self, frame: ToCloud) {
        let session = self
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(session) = session {
            session.send(frame).await;
        }
    }

    /// Says something if there is a link with room for it now: nothing waits for it, and it may
    /// be lost.
    pub(crate) fn mention(&self, frame: ToCloud) {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = &*session {
            session.mention(frame);
        }
    }
}
