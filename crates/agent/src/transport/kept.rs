//! A connection for calls that belong together, kept as long as it lives.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use super::{Answer, Call, Transport, TransportError};

/// A connection that was idle for longer is not used again: common firewalls forget it after
/// two minutes without a word, and the call would wait for nothing.
const IDLE_MAX: Duration = Duration::from_secs(50);

/// A connection for calls, once one was made.
#[derive(Default)]
pub(crate) struct Kept(Option<Idle>);

struct Idle {
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

impl Idle {
    fn now(sender: SendRequest<Full<Bytes>>) -> Self {
        Self {
            sender,
            since: Instant::now(),
        }
    }
}

impl Kept {
    /// Makes the call on the kept connection, or on a new one where there is none that lives.
    ///
    /// A kept one may have been closed by the other side without a word: then the call is made
    /// once more, so that it must be one that may come twice. A connection on which a call
    /// failed or was given up is not used again.
    pub(crate) async fn ask(
        &mut self,
        transport: &Transport,
        call: Call<'_>,
    ) -> Result<Answer, TransportError> {
        if let Some(Idle { mut sender, .. }) = self.living().await {
            match transport.exchange(&mut sender, call.clone()).await {
                Err(TransportError::Http { .. }) => {}
                Err(error) => return Err(error),
                Ok(answer) => {
                    self.0 = Some(Idle::now(sender));
                    return Ok(answer);
                }
            }
        }
        let mut sender = transport.connect().await?;
        let answer = transport.exchange(&mut sender, call).await?;
        self.0 = Some(Idle::now(sender));
        Ok(answer)
    }

    /// Connects unless a connection stands.
    pub(crate) async fn warm(&mut self, transport: &Transport) -> Result<(), TransportError> {
        self.0 = match self.living().await {
            Some(idle) => Some(idle),
            None => Some(Idle::now(transport.connect().await?)),
        };
        Ok(())
    }

    async fn living(&mut self) -> Option<Idle> {
        let mut idle = self.0.take()?;
        let lives = idle.since.elapsed() < IDLE_MAX && idle.sender.ready().await.is_ok();
        lives.then_some(idle)
    }
}
