//! The cloud's own machine: its disk, addresses, certificate, mail server and keys.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use tokio::{net::TcpStream, time::timeout};
use writeback_doctor::{Finding, Step};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Examination, second, step};
use crate::{audit_public_key, config::Listen, mail::Mailer};

/// An address of this very machine answers at once or not at all.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// With less, the next import may fill the disk.
const ROOM_FAULT: u64 = 64 << 20;

/// An import of a large forest and the audit trail of a month fit into it.
const ROOM_WARNING: u64 = 1 << 30;

/// A certificate that ends within two weeks should have been renewed by whatever renews it.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Two machines may differ by as much; a clock that was set back differs by more.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

pub(super) fn steps(examination: &Arc<Examination>) -> Vec<Step> {
    let of = || Arc::clone(examination);
    let (one, two, three, four, five) = (of(), of(), of(), of(), of());
    vec![
        step("database-room", async move { room(&one).into() }),
        step("cloud-runs", async move { runs(&two).await.into() }),
        step(
            "own-certificate",
            async move { certificates(&three).into() },
        ),
        step("mail-server", async move { mail(&four).await.into() }),
        step("audit-key", async move { audit_key(&five).into() }),
    ]
}

/// The disk of the database.
fn room(examination: &Examination) -> Finding {
    const CHECK: &str = "database-room";
    let folder = match examination.config.database.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let free = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            return Finding::new(CHECK, "", writeback_doctor::Verdict::CouldNotRun)
                .because("The folder of the database cannot be looked at.")
                .name("folder", folder.display())
                .error(&error);
        }
    };
    let finding = match free {
        ..ROOM_FAULT => Finding::fault(CHECK, ""),
        ROOM_FAULT..ROOM_WARNING => Finding::warning(CHECK, ""),
        _ => Finding::fine(CHECK, ""),
    };
    finding
        .seen("free", format!("{} MiB", free >> 20))
        .name("folder", folder.display())
}

