//! Where a call came from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{HeaderMap, request::Parts};

use crate::state::Cloud;

/// The address of whoever made a call.
pub fn address_of(parts: &Parts, cloud: &Cloud) -> IpAddr {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip());
    client_address(peer, &parts.headers, &cloud.trusted_proxies)
}

/// The caller's address: the connection's own, or, where that is a trusted proxy, the last one
/// in `X-Forwarded-For` that is not a trusted proxy itself. What stands left of it anybody can
/// have written.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    // A connection to an IPv4 address on an IPv6 socket is the same caller.
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|text| text.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .rfind(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.1".parse().unwrap()];
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_header_is_believed_from_a_trusted_proxy_only() {
        assert_eq!(ask("203.0.113.9", "198.51.100.7"), "203.0.113.9");
        assert_eq!(
            ask("127.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.1"),
            "198.51.100.7"
        );
        assert_eq!(ask("::ffff:127.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(ask("127.0.0.1", "nonsense"), "127.0.0.1");
    }
}
