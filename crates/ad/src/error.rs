//! What can go wrong between here and a domain controller, one variant per failed operation.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use writeback_model::{Cause, DomainName, Right};

use crate::{
    certificate::CertificateProblem, explain::bind_refusal, refusal::Refusal, tls::TrustError,
};

/// Something failed. `Display` says what was tried and never repeats its source; nothing in
/// it is or contains a password.
#[derive(Debug, thiserror::Error)]
pub enum AdError {
    /// The configured trust could not be loaded.
    #[error("the trusted certificates for domain controllers cannot be loaded")]
    Trust(#[source] TrustError),
    /// DNS gave no usable answer.
    #[error("DNS does not answer for {name}")]
    Dns {
        /// What was looked up.
        name: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// DNS knows no domain controller, or only such as the configuration excludes.
    #[error("no domain controller of {domain} is known")]
    NoController {
        /// The domain.
        domain: DomainName,
    },
    /// No TCP connection.
    #[error("cannot connect to {host} ({address}) port {port}")]
    Connect {
        /// Its DNS name.
        host: String,
        /// The address tried last.
        address: IpAddr,
        /// The port.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No answer in time.
    #[error("{host} did not answer within {after:?} ({operation})")]
    TimedOut {
        /// Its DNS name.
        host: String,
        /// What was waited for.
        operation: &'static str,
        /// How long.
        after: Duration,
        /// Whether the request may have been sent. If not, it never will be.
        sent: bool,
    },
    /// The certificate was not accepted.
    #[error("the certificate of {host} is not accepted")]
    Certificate {
        /// Its DNS name.
        host: String,
        /// What is wrong with it.
        #[source]
        source: CertificateProblem,
    },
    /// TLS failed for another reason than the certificate.
    #[error("no TLS with {host}")]
    Tls {
        /// Its DNS name.
        host: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The agent's own credentials were refused.
    #[error("{host} refuses the agent's account")]
    Bind {
        /// Its DNS name.
        host: String,
        /// What it said.
        #[source]
        source: Refusal,
    },
    /// The connection broke while an answer was awaited.
    #[error("the connection to {host} was lost ({operation})")]
    Lost {
        /// Its DNS name.
        host: String,
        /// What was waited for.
        operation: &'static str,
        /// Whether the request may have been sent. If not, it never will be.
        sent: bool,
        /// How it was lost.
        #[source]
        source: Loss,
    },
    /// The domain controller answered with an error.
    #[error("{host} refused ({operation})")]
    Refused {
        /// Its DNS name.
        host: String,
        /// What it refused.
        operation: &'static str,
        /// What it said.
        #[source]
        source: Refusal,
    },
    /// An answer lacks what it must have, or it cannot be read.
    #[error("{host} shows no usable {what}")]
    Missing {
        /// Its DNS name.
        host: String,
        /// What is missing, in the directory's terms.
        what: &'static str,
    },
    /// More than one object under one anchor.
    #[error("{host} has several objects with one GUID")]
    NotUnique {
        /// Its DNS name.
        host: String,
    },
    /// The PDC emulator could not be found or reached.
    #[error("the PDC emulator of {domain} cannot be reached")]
    PdcUnreachable {
        /// The domain.
        domain: DomainName,
        /// Why.
        #[source]
        source: Box<AdError>,
    },
    /// The role moved to another domain controller since this one was chosen. Ask
    /// [`Directory::pdc`](crate::Directory::pdc) again.
    #[error("{host} no longer holds the PDC emulator role")]
    RoleMoved {
        /// The former holder.
        host: String,
    },
}

/// How a connection ended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Loss {
    /// The other side closed it.
    #[error("it was closed by the domain controller")]
    Closed,
    /// The domain controller announced that it closes it (RFC 4511, 4.4.1).
    #[error("the domain controller announced the end of the connection")]
    Announced(#[source] Refusal),
    /// The network or TLS failed.
    #[error("the network failed")]
    Io(#[source] Arc<io::Error>),
    /// Bytes that are no LDAP, or an answer that was not asked for.
    #[error("what it sent is not understood: {0}")]
    NotUnderstood(&'static str),
    /// More than the configured limit.
    #[error("it sent more than the limit of {limit} bytes for one {what}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// For what: a message or a result.
        what: &'static str,
    },
    /// It was given up here, because an earlier operation timed out.
    #[error("it was given up")]
    Abandoned,
}

impl AdError {
    /// What people are told.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Trust(_) | Self::Certificate { .. } => Cause::CertificateRefused,
            Self::Bind { source, .. } => bind_refusal(source),
            Self::PdcUnreachable { source, .. } => match source.cause() {
                Cause::DirectoryBusy | Cause::ObjectNotFound => Cause::PdcEmulatorUnreachable,
                // A certificate or an account to mend tells more than "unreachable".
                cause => cause,
            },
            Self::Dns { .. }
            | Self::NoController { .. }
            | Self::Connect { .. }
            | Self::TimedOut { .. }
            | Self::Tls { .. }
            | Self::Lost { .. } => Cause::PdcEmulatorUnreachable,
            Self::RoleMoved { .. } => Cause::DirectoryBusy,
            Self::Refused { source, .. } => {
                crate::explain(crate::Attempt::Read, source.code, &source.text)
            }
            Self::Missing { .. } => Cause::AccessDenied { right: Right::Read },
            Self::NotUnique { .. } => Cause::AnchorNotUnique,
        }
    }

    /// Whether the request itself may have reached the domain controller. What was refused
    /// did reach it, and is known not to have been done.
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::TimedOut { sent, .. } | Self::Lost { sent, .. } => *sent,
            _ => false,
        }
    }

    /// Whether a fresh connection may do better.
    pub(crate) fn is_stale_connection(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }
}
