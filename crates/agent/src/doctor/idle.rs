//! How long something on the way holds a connection on which nothing is said.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, header::HOST};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep, timeout};
use writeback_doctor::{Finding, Outcome, Step, Verdict};
use writeback_wire::PING_SECONDS;

use super::{Around, STEP_LIMIT};
use crate::transport::{CloudUrl, Transport, TransportError};

pub(super) const CHECK: &str = "idle-hold";

/// The cloud answers this to everybody.
const ASKED: &str = "/health";

/// An answer on a connection that stands takes no longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What drops connections sooner than three pings follow each other may drop the link, too, when
/// one ping is late.
const HARMLESS_FROM: Duration = Duration::from_secs(3 * PING_SECONDS);

/// What became of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// It answered again.
    Kept,
    /// The other end, or a proxy before it, ended it in order after so long.
    Ended(Duration),
    /// It was there no more and nobody had said so, or it was reset.
    Dropped,
}

/// Nothing where no silence is wanted.
pub(super) fn step(around: &Around, transport: &Arc<Transport>) -> Option<Step> {
    let longest = around.silences.iter().max()?;
    let limit = *longest + STEP_LIMIT + 2 * ANSWER_WITHIN;
    let work = hold(Arc::clone(transport), around.silences.clone());
    Some(Step::new(CHECK, "", limit, work))
}

/// Keeps one silent connection for each of the silences, all at once.
async fn hold(transport: Arc<Transport>, silences: Vec<Duration>) -> Outcome {
    let probes = silences.into_iter().map(|silence| {
        let transport = Arc::clone(&transport);
        async move { Ok::<_, TransportError>((silence, probe(&transport, silence).await?)) }
    });
    let held: Result<Vec<_>, _> = join_all(probes).await.into_iter().collect();
    match held {
        Ok(held) => judge(&held, transport.cloud()).into(),
        Err(error) => Finding::new(CHECK, "", Verdict::CouldNotRun)
            .because("No connection could be opened to be kept.")
            .error(&error)
            .into(),
    }
}

async fn probe(transport: &Transport, silence: Duration) -> Result<Held, TransportError> {
    let broken = |source: hyper::Error| TransportError::Http {
        host: transport.cloud().host().to_owned(),
        source: source.into(),
    };
    let stream = TokioIo::new(transport.dial().await?);
    let (mut sender, connection) = handshake(stream).await.map_err(broken)?;
    let mut connection = tokio::spawn(connection);
    let first = timeout(ANSWER_WITHIN, ask(&mut sender, transport)).await;
    match first {
        Ok(answer) => answer.map_err(broken)?,
        Err(_) => {
            return Err(TransportError::TimedOut {
                host: transport.cloud().host().to_owned(),
            });
        }
    }
    let began = Instant::now();
    let held = tokio::select! {
        ended = &mut connection => match ended {
            Ok(Ok(())) => Held::Ended(began.elapsed()),
            _ => Held::Dropped,
        },
        () = sleep(silence) => match timeout(ANSWER_WITHIN, ask(&mut sender, transport)).await {
            Ok(Ok(())) => Held::Kept,
            _ => Held::Dropped,
        },
    };
    connection.abort();
    Ok(held)
}

async fn ask(
    sender: &mut SendRequest<Empty<Bytes>>,
    transport: &Transport,
) -> Result<(), hyper::Error> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = http::Uri::from_static(ASKED);
    if let Ok(host) = transport.cloud().authority().parse() {
        request.headers_mut().insert(HOST, host);
    }
    sender
        .send_request(request)
        .await?
        .into_body()
        .collect()
        .await
        .map(drop)
}

/// What follows. Only who asks for it is told, and so whatever was dropped is worth a line; the
/// link itself is never silent for so long.
fn judge(held: &[(Duration, Held)], transport: &CloudUrl) -> Finding {
    let of = |wanted: Held| {
        held.iter()
            .filter(move |it| it.1 == wanted)
            .map(|it| it.0.as_secs())
    };
    let kept = of(Held::Kept).max().unwrap_or_default();
    let dropped = of(Held::Dropped).min();
    let ended = held.iter().filter_map(|(_, held)| match held {
        Held::Ended(after) => Some(after.as_secs()),
        Held::Kept | Held::Dropped => None,
    });
    let (limit, what) = match (dropped, ended.min()) {
        (None, None) => {
            return Finding::fine(CHECK, "").seen("held a silent connection", format!("{kept} s"));
        }
        (dropped, Some(after)) if dropped.is_none_or(|it| after < it) => {
            (after, format!("ended in order after {after} s"))
        }
        (dropped, _) => {
            let until = dropped.unwrap_or_default();
            (
                until,
                format!("gone without a word after {kept} to {until} s"),
            )
        }
    };
    let finding = Finding::warning(CHECK, "")
        .seen("a silent connection", what)
        .name("host", transport.host())
        .name("port", transport.port());
    if limit < HARMLESS_FROM.as_secs() {
        finding.because(format!(
            "Something on the way drops connections so soon that the link breaks when one word of \
             it is late: it says something every {PING_SECONDS} s."
        ))
    } else {
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_drops_silent_connections_is_told_with_the_seconds() {
        let cloud = "https://cloud.example.org".parse().unwrap();
        let of = |held: &[(u64, Held)]| {
            let held: Vec<_> = held.iter().map(|it| (s(it.0), it.1)).collect();
            let finding = judge(&held, &cloud);
            let seen = finding.evidence.iter().map(|it| it.value.clone()).next();
            (
                finding.verdict,
                seen.unwrap_or_default(),
                finding.cause.is_some(),
            )
        };
        let told = |verdict, seen: &str, soon| (verdict, seen.to_owned(), soon);
        assert_eq!(
            of(&[(30, Held::Kept), (180, Held::Kept)]),
            told(Verdict::Fine, "180 s", false)
        );
        assert_eq!(
            of(&[(30, Held::Kept), (60, Held::Dropped), (120, Held::Dropped)]),
            told(
                Verdict::Warning,
                "gone without a word after 30 to 60 s",
                false
            )
        );
        assert_eq!(
            of(&[(60, Held::Ended(s(45))), (120, Held::Dropped)]),
            told(Verdict::Warning, "ended in order after 45 s", false)
        );
        assert_eq!(
            of(&[(10, Held::Dropped), (30, Held::Dropped)]),
            told(
                Verdict::Warning,
                "gone without a word after 0 to 10 s",
                true
            )
        );
        assert!(of(&[(30, Held::Ended(s(9)))]).2);
    }
}
