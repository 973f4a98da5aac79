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
use tokio::{sync::mpsc, time::Instant};

use crate::{
    ber::Bytes,
    config::{Credentials, Limits},
    error::{AdError, Loss},
    refusal::Refusal,
    request::{self, Change, Control, Search},
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
        match tokio::time::timeout(limits.connect, open).await {
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
        let write = |id| Ok(request::bind(id, user, password));
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
        let write = |id| {
            let bytes = request::search(id, search, seconds);
            bytes.map_err(|_| Loss::NotUnderstood("a search that cannot be written"))
        };
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
        let write = |id| Ok(request::modify(id, dn, changes, control));
        self.call(operation, Kind::Modify, self.limits.operation, write)
            .await
    }

    async fn call(
        &self,
        operation: &'static str,
        kind: Kind,
        within: Duration,
        write: impl FnOnce(i32) -> Result<Bytes, Loss>,
    ) -> Result<Reply, AdError> {
        let lost = |sent, source| AdError::Lost {
            host: self.host.to_string(),
            operation,
            sent,
            source,
        };
        let mut ticket = self.waiting.enter(kind).map_err(|loss| lost(false, loss))?;
        let bytes = write(ticket.id).map_err(|loss| lost(false, loss))?;
        let answered = tokio::time::timeout(within, self.exchange(&mut ticket, bytes)).await;
        // From here on the request cannot leave any more, and whether it did is known.
        let sent = ticket.departure.cancel();
        match answered {
            Ok(Ok(reply)) => {
                *self
                    .last_answer
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Instant::now();
                Ok(reply)
            }
            Ok(Err(loss)) => Err(lost(sent, loss)),
            Err(_) => {
                // Whatever else is asked here would wait behind it.
                self.retire();
                let host = self.host.to_string();
                Err(AdError::TimedOut {
                    host,
                    operation,
                    after: within,
                    sent,
                })
            }
        }
    }

    async fn exchange(&self, ticket: &mut Ticket, bytes: Bytes) -> Result<Reply, Loss> {
        let gone = || self.waiting.lost().unwrap_or(Loss::Abandoned);
        let outgoing = Outgoing {
            bytes,
            departure: ticket.departure.clone(),
        };
        self.queue.send(outgoing).await.map_err(|_| gone())?;
        match (&mut ticket.reply).await {
            Ok(answered) => answered,
            Err(_) => Err(gone()),
        }
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
