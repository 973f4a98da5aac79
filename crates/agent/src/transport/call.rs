//! One HTTPS call.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::time;
use writeback_wire::http::ApiError;

use super::{Transport, TransportError};

/// How long a call may take after the connection stands. An import batch of some megabytes
/// fits through a slow line.
const CALL_PATIENCE: Duration = Duration::from_secs(60);

/// The largest answer, in bytes. The cloud's answers have less than one KiB.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// How much of a text from the cloud is shown.
const SHOWN_CHARACTERS_MAX: usize = 500;

/// What is sent.
pub(crate) enum Body {
    /// `application/json`
    Json(Vec<u8>),
    /// `application/x-www-form-urlencoded`
    Form(String),
}

/// A POST to the cloud.
pub(crate) struct Call<'a> {
    pub(crate) path: &'a str,
    /// The access token, where the call needs one.
    pub(crate) bearer: Option<&'a str>,
    pub(crate) body: Body,
}

impl Transport {
    /// Makes the call on a connection of its own and gives the body of a 2xx answer.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Bytes, TransportError> {
        let stream = self.dial().await?;
        let host = || self.cloud().host().to_owned();
        let broken = |source: Box<dyn std::error::Error + Send + Sync>| TransportError::Http {
            host: host(),
            source,
        };
        let exchange = async {
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream))
                    .await
                    .map_err(|error| broken(error.into()))?;
            let request = self.request(call).map_err(|error| broken(error.into()))?;
            let answer = async {
                let answer = sender
                    .send_request(request)
                    .await
                    .map_err(|error| broken(error.into()))?;
                let status = answer.status();
                let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
                    .collect()
                    .await
                    .map_err(broken)?;
                Ok((status, body.to_bytes()))
            };
            // The connection does the answer's work; when it ends first, the answer says why.
            tokio::pin!(answer);
            tokio::select! {
                answer = &mut answer => answer,
                _ = connection => answer.await,
            }
        };
        let (status, body) = time::timeout(CALL_PATIENCE, exchange)
            .await
            .map_err(|_| TransportError::TimedOut { host: host() })??;
        if status.is_success() {
            Ok(body)
        } else {
            Err(refusal(status, &body))
        }
    }

    fn request(&self, call: Call<'_>) -> Result<Request<Full<Bytes>>, http::Error> {
        let (kind, body) = match call.body {
            Body::Json(body) => ("application/json", Bytes::from(body)),
            Body::Form(body) => ("application/x-www-form-urlencoded", Bytes::from(body)),
        };
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(call.path)
            .header(HOST, self.cloud().authority())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, kind);
        if let Some(token) = call.bearer {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        request.body(Full::new(body))
    }
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
