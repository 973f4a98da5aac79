//! The doctor and certificates: of a domain controller, and of what opens TLS on the way.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use writeback_doctor::{Colour, Verdict, text};
use writeback_lab::Dc;

use crate::{
    doctor_bench::{Bench, Settings, join},
    way::secure_cloud_of,
};

/// Samba with another certificate, until it is started as the lab does it.
fn show_another(dc: &Dc, certificate: &Path, key: &Path) {
    dc.stop().unwrap();
    for (from, to) in [(certificate, "cert.pem"), (key, "key.pem")] {
        let from = fs::File::open(from).unwrap();
        let write = format!("cat > /data/tls/{to}");
        let mut command = dc.command("sh").unwrap();
        let status = command.args(["-c", &write]).stdin(from).status().unwrap();
        assert!(status.success());
    }
    let start = "rm -f /run/samba/*.pid; \
                 KRB5_CONFIG=/data/private/krb5.conf samba -D -s /data/etc/smb.conf";
    let mut command = dc.command("sh").unwrap();
    command.args(["-c", start]);
    // Pipes would be kept open by what stays.
    command.stdin(Stdio::null()).stdout(Stdio::null());
    assert!(command.stderr(Stdio::null()).status().unwrap().success());
    let until = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect((dc.fqdn.as_str(), 636)).is_err() {
        assert!(Instant::now() < until, "{} does not listen", dc.fqdn);
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_controllers_certificate() {
    let mut bench = Bench::new().await;
    let good = bench.settings.clone();
    let files = bench.lab.ca();
    for (state, certificate, key) in [
        (
            "a controller's certificate that has expired",
            &files.expired_cert,
            &files.expired_key,
        ),
        (
            "a controller's certificate without subjectAltName",
            &files.no_san_cert,
            &files.no_san_key,
        ),
        (
            "a controller's certificate for other names",
            &files.cloud_cert,
            &files.cloud_key,
        ),
    ] {
        show_another(bench.dc(0), certificate, key);
        let found = bench.look(&good, None).await;
        bench.dc(0).stop().unwrap();
        bench.dc(0).start().unwrap();
        bench.row(state, "dc-certificate", &found).await;
        let finding = found
            .iter()
            .find(|it| it.check == "dc-certificate")
            .unwrap();
        assert_eq!(finding.verdict, Verdict::Fault, "{state}");
    }
    bench.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn real_proxies_that_do_not_let_through() {
    let mut bench = Bench::new().await;
    let good = bench.settings.clone();
    let wrong = bench.folder.path().join("proxy-password");
    fs::write(&wrong, "Not-The-Password-1").unwrap();
    let signed_in = format!("user = \"agent\"\npassword_file = \"{}\"", wrong.display());
    let (open, basic) = (bench.lab.proxy_open().url, bench.lab.proxy_basic().url);
    for (state, url, more) in [
        ("squid that lets 443 through alone", &open, ""),
        ("squid that wants a sign-in", &basic, ""),
        (
            "squid that refuses the password",
            &basic,
            signed_in.as_str(),
        ),
    ] {
        let of = Settings {
            extra: format!("[proxy]\nurl = \"{url}\"\n{more}"),
            ..good.clone()
        };
        let found = bench.look(&of, None).await;
        bench.row(state, "proxy", &found).await;
    }
    bench.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_middlebox_is_named_and_is_no_fault() {
    let bench = Bench::new().await;
    let (cloud, pem) = secure_cloud_of("localhost", "Zscaler Intermediate Root CA").await;
    let ca = bench.folder.path().join("middlebox.pem");
    fs::write(&ca, pem).unwrap();
    let of = Settings {
        cloud: cloud.url(),
        state: bench.folder.path().join("behind"),
        ca_file: Some(ca),
        ..bench.settings.clone()
    };
    join(&cloud, &of.state, of.ca_file.as_deref()).await;
    let found = bench.look(&of, None).await;
    let said = text(&found, Colour::No);
    println!("{said}");
    assert!(found.iter().all(|it| it.verdict == Verdict::Fine), "{said}");
    let note = "note: TLS is opened on the way: the certificate was issued by";
    assert!(said.contains(note), "{said}");
    assert!(said.contains("Zscaler Intermediate Root CA"), "{said}");
    // The cloud's own certificate is nothing to speak of.
    let said = text(&bench.look(&bench.settings, None).await, Colour::No);
    assert!(!said.contains("note:"), "{said}");
}
