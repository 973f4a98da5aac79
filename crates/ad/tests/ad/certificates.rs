//! Which certificates are taken, and what is said of the others.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use writeback_ad::{
    AdError, CertificateProblem, Directory, DomainConfig, PreferredControllers, Trust,
};
use writeback_model::Cause;

use crate::support::{config, lab, site};

/// A server on this machine that shows a certificate and then says nothing.
async fn show(certificate: &Path, key: &Path) -> u16 {
    let chain = CertificateDer::pem_file_iter(certificate)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await;
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                drop(stream);
            });
        }
    });
    port
}

async fn problem(trust: Trust, port: u16) -> CertificateProblem {
    let lab = lab();
    let base = config(lab.forest("corp.test").unwrap());
    let preferred = PreferredControllers::Only(vec!["localhost".into()]);
    let directory = Directory::new(DomainConfig {
        preferred,
        port,
        trust,
        ..base
    })
    .unwrap();
    let error = directory.reader().await.unwrap_err();
    assert_eq!(error.cause(), Cause::CertificateRefused);
    match error {
        AdError::Certificate { source, .. } => source,
        other => panic!("{other:?}"),
    }
}

fn fingerprint(certificate: &Path) -> [u8; 32] {
    let der = CertificateDer::from_pem_file(certificate).unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
    digest.as_ref().try_into().unwrap()
}

#[tokio::test]
async fn a_certificate_without_names_is_refused_with_what_to_do() {
    let files = lab().ca();
    let port = show(&files.no_san_cert, &files.no_san_key).await;
    let problem = problem(Trust::CaFile(files.ca), port).await;
    assert_eq!(
        problem,
        CertificateProblem::NoSubjectAltName {
            host: "localhost".into()
        }
    );
    let said = problem.to_string();
    assert!(
        said.contains("no subjectAltName") && said.contains("DNS name localhost"),
        "{said}"
    );
}

#[tokio::test]
async fn expired_foreign_and_misnamed_certificates_are_told_apart() {
    let files = lab().ca();
    let ca = || Trust::CaFile(files.ca.clone());
    let port = show(&files.expired_cert, &files.expired_key).await;
    assert_eq!(problem(ca(), port).await, CertificateProblem::Expired);
    let port = show(&files.stranger_cert, &files.stranger_key).await;
    assert_eq!(problem(ca(), port).await, CertificateProblem::UnknownIssuer);
    let dc1 = files.ca.with_file_name("dc1.corp.test.pem");
    let port = show(&dc1, &dc1.with_extension("key")).await;
    match problem(ca(), port).await {
        CertificateProblem::OtherName { host, presented } => {
            assert_eq!(host, "localhost");
            assert!(
                presented.iter().any(|name| name.contains("dc1.corp.test")),
                "{presented:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    let port = show(&files.cloud_cert, &files.cloud_key).await;
    assert_eq!(
        problem(Trust::Platform, port).await,
        CertificateProblem::UnknownIssuer
    );
    let pinned = Trust::Pinned(fingerprint(&files.ca));
    let seen = fingerprint(&files.cloud_cert)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        problem(pinned, port).await,
        CertificateProblem::NotThePinned { seen }
    );
}

#[tokio::test]
async fn the_pinned_certificate_is_taken_whatever_it_says() {
    let site = site("corp.test");
    let dc1 = site.forest.ca_pem.with_file_name("dc1.corp.test.pem");
    let trust = Trust::Pinned(fingerprint(&dc1));
    let preferred = PreferredControllers::Only(vec!["dc1.corp.test".into()]);
    let directory = Directory::new(DomainConfig {
        trust,
        preferred,
        ..config(&site.forest)
    })
    .unwrap();
    directory.reader().await.unwrap();
    let pem = std::fs::read(&site.forest.ca_pem).unwrap();
    let directory = Directory::new(DomainConfig {
        trust: Trust::CaPem(pem),
        ..config(&site.forest)
    })
    .unwrap();
    directory.reader().await.unwrap();
}

#[test]
fn a_file_that_holds_no_certificates_is_said_at_once() {
    let lab = lab();
    let base = config(lab.forest("corp.test").unwrap());
    for trust in [
        Trust::CaFile("/nonexistent.pem".into()),
        Trust::CaPem(Vec::new()),
        Trust::CaPem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec()),
    ] {
        let error = Directory::new(DomainConfig {
            trust,
            ..base.clone()
        })
        .unwrap_err();
        assert!(matches!(error, AdError::Trust(_)));
    }
}
