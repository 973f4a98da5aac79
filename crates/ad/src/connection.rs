//! One signed-in connection to one domain controller, with several operations in flight.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ldap3_proto::proto::LdapResultCode;
use rustls::ClientConfig;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::{
    ber::Bytes,
    config::{Credentials, Limits},
    error::{AdError, Loss},
    refusal::Refusal,
    request::{self, Change, Control},
    search::Search,
    stream::{ROOM, Stream},
    transport::{self, Outgoing},
    waiting::{Kind, Reply, Ticket, Waiting},
};

/// A connection. Dropping it signs out.
pub(crate) struct Connection {
    host: Arc<str>,
    queue: mpsc::Sender<Outgoing>,
    waiting: Arc<Waiting>,
    limits: Limits,
    last_answer: Mutex<Instant>,
    retired: AtomicBool,
}

impl Connection {
    /// Connects and signs in, within the connect time-out.
    pub(crate) async fn open(
        host: &str,
        addresses: &[IpAddr],
        port: u16,
        tls: &Arc<ClientConfig>,
        credentials: &Credentials,
        limits: &Limits,
    ) -> Result<Self, AdError> {
        let open = async {
            let stream = transport::connect(host, addresses, port, tls, limits.connect).await?;
            let waiting = Waiting::new(limits.max_search_bytes);
            let queue =
                transport::run(stream, &waiting, limits.max_message_bytes, limits.operation);
            let connection = Self {
                host: host.into(),
                queue,
                waiting,
                limits: limits.clone(),
                last_answer: Mutex::new(Instant::now()),
                retired: AtomicBool::new(false),
            };
            connection.bind(credentials).await?;
            Ok(connection)
        };
        match timeout(limits.connect, open).await {
            Ok(opened) => opened,
            Err(_) => Err(AdError::TimedOut {
                host: host.to_owned(),
                operation: "connect",
                after: limits.connect,
                sent: false,
            }),
        }
    }

    async fn bind(&self, credentials: &Credentials) -> Result<(), AdError> {
        let Credentials { user, password } = credentials;
        let write = |id| request::bind(id, user, password);
        let reply = self
            .call("sign-in", Kind::Bind, self.limits.connect, write)
            .await?;
        match reply.result.code {
            LdapResultCode::Success => Ok(()),
            _ => {
                let source = Refusal::of(reply.result);
                Err(AdError::Bind {
                    host: self.host.to_string(),
                    source,
                })
            }
        }
    }

    /// A search, within the operation time-out. A refusal is in the reply.
    pub(crate) async fn search(
        &self,
        operation: &'static str,
        search: Search<'_>,
    ) -> Result<Reply, AdError> {
        self.search_within(operation, search, self.limits.operation)
            .await
    }

    pub(crate) async fn search_within(
        &self,
        operation: &'static str,
        search: Search<'_>,
        within: Duration,
    ) -> Result<Reply, AdError> {
        let seconds = i32::try_from(within.as_secs().max(1)).unwrap_or(i32::MAX);
        let write = |id| request::search(id, &search, seconds);
        self.call(operation, Kind::Search, within, write).await
    }

    /// A modify, within the operation time-out. A refusal is in the reply.
    pub(crate) async fn modify(
        &self,
        operation: &'static str,
        dn: &str,
        changes: &[Change],
        control: Option<Control>,
    ) -> Result<Reply, AdError> {
        let write = |id| request::modify(id, dn, changes, &control);
        self.call(operation, Kind::Modify, self.limits.operation, write)
            .await
    }

    /// A search whose entries are handed on as they come. It has been sent, or soon will be,
    /// when this returns.
    pub(crate) async fn stream(
        &self,
        operation: &'static str,
        search: &Search<'_>,
    ) -> Result<Stream<'_>, AdError> {
        let lost = |loss| self.lost(operation, false, loss);
        let (ticket, entries) = self.waiting.enter_stream(ROOM).map_err(lost)?;
        // The domain controller's own limits bound its work.
        let bytes = request::search(ticket.id, search, 0);
        let within = self.silence();
        match timeout(within, self.send(&ticket, bytes)).await {
            Ok(queued) => queued.map_err(lost)?,
            Err(_) => return Err(self.timed_out(operation, within, ticket.departure.cancel())),
        }
        Ok(Stream {
            connection: self,
            operation,
            ticket,
            entries,
        })
    }

    async fn call(
        &self,
        operation: &'static str,
        kind: Kind,
        within: Duration,
        write: impl FnOnce(i32) -> Bytes,
    ) -> Result<Reply, AdError> {
        let entered = self.waiting.enter(kind);
        let mut ticket = entered.map_err(|loss| self.lost(operation, false, loss))?;
        let bytes = write(ticket.id);
        let answered = timeout(within, self.exchange(&mut ticket, bytes)).await;
        // From here on the request cannot leave any more, and whether it did is known.
        let sent = ticket.departure.cancel();
        match answered {
            Ok(Ok(reply)) => {
                self.heard();
                Ok(reply)
            }
            Ok(Err(loss)) => Err(self.lost(operation, sent, loss)),
            Err(_) => Err(self.timed_out(operation, within, sent)),
        }
    }

    async fn exchange(&self, ticket: &mut Ticket, bytes: Bytes) -> Result<Reply, Loss> {
        self.send(ticket, bytes).await?;
        match (&mut ticket.reply).await {
            Ok(answered) => answered,
            Err(_) => Err(self.gone()),
        }
    }

    async fn send(&self, ticket: &Ticket, bytes: Bytes) -> Result<(), Loss> {
        let outgoing = Outgoing {
            bytes,
            departure: ticket.departure.clone(),
        };
        let queued = self.queue.send(outgoing).await;
        queued.map_err(|_| self.gone())
    }

    /// How it ended, for someone who learns only that it did.
    pub(crate) fn gone(&self) -> Loss {
        self.waiting.lost().unwrap_or(Loss::Abandoned)
    }

    pub(crate) fn lost(&self, operation: &'static str, sent: bool, source: Loss) -> AdError {
        AdError::Lost {
            host: self.host.to_string(),
            operation,
            sent,
            source,
        }
    }

    pub(crate) fn timed_out(
        &self,
        operation: &'static str,
        after: Duration,
        sent: bool,
    ) -> AdError {
        // Whatever else is asked here would wait behind it.
        self.retire();
        AdError::TimedOut {
            host: self.host.to_string(),
            operation,
            after,
            sent,
        }
    }

    /// Notes that it is alive.
    pub(crate) fn heard(&self) {
        let mut last = self
            .last_answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Instant::now();
    }

    /// How long a search that is handed on as it comes may be silent.
    pub(crate) const fn silence(&self) -> Duration {
        self.limits.silence
    }

    /// The DNS name it was made for.
    pub(crate) fn host(&self) -> &Arc<str> {
        &self.host
    }

    /// Whether new operations may be given to it.
    pub(crate) fn usable(&self) -> bool {
        !self.retired.load(Ordering::Acquire) && self.waiting.lost().is_none()
    }

    /// No new operations; those in flight go on.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    /// For how long it has been silent.
    pub(crate) fn silent_for(&self) -> Duration {
        self.last_answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }
}
