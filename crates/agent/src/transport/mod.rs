//! The one place that dials the cloud: name, TCP, proxy, TLS; for calls and for the link.

mod address;
mod call;
mod error;
mod kept;
mod proxy;
mod tcp;
mod tls;
mod websocket;

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time,
};
use tokio_rustls::TlsConnector;

use writeback_ad::Presented;

pub use address::{AddressError, CloudUrl};
pub(crate) use call::{Answer, Body, Call};
pub use error::TransportError;
pub(crate) use kept::Kept;
pub use proxy::{Proxy, ProxyError};
pub(crate) use websocket::Socket;

/// How long name, TCP, proxy and TLS may take together.
const DIAL_PATIENCE: Duration = Duration::from_secs(15);

/// A connection to the cloud.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Knows the way to one cloud.
#[derive(Debug)]
pub struct Transport {
    cloud: CloudUrl,
    proxy: Option<Proxy>,
    tls: Arc<ClientConfig>,
}

impl Transport {
    /// Prepares the way. `ca_file` is trusted besides the platform's roots.
    pub fn new(
        cloud: CloudUrl,
        ca_file: Option<&Path>,
        proxy: Option<Proxy>,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            cloud,
            proxy,
            tls: Arc::new(tls::client_config(ca_file, None)?),
        })
    }

    /// The same, with the certificate that is shown put into `seen`, accepted or not.
    pub(crate) fn looking(
        cloud: CloudUrl,
        ca_file: Option<&Path>,
        proxy: Option<Proxy>,
        seen: &Arc<Mutex<Option<Presented>>>,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            cloud,
            proxy,
            tls: Arc::new(tls::client_config(ca_file, Some(seen))?),
        })
    }

    /// The cloud that is dialled.
    pub const fn cloud(&self) -> &CloudUrl {
        &self.cloud
    }

    /// Opens a connection over which HTTP/1.1 can be spoken.
    pub(crate) async fn dial(&self) -> Result<Box<dyn Stream>, TransportError> {
        time::timeout(DIAL_PATIENCE, self.dial_patiently())
            .await
            .unwrap_or_else(|_| {
                Err(TransportError::TimedOut {
                    host: self.cloud.host().to_owned(),
                })
            })
    }

    async fn dial_patiently(&self) -> Result<Box<dyn Stream>, TransportError> {
        let host = self.cloud.host();
        let stream = match &self.proxy {
            Some(proxy) if self.cloud.is_secure() => proxy.connect(&self.cloud).await?,
            _ => tcp::connect(host, self.cloud.port()).await?,
        };
        if !self.cloud.is_secure() {
            return Ok(Box::new(stream));
        }
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| TransportError::NotTheCloud {
                host: host.to_owned(),
                why: "its name cannot be in a certificate",
            })?;
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, stream)
            .await
            .map_err(|source| tls::explain(host, source))?;
        Ok(Box::new(stream))
    }
}

/// Whether TCP to a host is let through.
pub(crate) async fn reach(host: &str, port: u16) -> Result<(), TransportError> {
    tcp::connect(host, port).await.map(drop)
}
