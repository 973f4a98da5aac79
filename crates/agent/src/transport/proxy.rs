//! The way through an HTTP proxy: CONNECT, and what its refusals mean.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Uri};
use hyper_util::{client::legacy::connect::proxy::Tunnel, rt::TokioIo};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tower::{Service, service_fn};
use writeback_model::Secret;
use zeroize::Zeroizing;

use super::{CloudUrl, TransportError, tcp};
use crate::config::{ConfigError, PasswordSource, ProxyConfig};

/// How much of a proxy's answer is looked at to explain a refusal: the status line and the
/// headers come first.
const OVERHEARD_BYTES_MAX: usize = 2048;

/// A proxy.
#[derive(Debug)]
pub struct Proxy {
    uri: Uri,
    host: String,
    port: u16,
    sign_in: Option<HeaderValue>,
}

/// Why the proxy's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// Its password cannot be read.
    #[error(transparent)]
    Password(#[from] ConfigError),
    /// Its address is not one.
    #[error(transparent)]
    Address(#[from] TransportError),
}

impl TryFrom<&ProxyConfig> for Proxy {
    type Error = ProxyError;

    fn try_from(config: &ProxyConfig) -> Result<Self, Self::Error> {
        let password = config.password_file.as_ref();
        let password = password.map(PasswordSource::read).transpose()?;
        let sign_in = config.user.as_deref().zip(password.as_ref());
        Ok(Self::new(&config.url, sign_in)?)
    }
}

impl Proxy {
    /// Takes `http://host:port` and, where the proxy asks for it, a user name and a password.
    pub fn new(url: &str, sign_in: Option<(&str, &Secret)>) -> Result<Self, TransportError> {
        let uri: Uri = url
            .trim()
            .parse()
            .map_err(|_| TransportError::ProxyAddress)?;
        let host = uri.host().filter(|host| !host.is_empty());
        let (Some("http"), Some(host)) = (uri.scheme_str(), host) else {
            return Err(TransportError::ProxyAddress);
        };
        let host = host.trim_matches(['[', ']']).to_owned();
        // A proxy has no usual port; 80 is what its scheme means.
        let port = uri.port_u16().unwrap_or(80);
        let sign_in = match sign_in {
            Some((user, password)) => Some(basic(user, password)?),
            None => None,
        };
        Ok(Self {
            uri,
            host,
            port,
            sign_in,
        })
    }

    /// Its host.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Its TCP port.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Opens a tunnel to the cloud.
    pub(super) async fn connect(&self, cloud: &CloudUrl) -> Result<TcpStream, TransportError> {
        let target: Uri = cloud
            .tunnel_target()
            .parse()
            .map_err(|_| TransportError::ProxyAddress)?;
        let stream = tcp::connect(&self.host, self.port).await?;
        let overheard = Arc::new(Mutex::new(Vec::new()));
        let mut once = Some(TokioIo::new(Overhearing {
            stream,
            overheard: Arc::clone(&overheard),
        }));
        let connector = service_fn(move |_: Uri| {
            let stream = once.take().ok_or_else(|| io::Error::other("used twice"));
            async move { stream }
        });
        let mut tunnel = Tunnel::new(self.uri.clone(), connector);
        if let Some(sign_in) = &self.sign_in {
            tunnel = tunnel.with_auth(sign_in.clone());
        }
        match tunnel.call(target).await {
            Ok(stream) => Ok(stream.into_inner().stream),
            Err(_) => {
                let answer = overheard.lock().unwrap_or_else(PoisonError::into_inner);
                Err(explain(&answer, cloud))
            }
        }
    }
}

/// RFC 7617: standard base64, with `+` and `/`.
fn basic(user: &str, password: &Secret) -> Result<HeaderValue, TransportError> {
    let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
    let value = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&value).map_err(|_| TransportError::ProxyAddress)?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a refusal means, from the first bytes of the proxy's answer.
fn explain(answer: &[u8], cloud: &CloudUrl) -> TransportError {
    let text = String::from_utf8_lossy(answer);
    let mut lines = text.lines();
    let status = lines
        .next()
        .filter(|line| line.starts_with("HTTP/"))
        .and_then(|line| line.split_ascii_whitespace().nth(1))
        .and_then(|status| status.parse().ok());
    let (host, port) = (cloud.host().to_owned(), cloud.port());
    match status {
        Some(407) => TransportError::ProxySignIn {
            offered: offered_schemes(lines),
        },
        Some(403) => TransportError::ProxyForbids { host, port },
        Some(status @ 502..=504) => TransportError::ProxyStuck { host, port, status },
        status => TransportError::ProxyRefused { status },
    }
}

/// The schemes in `Proxy-Authenticate`, without their parameters.
fn offered_schemes<'a>(headers: impl Iterator<Item = &'a str>) -> String {
    let schemes: Vec<String> = headers
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("proxy-authenticate"))
        .filter_map(|(_, value)| value.split_ascii_whitespace().next())
        .map(|scheme| scheme.chars().filter(char::is_ascii_alphanumeric).collect())
        .collect();
    if schemes.is_empty() {
        "nothing".to_owned()
    } else {
        schemes.join(", ")
    }
}

/// A stream whose first received bytes are kept: the tunnel itself does not say with which
/// status it was refused.
struct Overhearing {
    stream: TcpStream,
    overheard: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Overhearing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let mut overheard = self
            .overheard
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let room = OVERHEARD_BYTES_MAX.saturating_sub(overheard.len());
        let new = buffer.filled().get(before..).unwrap_or_default();
        overheard.extend(new.iter().take(room));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Overhearing {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_do() {
        let cloud = "https://cloud.test".parse().unwrap();
        let said = |answer: &str| explain(answer.as_bytes(), &cloud).to_string();
        let asked = "HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Negotiate\r\n\
                     proxy-authenticate: Basic realm=\"x\"\r\n\r\n";
        assert!(said(asked).contains("offers Negotiate, Basic;"));
        assert!(said("HTTP/1.0 407 x\r\n\r\n").contains("offers nothing;"));
        assert!(said("HTTP/1.1 403 no\r\n").contains("let it pass CONNECT to cloud.test port 443"));
        assert!(said("HTTP/1.1 502 no\r\n").contains("did not get through"));
        assert!(said("HTTP/1.1 405 no\r\n").contains("status 405"));
        assert!(said("SSH-2.0\r\n").contains("status missing"));
    }

    #[test]
    fn only_http_proxies_are_taken() {
        for url in ["https://p:1", "socks5://p:1", "p:1", ""] {
            assert!(Proxy::new(url, None).is_err(), "{url}");
        }
        assert!(Proxy::new("http://proxy.test:3128", None).is_ok());
    }
}
