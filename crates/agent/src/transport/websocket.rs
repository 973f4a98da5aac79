//! The link's WebSocket.

use http::{
    HeaderValue, Request,
    header::{
        AUTHORIZATION, CONNECTION, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
        SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use tokio::time;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error as SocketError, error::ProtocolError, handshake::client::generate_key,
        protocol::WebSocketConfig,
    },
};
use writeback_wire::{FRAME_BYTES_MAX, SUBPROTOCOL, http::LINK_PATH};

use super::{DIAL_PATIENCE, Stream, Transport, TransportError, call};

/// The link's WebSocket.
pub(crate) type Socket = WebSocketStream<Box<dyn Stream>>;

/// What is read from the socket at a time, in bytes: a password frame fits five times over,
/// and the default of 128 KiB is more than a link of small frames needs.
const READ_BUFFER_BYTES: usize = 16 * 1024;

impl Transport {
    /// Opens the link.
    pub(crate) async fn websocket(&self, token: &str) -> Result<Socket, TransportError> {
        let host = || self.cloud().host().to_owned();
        let request = self.upgrade(token).map_err(|error| TransportError::Http {
            host: host(),
            source: error.into(),
        })?;
        let stream = self.dial().await?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX))
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0);
        let opened = client_async_with_config(request, stream, Some(config));
        match time::timeout(DIAL_PATIENCE, opened).await {
            Err(_) => Err(TransportError::TimedOut { host: host() }),
            Ok(Ok((socket, _))) => Ok(socket),
            Ok(Err(error)) => Err(explain(host(), error)),
        }
    }

    fn upgrade(&self, token: &str) -> Result<Request<()>, http::Error> {
        Request::builder()
            .uri(self.cloud().websocket(LINK_PATH))
            .header(HOST, self.cloud().authority())
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, generate_key())
            .header(
                SEC_WEBSOCKET_PROTOCOL,
                HeaderValue::from_static(SUBPROTOCOL),
            )
            .header(AUTHORIZATION, call::bearer(token)?)
            .body(())
    }
}

fn explain(host: String, error: SocketError) -> TransportError {
    match error {
        SocketError::Http(answer) => {
            let body = answer.body().as_deref().unwrap_or_default();
            call::refusal(answer.status(), body)
        }
        SocketError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
            TransportError::NotTheCloud {
                host,
                why: "it does not speak the subprotocol writeback.v1",
            }
        }
        SocketError::Protocol(_) | SocketError::HttpFormat(_) => TransportError::NotTheCloud {
            host,
            why: "it did not open a WebSocket; a proxy or load balancer in between may not pass them",
        },
        error => TransportError::Http {
            host,
            source: error.into(),
        },
    }
}
