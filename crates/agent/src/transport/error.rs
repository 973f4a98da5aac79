//! What can go wrong on the way to the cloud, each with what to do about it.

use std::io;

/// Why the cloud was not reached, or did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The CA file cannot be used.
    #[error(
        "the file {file} holds no usable certificate authority; write it in PEM, with BEGIN CERTIFICATE"
    )]
    CaFile {
        /// Which file.
        file: String,
        /// Why, where the system said.
        #[source]
        source: Option<io::Error>,
    },
    /// The platform's certificate store cannot be used.
    #[error(
        "the platform's trusted certificates cannot be used; install them (Debian: ca-certificates) or set ca_file"
    )]
    PlatformTrust(#[source] rustls::Error),
    /// The proxy's address is not one.
    #[error(
        "the proxy's address is not of the form http://host:port; proxies that are themselves reached by TLS are not supported"
    )]
    ProxyAddress,
    /// A name has no address.
    #[error("the name {host} has no address; check the spelling and this host's DNS")]
    Name {
        /// Which name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// No TCP connection.
    #[error(
        "no connection to {host} port {port}; check that the firewall lets this host out to it"
    )]
    Connect {
        /// To which host.
        host: String,
        /// To which port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The proxy wants to know who asks (407).
    #[error(
        "the proxy asks for a sign-in (407) and offers {offered}; set user and password_file under [proxy], or correct them. Only Basic is supported: for Negotiate or NTLM, let the proxy pass this host without a sign-in"
    )]
    ProxySignIn {
        /// The schemes it named, or "nothing".
        offered: String,
    },
    /// The proxy forbids it (403).
    #[error("the proxy forbids the way to {host} (403); let it pass CONNECT to {host} port {port}")]
    ProxyForbids {
        /// To which host.
        host: String,
        /// To which port.
        port: u16,
    },
    /// The proxy did not get through (502, 503, 504).
    #[error(
        "the proxy did not get through to {host} port {port} ({status}); check the cloud's name and the proxy's own way out"
    )]
    ProxyStuck {
        /// To which host.
        host: String,
        /// To which port.
        port: u16,
        /// The proxy's status.
        status: u16,
    },
    /// The proxy answered something else.
    #[error("the proxy did not open a tunnel (status {}); check that [proxy] names an HTTP proxy that allows CONNECT", status.map_or_else(|| "missing".to_owned(), |it| it.to_string()))]
    ProxyRefused {
        /// Its status, where there was one.
        status: Option<u16>,
    },
    /// Nobody that is trusted signed the certificate.
    #[error(
        "the certificate of {host} comes from an authority that is not trusted here; if it is your own or your inspecting proxy's, name its CA in ca_file"
    )]
    CertificateUntrusted {
        /// Whose certificate.
        host: String,
        /// What the verifier said.
        source: io::Error,
    },
    /// The certificate is another host's.
    #[error(
        "the certificate shown for {host} does not name it; correct the cloud's address or its certificate"
    )]
    CertificateName {
        /// Whose certificate.
        host: String,
        /// What the verifier said.
        source: io::Error,
    },
    /// The certificate's time is over or has not come.
    #[error("the certificate of {host} is not valid now; renew it, and check this host's clock")]
    CertificateTime {
        /// Whose certificate.
        host: String,
        /// What the verifier said.
        source: io::Error,
    },
    /// TLS failed otherwise.
    #[error(
        "TLS with {host} failed; check that it speaks TLS 1.2 or later and that nothing in between breaks it"
    )]
    Tls {
        /// With which host.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// Time was over.
    #[error("{host} did not answer in time; try again, and check the network if it stays so")]
    TimedOut {
        /// Who.
        host: String,
    },
    /// The connection broke, or what came was not HTTP.
    #[error("the connection to {host} broke or did not speak HTTP; check what answers there")]
    Http {
        /// With which host.
        host: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The cloud does not take the agent's proof (401).
    #[error(
        "the cloud does not accept this agent (401){}; if it was revoked, enrol it again with a new token, and check this host's clock",
        said(description)
    )]
    NotAccepted {
        /// What the cloud said.
        description: String,
    },
    /// The cloud wants a newer protocol (426).
    #[error(
        "the cloud does not speak this agent's protocol any more (426){}; update the agent",
        said(description)
    )]
    TooOld {
        /// What the cloud said.
        description: String,
    },
    /// The cloud refused otherwise.
    #[error("the cloud refused (status {status}){}", said(description))]
    Refused {
        /// The status.
        status: u16,
        /// Its stable name for the reason; empty where it gave none.
        error: String,
        /// What the cloud said.
        description: String,
    },
    /// The answer was not what it should be.
    #[error(
        "{host} answered, but not as the cloud does ({why}); check the cloud's address and what stands before it"
    )]
    NotTheCloud {
        /// Who answered.
        host: String,
        /// What was wrong.
        why: &'static str,
    },
}

fn said(description: &str) -> String {
    if description.is_empty() {
        String::new()
    } else {
        format!(": {description}")
    }
}
