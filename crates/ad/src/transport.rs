//! The bytes of one connection: TCP, TLS, and the two tasks that write and read them.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use bytes::BytesMut;
use rustls::{ClientConfig, pki_types::ServerName};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf},
    net::TcpStream,
    sync::mpsc,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use zeroize::Zeroizing;

use crate::{
    ber::Bytes,
    certificate::certificate_problem,
    codec::Messages,
    departure::Departure,
    error::{AdError, Loss},
    waiting::Waiting,
};

/// After this long without traffic the kernel asks whether the other side still lives, so
/// that a dead peer is noticed and a firewall keeps its memory of the connection.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(20);
/// Between two such questions.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
/// How long the kernel sends again what the other side does not acknowledge. Its own limit is some
/// 15 minutes, and it goes on while the process is suspended: a write that lay in a partition would
/// arrive when everybody has stopped waiting for it. Longer than an operation is waited for, and
/// far shorter than the resolver's quiet time.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);
/// Requests that may wait for the socket; more than an agent has in flight.
const QUEUE: usize = 64;
/// Bytes to ask of the socket at a time: a few TLS records.
const READ_CHUNK: usize = 32 * 1024;

/// A request on its way out.
pub(crate) struct Outgoing {
    pub(crate) bytes: Bytes,
    pub(crate) departure: Departure,
}

/// Opens TCP and TLS to the first address that answers.
pub(crate) async fn connect(
    host: &str,
    addresses: &[IpAddr],
    port: u16,
    tls: &Arc<ClientConfig>,
    within: Duration,
) -> Result<TlsStream<TcpStream>, AdError> {
    // A silent address must leave time for the others, and the last for TLS.
    let shares = u32::try_from(addresses.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let each = within / shares;
    let mut last = None;
    for &address in addresses {
        let connected = tokio::time::timeout(each, TcpStream::connect((address, port))).await;
        let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        match connected {
            Ok(stream) => return handshake(host, stream, tls).await,
            Err(source) => {
                let host = host.to_owned();
                last = Some(AdError::Connect {
                    host,
                    address,
                    port,
                    source,
                });
            }
        }
    }
    Err(last.unwrap_or_else(|| AdError::Dns {
        name: host.to_owned(),
        source: "it has no address".into(),
    }))
}

async fn handshake(
    host: &str,
    stream: TcpStream,
    tls: &Arc<ClientConfig>,
) -> Result<TlsStream<TcpStream>, AdError> {
    let failed = |source: io::Error| AdError::Tls {
        host: host.to_owned(),
        source,
    };
    tune(&stream).map_err(failed)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| failed(io::Error::other("it is not a host name")))?;
    let stream = TlsConnector::from(Arc::clone(tls))
        .connect(name, stream)
        .await;
    stream.map_err(|source| match certificate_problem(&source) {
        Some(problem) => AdError::Certificate {
            host: host.to_owned(),
            source: problem,
        },
        None => AdError::Tls {
            host: host.to_owned(),
            source,
        },
    })
}

/// What the kernel is to do about this connection.
fn tune(stream: &TcpStream) -> io::Result<()> {
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_AFTER)
        .with_interval(KEEPALIVE_INTERVAL);
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&keepalive)?;
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    // A write that was given up, or whose process was killed, must not be sent again by the kernel
    // for minutes: closing throws away what is not acknowledged.
    socket.set_linger(Some(Duration::ZERO))
}

/// Starts the two tasks. Both end when the connection does, or when the sender that this
/// gives back is dropped.
pub(crate) fn run(
    stream: TlsStream<TcpStream>,
    waiting: &Arc<Waiting>,
    max_message: usize,
    stall: Duration,
) -> mpsc::Sender<Outgoing> {
    let (sender, queue) = mpsc::channel(QUEUE);
    let (from, to) = tokio::io::split(stream);
    tokio::spawn(read(from, Arc::clone(waiting), max_message));
    tokio::spawn(write(to, queue, Arc::clone(waiting), stall));
    sender
}

async fn read(mut from: ReadHalf<TlsStream<TcpStream>>, waiting: Arc<Waiting>, max_message: usize) {
    let mut messages = Messages::new(max_message);
    let mut buffer = BytesMut::with_capacity(READ_CHUNK);
    let loss = loop {
        match messages.next(&mut buffer) {
            Ok(None) => {}
            Ok(Some((message, size))) => match waiting.deliver(message, size) {
                Ok(None) => continue,
                // While it waits for room nothing is read: the domain controller waits, too.
                Ok(Some(handover)) => tokio::select! {
                    () = waiting.over.cancelled() => break Loss::Abandoned,
                    () = handover.give() => continue,
                },
                Err(loss) => break loss,
            },
            Err(loss) => break loss,
        }
        buffer.reserve(READ_CHUNK);
        tokio::select! {
            () = waiting.over.cancelled() => break Loss::Abandoned,
            got = from.read_buf(&mut buffer) => match got {
                Ok(0) => break Loss::Closed,
                Ok(_) => {}
                Err(error) => break Loss::Io(Arc::new(error)),
            },
        }
    };
    waiting.end(&loss);
}

async fn write(
    mut to: WriteHalf<TlsStream<TcpStream>>,
    mut queue: mpsc::Receiver<Outgoing>,
    waiting: Arc<Waiting>,
    stall: Duration,
) {
    let mut batch = Vec::new();
    loop {
        let got = tokio::select! {
            () = waiting.over.cancelled() => break,
            got = queue.recv_many(&mut batch, QUEUE) => got,
        };
        let leaving = if got == 0 {
            // Nobody holds the connection any more: take leave.
            crate::request::unbind(i32::MAX)
        } else {
            together(&mut batch)
        };
        // A peer that takes no bytes for so long is gone.
        let written = tokio::time::timeout(stall, async {
            to.write_all(&leaving).await?;
            to.flush().await
        });
        match written.await {
            Ok(Ok(())) if got > 0 => {}
            Ok(Ok(())) => break,
            Ok(Err(error)) => {
                waiting.end(&Loss::Io(Arc::new(error)));
                break;
            }
            Err(_) => {
                waiting.end(&Loss::Io(Arc::new(io::ErrorKind::TimedOut.into())));
                break;
            }
        }
    }
    // Best effort: the other side may be gone already.
    let _ = tokio::time::timeout(stall, to.shutdown()).await;
    waiting.end(&Loss::Abandoned);
}

/// Requests that wait together leave together, in one packet.
fn together(batch: &mut Vec<Outgoing>) -> Bytes {
    batch.retain(|outgoing| outgoing.departure.depart());
    let length = batch.iter().map(|outgoing| outgoing.bytes.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    batch
        .drain(..)
        .for_each(|outgoing| bytes.extend_from_slice(&outgoing.bytes));
    bytes
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn what_nobody_acknowledges_is_not_sent_for_long() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        tune(&stream).unwrap();
        let kept = SockRef::from(&stream).tcp_user_timeout().unwrap();
        assert_eq!(kept, Some(UNACKNOWLEDGED));
    }

    #[tokio::test]
    async fn closing_throws_away_what_was_not_delivered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stream, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (mut stream, (mut peer, _)) = (stream.unwrap(), accepted.unwrap());
        tune(&stream).unwrap();
        stream.write_all(b"a write").await.unwrap();
        drop(stream);
        let mut got = Vec::new();
        // An orderly end would be `Ok`: what is unsent would then be sent again and again.
        let ended = peer.read_to_end(&mut got).await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::ConnectionReset);
    }
}
