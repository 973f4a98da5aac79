//! Whom we take for a domain controller.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::{
    certificate::Explaining,
    pin::PinVerifier,
    presented::{Looking, Presented},
};

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

/// A TLS configuration for connections to domain controllers.
pub(crate) fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, TrustError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = verifier(trust, &provider)?;
    config(provider, verifier)
}

/// The same, with the certificate that is shown put into `seen`.
pub(crate) fn looking_config(
    trust: &Trust,
    seen: &Arc<Mutex<Option<Presented>>>,
) -> Result<Arc<ClientConfig>, TrustError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let looking = Looking::new(verifier(trust, &provider)?, Arc::clone(seen));
    config(provider, Arc::new(looking))
}

fn config(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<Arc<ClientConfig>, TrustError> {
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(other)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn other(error: rustls::Error) -> TrustError {
    TrustError::Verifier(Box::new(error))
}

fn verifier(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let inner: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Platform => {
            Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(provider)).map_err(other)?)
        }
        Trust::CaFile(path) => authorities(Source::File(path), provider)?,
        Trust::CaPem(pem) => authorities(Source::Text(pem), provider)?,
        Trust::Pinned(hash) => Arc::new(PinVerifier {
            hash: *hash,
            provider: Arc::clone(provider),
        }),
    };
    Ok(Arc::new(Explaining { inner }))
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
