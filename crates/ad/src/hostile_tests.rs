//! A domain controller that does everything wrong: real TLS, then bytes of the test's choice.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use proptest::{prelude::*, test_runner::TestRunner};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use writeback_model::Secret;

use crate::{
    AdError, Credentials, Limits, Loss, Trust, connection::Connection, request::Change,
    search::Search, waiting::Reply,
};

/// A bind that succeeded, as number 1.
pub(crate) const BOUND: &[u8] = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";
pub(crate) const LIMIT: usize = 64 * 1024;

pub(crate) struct Server {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    trust: Trust,
}

impl Server {
    pub(crate) async fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            trust: Trust::CaPem(made.cert.pem().into_bytes()),
        }
    }

    pub(crate) async fn accept(&self) -> TlsStream<TcpStream> {
        let (stream, _) = self.listener.accept().await.unwrap();
        self.acceptor.accept(stream).await.unwrap()
    }

    pub(crate) async fn connect(&self) -> Result<Connection, AdError> {
        let tls = crate::tls::client_config(&self.trust).unwrap();
        let credentials = Credentials {
            user: "a@b".into(),
            password: Secret::new("c".into()),
        };
        let limits = Limits {
            connect: Duration::from_secs(2),
            operation: Duration::from_millis(400),
            silence: Duration::from_millis(400),
            max_message_bytes: LIMIT,
            max_search_bytes: 4 * LIMIT,
            ..Limits::default()
        };
        let port = self.listener.local_addr().unwrap().port();
        let addresses = [Ipv4Addr::LOCALHOST.into()];
        Connection::open("localhost", &addresses, port, &tls, &credentials, &limits).await
    }
}

pub(crate) async fn hear(stream: &mut TlsStream<TcpStream>) {
    let mut heard = [0; 2048];
    assert!(stream.read(&mut heard).await.unwrap() > 0);
}

/// Signs in, asks one search, and gets these bytes for an answer.
async fn searched(answer: &[u8]) -> (Result<Reply, AdError>, Connection) {
    let server = Server::new().await;
    let serve = async {
        let mut stream = server.accept().await;
        hear(&mut stream).await;
        stream.write_all(BOUND).await.unwrap();
        hear(&mut stream).await;
        // It may be refused before it has been written.
        let _ = stream.write_all(answer).await;
        let _ = stream.flush().await;
        stream
    };
    let ask = async {
        let connection = server.connect().await.unwrap();
        let reply = connection
            .search("search", Search::object("", &["a"]))
            .await;
        (reply, connection)
    };
    let (_stream, answered) = tokio::join!(serve, ask);
    answered
}

fn loss(reply: Result<Reply, AdError>) -> Loss {
    match reply {
        Err(AdError::Lost {
            sent: true, source, ..
        }) => source,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("taken for an answer"),
    }
}

#[tokio::test]
async fn bytes_that_are_no_answer_end_the_connection_and_nothing_else() {
    for bytes in [
        b"\x30\x00".as_slice(),
        b"\x30\x05\x02\x01\x02\x65\x00",
        b"\x30\x05\x02\x01\x01\x61\x00",
        b"\x30\x84\x7f\xff\xff\xff",
        b"\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x30\x80\x02\x01\x02\x00\x00",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        // The answer of number 3, which was never asked; of number -1; a bind's answer.
        b"\x30\x0c\x02\x01\x03\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
        b"\x30\x0f\x02\x04\xff\xff\xff\xff\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
        b"\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
        // A result code that there is not.
        b"\x30\x0c\x02\x01\x02\x65\x07\x0a\x01\x7e\x04\x00\x04\x00",
    ] {
        let (reply, connection) = searched(bytes).await;
        assert!(
            matches!(loss(reply), Loss::NotUnderstood(_) | Loss::TooLarge { .. }),
            "{bytes:02x?}"
        );
        assert!(!connection.usable());
    }
}

#[tokio::test]
async fn an_announced_end_says_why() {
    let text = "shutting down";
    let op = [
        b"\x0a\x01\x34\x04\x00\x04\x0d".as_slice(),
        text.as_bytes(),
        b"\x8a\x16",
        b"1.3.6.1.4.1.1466.20036",
    ]
    .concat();
    let op = crate::ber::element(0x78, &[&op]);
    let notice = crate::ber::element(0x30, &[&[2, 1, 0], &op]);
    let (reply, _) = searched(&notice).await;
    match loss(reply) {
        Loss::Announced(refusal) => assert_eq!((refusal.code, refusal.text.as_str()), (52, text)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_that_never_ends_is_not_waited_for() {
    let (reply, connection) = searched(b"\x30\x82\x40\x00\x02\x01\x02\x64").await;
    assert!(matches!(reply, Err(AdError::TimedOut { sent: true, .. })));
    assert!(!connection.usable());
}

#[tokio::test]
async fn a_search_that_never_ends_is_stopped_at_its_limit() {
    let value = vec![b'x'; 30_000];
    let value = crate::ber::element(4, &[&value]);
    let attribute =
        crate::ber::element(0x30, &[b"\x04\x01a", &crate::ber::element(0x31, &[&value])]);
    let entry = crate::ber::element(
        0x64,
        &[b"\x04\x00", &crate::ber::element(0x30, &[&attribute])],
    );
    let entry = crate::ber::element(0x30, &[b"\x02\x01\x02", &entry]);
    let (reply, _) = searched(&entry.repeat(20)).await;
    assert!(matches!(loss(reply), Loss::TooLarge { what: "search", .. }));
}

#[tokio::test]
async fn a_silent_end_leaves_the_write_unknown_only_if_it_was_sent() {
    let server = Server::new().await;
    let serve = async {
        let mut stream = server.accept().await;
        hear(&mut stream).await;
        stream.write_all(BOUND).await.unwrap();
        hear(&mut stream).await;
        // Gone, without TLS's own goodbye.
    };
    let write = async {
        let connection = server.connect().await.unwrap();
        let changes = [Change::replace("lockoutTime", "0")];
        let first = connection
            .modify("unlock", "<GUID=x>", &changes, None)
            .await;
        let second = connection
            .modify("unlock", "<GUID=x>", &changes, None)
            .await;
        (first.map(drop), second.map(drop))
    };
    let ((), (first, second)) = tokio::join!(serve, write);
    assert!(first.unwrap_err().may_have_been_sent());
    assert!(!second.unwrap_err().may_have_been_sent());
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let server = Server::new().await;
    let (_stream, connection) = tokio::join!(server.accept(), server.connect());
    assert!(matches!(
        connection.map(drop),
        Err(AdError::TimedOut {
            operation: "connect" | "sign-in",
            ..
        })
    ));
}

#[tokio::test]
async fn late_and_unasked_answers_of_old_numbers_are_passed_over() {
    let done = |id: u8| {
        [
            b"\x30\x0c\x02\x01".as_slice(),
            &[id],
            b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
        ]
        .concat()
    };
    let (reply, connection) = searched(&[BOUND.to_vec(), done(2)].concat()).await;
    assert!(reply.is_ok() && connection.usable());
}

#[test]
fn random_bytes_never_end_the_program() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: 60,
        ..ProptestConfig::default()
    };
    let bytes = prop::collection::vec(any::<u8>(), 1..200);
    let run = TestRunner::new(config).run(&bytes, |bytes| {
        let (reply, _) = runtime.block_on(searched(&bytes));
        prop_assert!(reply.is_err());
        Ok(())
    });
    run.unwrap();
}
