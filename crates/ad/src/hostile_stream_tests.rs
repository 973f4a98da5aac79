//! Long searches of a domain controller that does everything wrong.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use proptest::{prelude::*, test_runner::TestRunner};
use tokio::io::AsyncWriteExt as _;

use crate::{
    AdError, Loss,
    ber::element,
    connection::Connection,
    entry::tests::written,
    hostile_tests::{BOUND, LIMIT, Server, hear},
    search::{Ask, Search, next_page, position},
    stream::{End, ROOM},
};

/// The end of search number 2, with this much of an answer's controls.
fn done(code: u8, controls: &[u8]) -> Vec<u8> {
    let op = element(0x65, &[&[0x0a, 1, code, 4, 0, 4, 0]]);
    element(0x30, &[b"\x02\x01\x02", &op, controls]).to_vec()
}

fn control(oid: &str, value: &[u8]) -> Vec<u8> {
    let (oid, value) = (element(4, &[oid.as_bytes()]), element(4, &[value]));
    element(0xa0, &[&element(0x30, &[&oid, &value])]).to_vec()
}

fn dir_sync(flags: &[u8], cookie: &[u8]) -> Vec<u8> {
    let (flags, cookie) = (element(2, &[flags]), element(4, &[cookie]));
    let value = element(0x30, &[&flags, &[2, 1, 0], &cookie]);
    done(0, &control("1.2.840.113556.1.4.841", &value))
}

fn entry(dn: &[u8], value: &[u8]) -> Vec<u8> {
    let op = element(0x64, &[&written(dn, &[("a", &[value])])]);
    element(0x30, &[b"\x02\x01\x02", &op]).to_vec()
}

fn all_of(base: &str) -> Search<'_> {
    let mut search = Search::object(base, &["a"]);
    search.controls = vec![Ask::ExtendedDn];
    search
}

/// Everything the stream gives until it ends.
async fn taken(connection: &Connection) -> (usize, Result<End, AdError>) {
    let mut stream = connection.stream("search", &all_of("")).await.unwrap();
    let mut count = 0;
    loop {
        match stream.next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, stream.end().await),
            Err(error) => return (count, Err(error)),
        }
    }
}

/// Signs in, asks one long search, and gets these bytes for an answer.
async fn streamed(answer: &[u8]) -> (usize, Result<End, AdError>, Connection) {
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
        let (count, end) = taken(&connection).await;
        (count, end, connection)
    };
    let (_stream, answered) = tokio::join!(serve, ask);
    answered
}

#[tokio::test]
async fn more_than_fits_into_memory_is_handed_on_as_it_comes() {
    // Twenty times the limit of a search that is kept.
    let big = entry(b"CN=a", &vec![b'x'; LIMIT / 2]);
    let answer = [big.repeat(200), done(0, b"")].concat();
    let (count, end, connection) = streamed(&answer).await;
    assert_eq!(count, 200);
    assert!(end.unwrap().refusal.is_none() && connection.usable());
}