/// Whether something listens where the cloud should. It is not asked what it is.
pub(super) async fn runs(examination: &Examination) -> Vec<Finding> {
    const CHECK: &str = "cloud-runs";
    let mut found = Vec::new();
    for Listen { address, .. } in &examination.config.listen {
        let tried = timeout(ANSWERS_WITHIN, TcpStream::connect(reachable(*address))).await;
        let subject = address.to_string();
        let error = match tried {
            Ok(Ok(_)) => {
                found.push(Finding::fine(CHECK, subject));
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer".to_owned(),
        };
        found.push(
            Finding::fault(CHECK, &subject)
                .seen("error", error)
                .name("address", &subject)
                .name("file", examination.file.display()),
        );
    }
    found
}

/// "Every address" is none that can be called.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The certificates that the cloud shows itself; behind a proxy it shows none.
fn certificates(examination: &Examination) -> Vec<Finding> {
    const CHECK: &str = "own-certificate";
    let now = examination.clock.now();
    let listen = examination.config.listen.iter();
    let mut found: Vec<_> = listen
        .filter_map(|it| Some((it.address, it.tls.as_ref()?)))
        .map(|(address, tls)| {
            let at = |finding: Finding| finding.name("certificate", tls.certificate.display());
            let subject = address.to_string();
            if let Err(error) = fs::metadata(&tls.key) {
                return at(Finding::fault(CHECK, subject))
                    .because("The key of the certificate cannot be read.")
                    .seen("file", tls.key.display())
                    .error(&error);
            }
            let (from, until) = match validity(&tls.certificate) {
                Ok(times) => times,
                Err(why) => {
                    return at(Finding::fault(CHECK, subject))
                        .because("The certificate in {certificate} cannot be read.")
                        .seen("error", why);
                }
            };
            let dates = |finding: Finding| {
                at(finding)
                    .seen("valid from", from)
                    .seen("valid until", until)
            };
            if now < from || now >= until {
                dates(Finding::fault(CHECK, subject))
            } else if now + RENEW_BEFORE >= until {
                dates(Finding::warning(CHECK, subject))
                    .because("The certificate in {certificate} ends within two weeks.")
            } else {
                dates(Finding::fine(CHECK, subject))
            }
        })
        .collect();
    if found.is_empty() {
        found.push(Finding::fine(CHECK, "").seen("certificate", "none here: a proxy shows one"));
    }
    found
}

fn validity(file: &Path) -> Result<(Timestamp, Timestamp), String> {
    let certificate = CertificateDer::from_pem_file(file).map_err(|error| error.to_string())?;
    let (_, parsed) = X509Certificate::from_der(&certificate).map_err(|error| error.to_string())?;
    let moment = |at: x509_parser::time::ASN1Time| {
        Timestamp::from_second(at.timestamp()).map_err(|error| error.to_string())
    };
    let validity = parsed.validity();
    Ok((moment(validity.not_before)?, moment(validity.not_after)?))
}

/// Greets the mail server as before a mail, and sends none.
async fn mail(examination: &Examination) -> Finding {
    const CHECK: &str = "mail-server";
    let mail = &examination.config.mail;
    let named = |finding: Finding| {
        let uri = mail
            .smtp
            .as_deref()
            .and_then(|it| it.parse::<http::Uri>().ok());
        let finding = finding.name("file", examination.file.display());
        match uri {
            Some(uri) => {
                let usual = match uri.scheme_str() {
                    Some("smtps") => 465,
                    _ => 25,
                };
                finding
                    .name("host", uri.host().unwrap_or_default())
                    .name("port", uri.port_u16().unwrap_or(usual))
            }
            None => finding,
        }
    };
    if let (None, Some(folder)) = (&mail.smtp, &mail.folder) {
        // What makes the folder is the cloud: a doctor makes nothing.
        return match fs::metadata(folder) {
            Ok(it) if it.is_dir() && !it.permissions().readonly() => {
                Finding::fine(CHECK, "").seen("mails", format!("go into {}", folder.display()))
            }
            Ok(_) => named(Finding::fault(CHECK, ""))
                .because("The folder that mails go into is no folder that can be written.")
                .seen("folder", folder.display())
                .remedy(["Correct folder under [mail] in {file}."]),
            Err(error) => named(Finding::fault(CHECK, ""))
                .because("The folder that mails go into cannot be looked at.")
                .seen("folder", folder.display())
                .error(&error)
                .remedy([
                    "Correct folder under [mail] in {file}; the cloud makes it when it starts.",
                ]),
        };
    }
    let mailer = match Mailer::new(mail) {
        Ok(mailer) => mailer,
        Err(error) => {
            return named(Finding::fault(CHECK, ""))
                .because("The settings under [mail] cannot be used.")
                .error(&error)
                .remedy(["Correct [mail] in {file}."]);
        }
    };
    match mailer.greet().await {
        Ok(()) => Finding::fine(CHECK, ""),
        Err(error) => named(Finding::fault(CHECK, "")).error(&error),
    }
}

fn audit_key(examination: &Examination) -> Finding {
    const CHECK: &str = "audit-key";
    let settings = examination.config.audit();
    let named = |finding: Finding| {
        finding
            .seen("file", settings.key_file.display())
            .name("key", settings.key_file.display())
    };
    match audit_public_key(&settings) {
        Ok(Some(_)) => Finding::fine(CHECK, ""),
        Ok(None) => named(Finding::fault(CHECK, ""))
            .because("There is no key: it was never made, or is lost."),
        Err(error) => named(Finding::fault(CHECK, "")).error(&error),
    }
}

/// Whether an agent was connected in the future.
pub(super) fn clock(seen: Option<Timestamp>, now: Timestamp) -> Finding {
    const CHECK: &str = "machine-clock";
    match seen {
        Some(seen) if seen > now + CLOCK_TOLERANCE => Finding::warning(CHECK, "")
            .seen("this machine's clock", second(now))
            .seen("an agent was connected", second(seen)),
        _ => Finding::fine(CHECK, ""),
    }
}
