//! What is wrong with a certificate that was refused.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What is wrong with a certificate, in words for an administrator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// It names the host only in its common name, or nowhere.
    #[error(
        "it has no subjectAltName: issue one that has the DNS name {host} as its \
         subjectAltName (the certificate that Samba makes by itself has none)"
    )]
    NoSubjectAltName {
        /// The name it must have.
        host: String,
    },
    /// It names other hosts.
    #[error("it is for {} and not for {host}", presented.join(", "))]
    OtherName {
        /// The name it must have.
        host: String,
        /// The names it has.
        presented: Vec<String>,
    },
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come; or this machine's clock is wrong.
    #[error("it is not valid yet; is the clock of this machine right?")]
    NotYetValid,
    /// No trusted authority signed it.
    #[error("it is not signed by a trusted certificate authority")]
    UnknownIssuer,
    /// It is not the pinned one.
    #[error("it is not the pinned one; its SHA-256 is {seen}")]
    NotThePinned {
        /// The one shown, as 64 hexadecimal digits.
        seen: String,
    },
    /// It was revoked.
    #[error("it was revoked")]
    Revoked,
    /// Something else, as the TLS library says it.
    #[error("{0}")]
    Other(String),
}

/// Says what is wrong with a refused certificate while it is still at hand.
#[derive(Debug)]
pub(crate) struct Explaining {
    pub(crate) inner: Arc<dyn ServerCertVerifier>,
}

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        verified.map_err(
            |error| match problem(&error, end_entity, &server_name.to_str()) {
                None => error,
                Some(problem) => CertificateError::Other(OtherError(Arc::new(problem))).into(),
            },
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn problem(
    error: &rustls::Error,
    certificate: &CertificateDer<'_>,
    host: &str,
) -> Option<CertificateProblem> {
    let rustls::Error::InvalidCertificate(error) = error else {
        return None;
    };
    let host = host.to_owned();
    Some(match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateProblem::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateProblem::NotYetValid
        }
        CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
        CertificateError::Revoked => CertificateProblem::Revoked,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let presented = dns_names(certificate);
            if presented.is_empty() {
                CertificateProblem::NoSubjectAltName { host }
            } else {
                CertificateProblem::OtherName { host, presented }
            }
        }
        CertificateError::Other(OtherError(other)) => {
            match other.downcast_ref::<CertificateProblem>() {
                Some(problem) => problem.clone(),
                None => CertificateProblem::Other(other.to_string()),
            }
        }
        other => CertificateProblem::Other(other.to_string()),
    })
}

/// The names in the subjectAltName. What cannot be read has none.
pub(crate) fn dns_names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
        return Vec::new();
    };
    match certificate.subject_alternative_name() {
        Ok(Some(names)) => names
            .value
            .general_names
            .iter()
            .take(NAMES_SHOWN)
            .map(ToString::to_string)
            .collect(),
        _ => Vec::new(),
    }
}

/// Names of a wrong certificate that an error lists; a certificate may have thousands.
const NAMES_SHOWN: usize = 8;

/// The problem that a failed handshake was about, if it was the certificate.
pub(crate) fn certificate_problem(error: &std::io::Error) -> Option<CertificateProblem> {
    match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
            other.downcast_ref::<CertificateProblem>().cloned()
        }
        _ => None,
    }
}
