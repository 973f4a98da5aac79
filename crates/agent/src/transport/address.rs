//! The cloud's address.

use std::{fmt, net::IpAddr, str::FromStr};

use http::Uri;
use serde::{Deserialize, Serialize};

/// `https://host[:port]`, or `http://` for this very host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CloudUrl {
    secure: bool,
    host: String,
    port: u16,
}

/// Text that is no address of a cloud.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL of the form `https://host[:port]`.
    #[error("the cloud's address is not of the form https://host or https://host:port")]
    Form,
    /// `http://` to another host.
    #[error(
        "the cloud's address is http:// to another host, where passwords' envelopes and tokens could be read on the way; write https://"
    )]
    Insecure,
}

impl CloudUrl {
    /// Whether TLS is spoken: always, but to this very host.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host: a name, or an IP address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// `host` or `host:port`, for the `Host` header: the port only where it is not the usual one.
    pub fn authority(&self) -> String {
        let host = bracketed(&self.host);
        if self.port == usual_port(self.secure) {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// The address of a path on the cloud.
    pub fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The address of a WebSocket path on the cloud.
    pub(crate) fn websocket(&self, path: &str) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}://{}{path}", self.authority())
    }

    /// `https://host:port` with the port always there, as a proxy's tunnel wants it.
    pub(crate) fn tunnel_target(&self) -> String {
        format!("https://{}:{}", bracketed(&self.host), self.port)
    }
}

const fn usual_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

fn is_this_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl FromStr for CloudUrl {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.trim().parse().map_err(|_| AddressError::Form)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(AddressError::Form),
        };
        let authority = uri.authority().ok_or(AddressError::Form)?;
        if authority.as_str().contains('@')
            || !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
        {
            return Err(AddressError::Form);
        }
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(host)
            .to_ascii_lowercase();
        if host.is_empty() {
            return Err(AddressError::Form);
        }
        if !secure && !is_this_host(&host) {
            return Err(AddressError::Insecure);
        }
        let port = authority.port_u16().unwrap_or(usual_port(secure));
        Ok(Self { secure, host, port })
    }
}

impl fmt::Display for CloudUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl TryFrom<String> for CloudUrl {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CloudUrl> for String {
    fn from(url: CloudUrl) -> Self {
        url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_normalised() {
        for (text, shown) in [
            ("https://Cloud.Example.org/", "https://cloud.example.org"),
            ("https://cloud.example.org:443", "https://cloud.example.org"),
            ("https://[::1]:8443", "https://[::1]:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(text.parse::<CloudUrl>().unwrap().to_string(), shown);
        }
        let url: CloudUrl = "https://c.test:8443".parse().unwrap();
        assert_eq!(url.join("/x"), "https://c.test:8443/x");
        assert_eq!(url.websocket("/x"), "wss://c.test:8443/x");
    }

    #[test]
    fn clear_text_to_another_host_is_refused() {
        for text in [
            "http://cloud.example.org",
            "http://127.0.0.1.example.org",
            "http://10.0.0.1",
        ] {
            assert_eq!(text.parse::<CloudUrl>(), Err(AddressError::Insecure));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "cloud",
            "ftp://a",
            "https://",
            "https://a@b",
            "https://a/b",
            "https://a?b",
        ] {
            assert_eq!(text.parse::<CloudUrl>(), Err(AddressError::Form), "{text}");
        }
    }
}
