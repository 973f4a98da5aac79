//! Asking DNS for what the owner of a domain published.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::RData,
};
use serde::Deserialize;
use writeback_model::DomainName;

/// A person waits for the answer.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Each server twice, for the lost packet.
const ATTEMPTS: usize = 2;
/// A domain with more texts than this is looked at so far.
const TEXTS_MAX: usize = 200;
/// The usual port.
const PORT: u16 = 53;

/// DNS was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "DNS could not be asked for {name}: check that this machine reaches its DNS servers, or name \
     others in dns_servers of the configuration"
)]
pub struct DnsError {
    name: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// A DNS server as the configuration writes it: an address, with a port where it is not 53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum DnsServer {
    /// With its port.
    Socket(SocketAddr),
    /// At the usual port.
    Address(IpAddr),
}

impl DnsServer {
    fn config(self) -> NameServerConfig {
        let (ip, port) = match self {
            Self::Socket(socket) => (socket.ip(), socket.port()),
            Self::Address(ip) => (ip, PORT),
        };
        let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
        for connection in &mut connections {
            connection.port = port;
        }
        NameServerConfig::new(ip, true, connections)
    }
}

/// The texts (TXT records) that stand at a domain; none where there is no such domain. Asked of
/// `servers`, or of the system's where there are none. Nothing is kept: whoever corrected a
/// record wants to see it.
pub async fn texts(servers: &[DnsServer], domain: &DomainName) -> Result<Vec<String>, DnsError> {
    let failed = |source: NetError| DnsError {
        name: domain.to_string(),
        source: Box::new(source),
    };
    let resolver = resolver(servers).map_err(failed)?;
    let found = match resolver.txt_lookup(format!("{domain}.")).await {
        Ok(found) => found,
        Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let texts = found
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            // A long text comes in parts, which belong together (RFC 7208, section 3.3).
            RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
            _ => None,
        });
    Ok(texts.take(TEXTS_MAX).collect())
}

fn resolver(servers: &[DnsServer]) -> Result<TokioResolver, NetError> {
    let mut builder = if servers.is_empty() {
        TokioResolver::builder_tokio()?
    } else {
        let servers = servers.iter().map(|server| server.config()).collect();
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let options = builder.options_mut();
    options.timeout = TIMEOUT;
    options.attempts = ATTEMPTS;
    options.cache_size = 0;
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_address_with_or_without_a_port() {
        #[derive(Deserialize)]
        struct Servers {
            servers: Vec<DnsServer>,
        }
        let text = r#"servers = ["10.0.0.1", "10.0.0.1:5353", "2001:db8::1", "[2001:db8::1]:54"]"#;
        let read: Servers = toml::from_str(text).unwrap();
        let ports: Vec<u16> = read
            .servers
            .iter()
            .flat_map(|server| server.config().connections)
            .map(|connection| connection.port)
            .collect();
        assert_eq!(ports, [53, 53, 5353, 5353, 53, 53, 54, 54]);
        for bad in ["dns.example.org", "10.0.0.1:x", ""] {
            assert!(toml::from_str::<Servers>(&format!("servers = [{bad:?}]")).is_err());
        }
    }
}
