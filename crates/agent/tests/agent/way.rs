//! The way to the cloud: TLS and proxies.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use writeback_agent::{EnrolError, transport::TransportError};

use crate::{
    cloud::{Cloud, ENROLMENT_TOKEN, Manners},
    site::{Site, logged},
};

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A cloud over TLS, named so in its certificate, and the CA that signed it.
pub(crate) async fn secure_cloud(named: &str) -> (Cloud, String) {
    secure_cloud_of(named, "Cloud CA").await
}

/// The same, with a CA of that name.
pub(crate) async fn secure_cloud_of(named: &str, authority: &str) -> (Cloud, String) {
    let (cloud, router) = Cloud::router(Manners::default()).await;
    cloud.be_at(&format!("https://localhost:{}", cloud.address.port()));
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(DnType::CommonName, authority);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new([named.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())
        .unwrap();
    let tls = Tls {
        listener: TcpListener::bind(cloud.address).await.unwrap(),
        acceptor: TlsAcceptor::from(Arc::new(config)),
    };
    tokio::spawn(async move { axum::serve(tls, router).await });
    (cloud, ca.pem())
}

fn ca_line(pem: &str) -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let line = format!("ca_file = \"{}\"", file.path().display());
    (file, line)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_trusted_by_the_ca_file_and_not_without() {
    let (cloud, ca) = secure_cloud("localhost").await;
    let refused = Site::new(&cloud, "")
        .enrol_with(ENROLMENT_TOKEN, false)
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            EnrolError::Cloud(TransportError::CertificateUntrusted { .. })
        ),
        "{refused:?}"
    );
    let (_file, line) = ca_line(&ca);
    let site = Site::new(&cloud, &line);
    let running = site.start().await;
    cloud.link().await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_told_apart() {
    let (cloud, ca) = secure_cloud("elsewhere.test").await;
    let (_file, line) = ca_line(&ca);
    let refused = Site::new(&cloud, &line)
        .enrol_with(ENROLMENT_TOKEN, false)
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            EnrolError::Cloud(TransportError::CertificateName { .. })
        ),
        "{refused:?}"
    );
}

/// A proxy that keeps the heads of its requests and answers the first line given, or opens the
/// tunnel where none is.
pub(crate) async fn proxy(answer: Option<&'static str>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let target = head.split_ascii_whitespace().nth(1).unwrap().to_owned();
                kept.lock().unwrap().push(head);
                if let Some(answer) = answer {
                    client.write_all(answer.as_bytes()).await.unwrap();
                    return;
                }
                let mut server = TcpStream::connect(target).await.unwrap();
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, heads)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_signed_in_to_in_standard_base64() {
    let (cloud, ca) = secure_cloud("localhost").await;
    let (proxy, heads) = proxy(None).await;
    let (_file, line) = ca_line(&ca);
    let password = tempfile::NamedTempFile::new().unwrap();
    // Gives both a plus and a slash in base64.
    std::fs::write(password.path(), "~~~???>>>\u{fb}").unwrap();
    let extra = format!(
        "{line}\n[proxy]\nurl = \"http://{proxy}\"\nuser = \"agent\"\npassword_file = \"{}\"",
        password.path().display()
    );
    let site = Site::new(&cloud, &extra);
    let running = site.start().await;
    cloud.link().await;
    running.stop().await;
    let heads = heads.lock().unwrap().clone();
    // Enrolment, token, link.
    assert_eq!(heads.len(), 3);
    let sign_in = "YWdlbnQ6fn5+Pz8/Pj4+w7s=";
    let port = cloud.address.port();
    for head in heads {
        assert_eq!(
            head,
            format!(
                "CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\
                 Proxy-Authorization: Basic {sign_in}\r\n\r\n"
            )
        );
    }
    assert!(!logged().contains(sign_in));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_of_a_proxy_is_told_apart() {
    let (cloud, _) = secure_cloud("localhost").await;
    for (answer, part) in [
        (
            "HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\n\r\n",
            "asks for a sign-in (407) and offers NTLM",
        ),
        ("HTTP/1.1 403 x\r\n\r\n", "forbids the way to localhost"),
        ("HTTP/1.1 502 x\r\n\r\n", "did not get through to localhost"),
        ("SSH-2.0-x\r\n\r\n", "did not open a tunnel"),
    ] {
        let (proxy, _) = proxy(Some(answer)).await;
        let site = Site::new(&cloud, &format!("[proxy]\nurl = \"http://{proxy}\""));
        let refused = site
            .enrol_with(ENROLMENT_TOKEN, false)
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(part), "{refused}");
    }
}
