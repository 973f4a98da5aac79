//! A network of our own between an agent and one of its peers: a relay of TCP connections that
//! can be late, stand still, and end one side alone. TLS goes through it unopened.

use std::{
    net::SocketAddrV4,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    time::{self, Instant},
};

/// How much may be on its way in one direction of a connection, in pieces.
const PIECES: usize = 256;

/// How the network is now. A number applies to the connections that were begun before it, counted
/// from 1; 0 to none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weather {
    /// So long is on its way what the agent sends.
    pub(super) late_out: Duration,
    /// So long is on its way what comes back.
    pub(super) late_back: Duration,
    /// What the agent sends is on its way and does not arrive yet.
    pub(super) held_out: u64,
    /// The same for what comes back.
    pub(super) held_back: u64,
    /// The agent's side is closed. What it had sent still arrives.
    pub(super) near_closed: u64,
    /// The peer is told that the agent has nothing more to say, and hears nothing more of it; what
    /// the peer says still arrives.
    pub(super) out_closed: u64,
}

/// Every connection, also those to come.
pub(super) const ALL: u64 = u64::MAX;

/// One relay.
pub(super) struct Relay {
    port: u16,
    begun: Arc<AtomicU64>,
    weather: watch::Sender<Weather>,
}

impl Relay {
    /// Listens, and carries what comes to the peer. Ends with the value.
    pub(super) async fn to(peer: SocketAddrV4, late_out: Duration) -> Result<Self> {
        let listener = TcpListener::bind("0.0.0.0:0").await?;
        let (weather, _) = watch::channel(Weather {
            late_out,
            ..Weather::default()
        });
        let relay = Self {
            port: listener.local_addr()?.port(),
            begun: Arc::default(),
            weather,
        };
        let (weather, begun) = (relay.weather.clone(), Arc::clone(&relay.begun));
        tokio::spawn(async move {
            loop {
                let Ok((near, _)) = listener.accept().await else {
                    // Out of descriptors, say: the next one may be taken.
                    time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let number = begun.fetch_add(1, Ordering::SeqCst);
                let weather = weather.subscribe();
                tokio::spawn(async move {
                    // Who dials sees it closed at once, as where nobody listens.
                    if let Ok(far) = TcpStream::connect(peer).await {
                        carry(near, far, number, weather).await;
                    }
                });
            }
        });
        Ok(relay)
    }

    /// Where it listens.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The number that stands for every connection so far.
    pub(super) fn so_far(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// Changes the weather.
    pub(super) fn change(&self, change: impl FnOnce(&mut Weather)) {
        self.weather.send_modify(change);
    }
}

async fn carry(near: TcpStream, far: TcpStream, number: u64, weather: watch::Receiver<Weather>) {
    // Late is what we make late.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    let out = Way {
        number,
        weather: weather.clone(),
        late: |weather| weather.late_out,
        held: |weather| weather.held_out,
        read_ends: |weather| weather.near_closed,
        write_ends: |weather| weather.out_closed,
    };
    let back = Way {
        number,
        weather,
        late: |weather| weather.late_back,
        held: |weather| weather.held_back,
        read_ends: |_| 0,
        write_ends: |weather| weather.near_closed,
    };
    tokio::join!(
        out.pump(near_read, far_write),
        back.pump(far_read, near_write)
    );
}

/// One direction of one connection.
#[derive(Clone)]
struct Way {
    number: u64,
    weather: watch::Receiver<Weather>,
    late: fn(&Weather) -> Duration,
    held: fn(&Weather) -> u64,
    read_ends: fn(&Weather) -> u64,
    write_ends: fn(&Weather) -> u64,
}

type Piece = (Instant, Vec<u8>);

/// Also ends with the relay.
async fn until(weather: &mut watch::Receiver<Weather>, is_so: impl FnMut(&Weather) -> bool) {
    let _ = weather.wait_for(is_so).await;
}

impl Way {
    async fn pump(self, read: OwnedReadHalf, write: OwnedWriteHalf) {
        let (sender, pieces) = mpsc::channel(PIECES);
        tokio::join!(self.clone().take(read, sender), self.deliver(pieces, write));
    }

    async fn take(mut self, mut read: OwnedReadHalf, pieces: mpsc::Sender<Piece>) {
        loop {
            let mut piece = vec![0; 16 * 1024];
            let (ends, number) = (self.read_ends, self.number);
            let read = tokio::select! {
                () = until(&mut self.weather, |weather| number < ends(weather)) => 0,
                read = read.read(&mut piece) => read.unwrap_or(0),
            };
            if read == 0 {
                return;
            }
            piece.truncate(read);
            let due = Instant::now() + (self.late)(&self.weather.borrow());
            if pieces.send((due, piece)).await.is_err() {
                return;
            }
        }
    }

    async fn deliver(mut self, mut pieces: mpsc::Receiver<Piece>, mut write: OwnedWriteHalf) {
        let (held, ends, number) = (self.held, self.write_ends, self.number);
        let mut weather = self.weather.clone();
        let delivering = async {
            while let Some((due, piece)) = pieces.recv().await {
                time::sleep_until(due).await;
                until(&mut self.weather, |weather| number >= held(weather)).await;
                if write.write_all(&piece).await.is_err() {
                    return;
                }
            }
        };
        let is_over = tokio::select! {
            () = delivering => true,
            () = until(&mut weather, |weather| number < ends(weather)) => false,
        };
        // Either way this direction has nothing more to say.
        let _ = write.shutdown().await;
        drop(write);
        if !is_over {
            // What still comes goes nowhere, and holds nobody up.
            while pieces.recv().await.is_some() {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn connected() -> (Relay, TcpStream, TcpStream) {
        let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let std::net::SocketAddr::V4(address) = peer.local_addr().unwrap() else {
            panic!("no such address")
        };
        let relay = Relay::to(address, Duration::ZERO).await.unwrap();
        let near = TcpStream::connect(("127.0.0.1", relay.port()))
            .await
            .unwrap();
        let (far, _) = peer.accept().await.unwrap();
        (relay, near, far)
    }

    async fn arrives(stream: &mut TcpStream, expected: &[u8]) {
        let mut came = vec![0; expected.len()];
        stream.read_exact(&mut came).await.unwrap();
        assert_eq!(came, expected);
    }

    async fn ends(stream: &mut TcpStream) {
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
    }

    #[tokio::test]
    async fn what_is_held_arrives_after_its_sender_is_gone() {
        let (relay, mut near, mut far) = connected().await;
        near.write_all(b"one").await.unwrap();
        arrives(&mut far, b"one").await;
        let so_far = relay.so_far();
        relay.change(|weather| weather.held_out = so_far);
        near.write_all(b"two").await.unwrap();
        far.write_all(b"back").await.unwrap();
        arrives(&mut near, b"back").await;
        drop(near);
        let nothing = time::timeout(Duration::from_millis(100), far.read_u8()).await;
        assert!(nothing.is_err(), "it arrived while it was held");
        relay.change(|weather| weather.held_out = 0);
        arrives(&mut far, b"two").await;
        ends(&mut far).await;
    }

    #[tokio::test]
    async fn one_side_may_end_alone() {
        let (relay, mut near, mut far) = connected().await;
        relay.change(|weather| weather.out_closed = ALL);
        ends(&mut far).await;
        far.write_all(b"still").await.unwrap();
        arrives(&mut near, b"still").await;
        relay.change(|weather| weather.near_closed = ALL);
        ends(&mut near).await;
    }
}
