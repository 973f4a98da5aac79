//! A search whose entries are handed on as they come, however many there are.

use ldap3_proto::control::LdapControl;
use tokio::{sync::mpsc, time::timeout};

use crate::{
    connection::Connection, entry::Entry, error::AdError, refusal::Refusal, waiting::Ticket,
};

/// Entries that may wait to be taken. While there are so many, nothing more is read from the
/// connection, so that a long answer is never in memory as a whole.
pub(crate) const ROOM: usize = 16;

/// The answer to a search, entry by entry.
///
/// Whatever else is asked on the same connection waits behind it, so it is to have one of its
/// own ([`Own`](crate::own::Own)).
pub(crate) struct Stream<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) operation: &'static str,
    pub(crate) ticket: Ticket,
    pub(crate) entries: mpsc::Receiver<Entry>,
}

/// How the answer ended.
pub(crate) struct End {
    /// What the directory said, unless it was success.
    pub(crate) refusal: Option<Refusal>,
    pub(crate) controls: Vec<LdapControl>,
}

impl Stream<'_> {
    /// The next entry; `None` when there are no more. The time-out is for the silence before
    /// it, not for the whole answer.
    pub(crate) async fn next(&mut self) -> Result<Option<Entry>, AdError> {
        let within = self.connection.silence();
        let Ok(entry) = timeout(within, self.entries.recv()).await else {
            return Err(self.connection.timed_out(self.operation, within, true));
        };
        self.connection.heard();
        Ok(entry)
    }

    /// How it ended, once there are no more entries.
    pub(crate) async fn end(mut self) -> Result<End, AdError> {
        let within = self.connection.silence();
        let Ok(answered) = timeout(within, &mut self.ticket.reply).await else {
            return Err(self.connection.timed_out(self.operation, within, true));
        };
        let answered = answered.unwrap_or_else(|_| Err(self.connection.gone()));
        let reply = answered.map_err(|loss| self.connection.lost(self.operation, true, loss))?;
        let refusal = Refusal::of(reply.result);
        Ok(End {
            refusal: (refusal.code != 0).then_some(refusal),
            controls: reply.controls,
        })
    }
}
