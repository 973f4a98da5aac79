//! Whom we take for a domain controller.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What makes a certificate of a domain controller trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The certificate authorities that this machine trusts.
    Platform,
    /// The certificate authorities in a PEM file, and no others.
    CaFile(PathBuf),
    /// The certificate authorities in a PEM text, and no others.
    CaPem(Vec<u8>),
    /// This very certificate, by the SHA-256 of its DER form: whatever its names, its issuer
    /// and its dates say.
    Pinned([u8; 32]),
}

/// Why the trust could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file or text that holds no certificates.
    #[error("{place} cannot be read as PEM certificates")]
    Pem {
        /// Where it is.
        place: String,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// No certificate in it.
    #[error("{0} holds no certificate")]
    Empty(String),
    /// A certificate that cannot be an authority.
    #[error("a certificate cannot be used as an authority")]
    Authority(#[source] rustls::Error),
    /// The TLS library refused the configuration.
    #[error("the certificates cannot be used")]
    Verifier(#[source] Box<dyn std::error::Error + Send + Sync>),
}

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

/// A TLS configuration for connections to domain controllers.
pub(crate) fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, TrustError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let other = |error: rustls::Error| TrustError::Verifier(Box::new(error));
    let inner: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Platform => {
            Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(&provider)).map_err(other)?)
        }
        Trust::CaFile(path) => authorities(Source::File(path), &provider)?,
        Trust::CaPem(pem) => authorities(Source::Text(pem), &provider)?,
        Trust::Pinned(hash) => Arc::new(PinVerifier {
            hash: *hash,
            provider: Arc::clone(&provider),
        }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Explaining { inner }))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

enum Source<'a> {
    File(&'a Path),
    Text(&'a [u8]),
}

fn authorities(
    source: Source<'_>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let place = match source {
        Source::File(path) => path.display().to_string(),
        Source::Text(_) => "the configured text".to_owned(),
    };
    let pem = |source| TrustError::Pem {
        place: place.clone(),
        source,
    };
    let certificates: Vec<_> = match source {
        Source::File(path) => CertificateDer::pem_file_iter(path).map_err(pem)?.collect(),
        Source::Text(text) => CertificateDer::pem_slice_iter(text).collect(),
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots
            .add(certificate.map_err(pem)?)
            .map_err(TrustError::Authority)?;
    }
    if roots.is_empty() {
        return Err(TrustError::Empty(place));
    }
    let builder =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(builder
        .build()
        .map_err(|error| TrustError::Verifier(Box::new(error)))?)
}

/// Says what is wrong with a refused certificate while it is still at hand.
#[derive(Debug)]
struct Explaining {
    inner: Arc<dyn ServerCertVerifier>,
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
fn dns_names(certificate: &CertificateDer<'_>) -> Vec<String> {
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

/// Takes exactly one certificate.
struct PinVerifier {
    hash: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl fmt::Debug for PinVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinVerifier")
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let seen = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, end_entity);
        if seen.as_ref() == self.hash {
            return Ok(ServerCertVerified::assertion());
        }
        let seen = seen
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let problem = CertificateProblem::NotThePinned { seen };
        Err(CertificateError::Other(OtherError(Arc::new(problem))).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
