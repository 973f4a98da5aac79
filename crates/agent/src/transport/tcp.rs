//! A TCP connection to a name.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpStream, lookup_host},
    time,
};

use super::TransportError;

/// How long one address is tried before the next: enough for a lost packet or two on a slow
/// line, and a firewall that swallows packets is noticed soon.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(4);

/// Connects to the first address of the name that answers.
pub(super) async fn connect(host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let unnamed = |source| TransportError::Name {
        host: host.to_owned(),
        source,
    };
    let addresses: Vec<SocketAddr> = lookup_host((host, port)).await.map_err(unnamed)?.collect();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no address");
    if addresses.is_empty() {
        return Err(unnamed(last));
    }
    for address in addresses {
        match time::timeout(ADDRESS_PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // A claim is one small frame: it must not wait for company.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(TransportError::Connect {
        host: host.to_owned(),
        port,
        source: last,
    })
}
