//! TLS towards the cloud: the platform's trust, and a CA file besides.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};

use rustls::{
    CertificateError, ClientConfig, Error as TlsError, client::danger::ServerCertVerifier,
    crypto::aws_lc_rs::default_provider,
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use rustls_platform_verifier::Verifier;
use writeback_ad::{Looking, Presented};

use super::TransportError;

/// The TLS settings for all connections to the cloud: TLS 1.2 or 1.3, HTTP/1.1. Where somebody
/// wants to see it, the certificate that is shown is put into `seen`.
pub(super) fn client_config(
    ca_file: Option<&Path>,
    seen: Option<&Arc<Mutex<Option<Presented>>>>,
) -> Result<ClientConfig, TransportError> {
    let extra = ca_file
        .map(read_authorities)
        .transpose()?
        .unwrap_or_default();
    let provider = Arc::new(default_provider());
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
        .map_err(TransportError::PlatformTrust)?;
    let verifier: Arc<dyn ServerCertVerifier> = match seen {
        Some(seen) => Arc::new(Looking::new(Arc::new(verifier), Arc::clone(seen))),
        None => Arc::new(verifier),
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TransportError::PlatformTrust)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn read_authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let wrong = |source| TransportError::CaFile {
        file: file.display().to_string(),
        source,
    };
    let pem = std::fs::read(file).map_err(|source| wrong(Some(source)))?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| wrong(None))?;
    if found.is_empty() {
        return Err(wrong(None));
    }
    Ok(found)
}

/// Tells apart what an administrator mends in different places.
pub(super) fn explain(host: &str, source: io::Error) -> TransportError {
    let host = host.to_owned();
    let reason = source
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<TlsError>());
    match reason {
        Some(TlsError::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => TransportError::CertificateName { host, source },
        Some(TlsError::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        )) => TransportError::CertificateTime { host, source },
        Some(TlsError::InvalidCertificate(_)) => {
            TransportError::CertificateUntrusted { host, source }
        }
        _ => TransportError::Tls { host, source },
    }
}
