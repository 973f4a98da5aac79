//! The certificate that somebody showed, accepted or not.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::certificate::dns_names;

/// A certificate as an administrator speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Whose it is, e.g. `CN=dc1.corp.test`.
    pub subject: String,
    /// Who signed it. An inspecting proxy is known by this.
    pub issuer: String,
    /// The names in its subjectAltName; the first eight.
    pub names: Vec<String>,
    /// From when it is valid.
    pub not_before: Option<Timestamp>,
    /// Until when.
    pub not_after: Option<Timestamp>,
    /// How many certificates were shown, with the intermediates.
    pub chain: usize,
}

impl Presented {
    fn of(certificate: &CertificateDer<'_>, intermediates: usize) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        let moment = |at: x509_parser::time::ASN1Time| Timestamp::from_second(at.timestamp()).ok();
        Some(Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            names: dns_names(certificate),
            not_before: moment(parsed.validity().not_before),
            not_after: moment(parsed.validity().not_after),
            chain: intermediates.saturating_add(1),
        })
    }
}

/// A verifier that judges as another does, and keeps what it was shown.
#[derive(Debug)]
pub struct Looking {
    inner: Arc<dyn ServerCertVerifier>,
    seen: Arc<Mutex<Option<Presented>>>,
}

impl Looking {
    /// Judges as `inner` does; what was shown is put into `seen`.
    pub const fn new(
        inner: Arc<dyn ServerCertVerifier>,
        seen: Arc<Mutex<Option<Presented>>>,
    ) -> Self {
        Self { inner, seen }
    }
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            Presented::of(end_entity, intermediates.len());
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
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