#[tokio::test]
async fn nothing_is_read_that_nobody_takes() {
    const COUNT: usize = 4_000;
    let server = Server::new().await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let serve = async {
        let mut stream = server.accept().await;
        hear(&mut stream).await;
        stream.write_all(BOUND).await.unwrap();
        hear(&mut stream).await;
        let entry = entry(b"CN=a", &vec![b'x'; LIMIT / 2]);
        for _ in 0..COUNT {
            stream.write_all(&entry).await.unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
        }
        stream.write_all(&done(0, b"")).await.unwrap();
        stream.flush().await.unwrap();
        stream
    };
    let ask = async {
        let connection = server.connect().await.unwrap();
        let mut stream = connection.stream("search", &all_of("")).await.unwrap();
        // Until the other side has come to a standstill.
        let mut before = usize::MAX;
        while sent.load(Ordering::SeqCst) != before || before == 0 {
            before = sent.load(Ordering::SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        // What the sockets hold is more than a few entries, but not all of them.
        assert!((ROOM..COUNT / 2).contains(&before), "{before} were sent");
        let mut count = 0;
        while stream.next().await.unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, COUNT);
        assert!(stream.end().await.unwrap().refusal.is_none());
        connection
    };
    tokio::join!(serve, ask);
}

#[tokio::test]
async fn who_stops_taking_closes_the_connection() {
    let server = Server::new().await;
    let serve = async {
        let mut stream = server.accept().await;
        hear(&mut stream).await;
        stream.write_all(BOUND).await.unwrap();
        hear(&mut stream).await;
        let entry = entry(b"CN=a", &vec![b'x'; LIMIT / 2]);
        // Only an end of the connection ends this.
        while stream.write_all(&entry).await.is_ok() {}
    };
    let ask = async {
        let connection = server.connect().await.unwrap();
        let mut stream = connection.stream("search", &all_of("")).await.unwrap();
        assert!(stream.next().await.unwrap().is_some());
    };
    tokio::join!(serve, ask);
}

#[tokio::test]
async fn a_name_that_is_no_text_ends_nothing() {
    let answer = [
        entry(b"CN=\xff\xc3\x28", b"\xff"),
        entry(b"CN=b", b""),
        done(0, b""),
    ];
    let (count, end, connection) = streamed(&answer.concat()).await;
    assert!(count == 2 && end.is_ok() && connection.usable());
}

#[tokio::test]
async fn silence_in_the_middle_is_not_waited_for() {
    let (count, end, connection) = streamed(&entry(b"CN=a", b"x").repeat(3)).await;
    assert_eq!(count, 3);
    assert!(matches!(end, Err(AdError::TimedOut { sent: true, .. })));
    assert!(!connection.usable());
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error_after_what_came() {
    let large = entry(b"CN=a", &vec![b'x'; LIMIT]);
    for broken in [
        b"HTTP/1.1 400 Bad Request".as_slice(),
        // An object that is none; one for a question that was never asked; a bind's answer.
        b"\x30\x07\x02\x01\x02\x64\x02\x04\x00",
        b"\x30\x09\x02\x01\x03\x64\x04\x04\x00\x30\x00",
        b"\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
        &large,
    ] {
        let (count, end, connection) = streamed(&[&entry(b"CN=a", b"x"), broken].concat()).await;
        assert_eq!(count, 1);
        assert!(matches!(
            end,
            Err(AdError::Lost {
                sent: true,
                source: Loss::NotUnderstood(_) | Loss::TooLarge { .. },
                ..
            })
        ));
        assert!(!connection.usable());
    }
}

#[tokio::test]
async fn a_refusal_after_half_of_the_answer_is_a_refusal() {
    let answer = [entry(b"CN=a", b"x"), done(3, b"")].concat();
    let (count, end, _) = streamed(&answer).await;
    assert_eq!((count, end.unwrap().refusal.unwrap().code), (1, 3));
}

#[tokio::test]
async fn positions_are_taken_from_good_controls_only() {
    let (_, end, _) = streamed(&dir_sync(&[0], b"here")).await;
    let good = position(end.unwrap().controls).unwrap();
    assert!(!good.more && good.cookie == b"here");
    for more in [&[1][..], &[0xff], &[0x7f, 0xff, 0xff, 0xff]] {
        let (_, end, _) = streamed(&dir_sync(more, b"here")).await;
        assert!(position(end.unwrap().controls).unwrap().more);
    }
    // No control, an empty cookie, that of pages, and one that nobody knows.
    let paged = control("1.2.840.113556.1.4.319", b"\x30\x05\x02\x01\x00\x04\x00");
    let unknown = control("1.2.3.4", b"");
    for answer in [
        done(0, b""),
        dir_sync(&[1], b""),
        done(0, &paged),
        done(0, &unknown),
    ] {
        let (_, end, _) = streamed(&answer).await;
        let controls = end.unwrap().controls;
        assert!(position(controls.clone()).is_none() && next_page(controls).is_none());
    }
    // What is no control ends the connection.
    for value in [
        b"".as_slice(),
        b"\x30\x00",
        b"\x30\x03\x02\x01\x00",
        b"\x30\x84\xff\xff\xff\xff",
    ] {
        let bad = done(0, &control("1.2.840.113556.1.4.841", value));
        let (_, end, _) = streamed(&bad).await;
        assert!(matches!(end, Err(AdError::Lost { .. })), "{value:02x?}");
    }
}

#[test]
fn random_controls_and_objects_never_end_the_program() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: 60,
        ..ProptestConfig::default()
    };
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    let ending = b"\x30\x00";
    let run = TestRunner::new(config).run(&bytes, |bytes| {
        let value = control("1.2.840.113556.1.4.841", &bytes);
        let object = element(0x30, &[b"\x02\x01\x02", &element(0x64, &[&bytes])]);
        for answer in [done(0, &value), object.to_vec()] {
            let _ = runtime.block_on(streamed(&[answer.as_slice(), ending].concat()));
        }
        Ok(())
    });
    run.unwrap();
}
