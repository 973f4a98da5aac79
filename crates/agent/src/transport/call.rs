//! One HTTPS call.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HOST},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time;
use writeback_wire::http::ApiError;

use super::{Kept, Transport, TransportError};

/// How long a call may take after the connection stands. An import batch of some megabytes
/// fits through a slow line.
const CALL_PATIENCE: Duration = Duration::from_secs(60);

/// The largest answer, in bytes. The cloud's answers have less than one KiB.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// How much of a text from the cloud is shown.
const SHOWN_CHARACTERS_MAX: usize = 500;

/// What is sent.
#[derive(Clone)]
pub(crate) enum Body {
    /// `application/json`
    Json(Bytes),
    /// `application/x-www-form-urlencoded`
    Form(String),
    /// A GET has none.
    Nothing,
}

/// A call to the cloud: a POST, or a GET where nothing is sent.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    pub(crate) path: &'a str,
    /// The access token, where the call needs one.
    pub(crate) bearer: Option<&'a str>,
    pub(crate) body: Body,
}

/// What came back.
pub(crate) struct Answer {
    /// The cloud's clock, where the answer says it.
    pub(crate) date: Option<Timestamp>,
    /// The body of a 2xx answer, or what the refusal means.
    pub(crate) body: Result<Bytes, TransportError>,
}

impl Transport {
    /// Makes the call on a connection of its own and gives the body of a 2xx answer.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Bytes, TransportError> {
        self.ask(call).await?.body
    }

    /// The same, with what else the answer says.
    pub(crate) async fn ask(&self, call: Call<'_>) -> Result<Answer, TransportError> {
        Kept::default().ask(self, call).await
    }

    /// Asks with a token, and reads the answer as JSON. Without a question it is a GET.
    pub(crate) async fn ask_json<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        bearer: &str,
        question: Option<&Q>,
    ) -> Result<A, TransportError> {
        let odd = |why| TransportError::NotTheCloud {
            host: self.cloud().host().to_owned(),
            why,
        };
        let body = match question.map(serde_json::to_vec).transpose() {
            Ok(Some(body)) => Body::Json(body.into()),
            Ok(None) => Body::Nothing,
            Err(_) => return Err(odd("what it is asked could not be written")),
        };
        let call = Call {
            path,
            bearer: Some(bearer),
            body,
        };
        let answer = self.call(call).await?;
        serde_json::from_slice(&answer).map_err(|_| odd("its answer is another one than asked for"))
    }

    pub(super) async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, TransportError> {
        let stream = TokioIo::new(self.dial().await?);
        let (sender, connection) = hyper::client::conn::http1::handshake(stream)
            .await
            .map_err(|error| self.broken(error))?;
        // Ends by itself when the sender is dropped; how it ends the answer says.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(sender)
    }

    fn broken(
        &self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> TransportError {
        TransportError::Http {
            host: self.cloud().host().to_owned(),
            source: source.into(),
        }
    }

    pub(super) async fn exchange(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        call: Call<'_>,
    ) -> Result<Answer, TransportError> {
        let request = self.request(call).map_err(|error| self.broken(error))?;
        let exchange = async {
            let answer = sender
                .send_request(request)
                .await
                .map_err(|error| self.broken(error))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX)
                .collect()
                .await
                .map_err(|error| self.broken(error))?;
            Ok((head, body.to_bytes()))
        };
        let (head, body) = time::timeout(CALL_PATIENCE, exchange).await.map_err(|_| {
            TransportError::TimedOut {
                host: self.cloud().host().to_owned(),
            }
        })??;
        Ok(Answer {
            date: head.headers.get(DATE).and_then(date),
            body: match head.status {
                status if status.is_success() => Ok(body),
                status => Err(refusal(status, &body)),
            },
        })
    }

    fn request(&self, call: Call<'_>) -> Result<Request<Full<Bytes>>, http::Error> {
        let (kind, body) = match call.body {
            Body::Json(body) => (Some("application/json"), body),
            Body::Form(body) => (Some("application/x-www-form-urlencoded"), Bytes::from(body)),
            Body::Nothing => (None, Bytes::new()),
        };
        let mut request = Request::builder()
            .uri(call.path)
            .header(HOST, self.cloud().authority())
            .header(ACCEPT, "application/json");
        if let Some(kind) = kind {
            request = request.method(Method::POST).header(CONTENT_TYPE, kind);
        }
        if let Some(token) = call.bearer {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        request.body(Full::new(body))
    }
}

/// RFC 9110, section 5.6.7, in the one form that may be sent.
fn date(value: &HeaderValue) -> Option<Timestamp> {
    let text = value.to_str().ok()?;
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// `Bearer …`, marked so that it never prints.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, http::Error> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What the cloud's refusal means.
pub(super) fn refusal(status: StatusCode, body: &[u8]) -> TransportError {
    let said = serde_json::from_slice::<ApiError>(body).ok();
    let (error, description) = said.map_or_else(Default::default, |said| {
        (printable(&said.error), printable(&said.description))
    });
    match status {
        StatusCode::UNAUTHORIZED => TransportError::NotAccepted { description },
        StatusCode::UPGRADE_REQUIRED => TransportError::TooOld { description },
        status => TransportError::Refused {
            status: status.as_u16(),
            error,
            description,
        },
    }
}

/// Text from outside, fit for a terminal and a log.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(SHOWN_CHARACTERS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clouds_clock_is_read_and_nonsense_is_not() {
        let read = |text| date(&HeaderValue::from_static(text));
        let at = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(at));
        for odd in ["", "yesterday", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
