//! The way to the cloud, step by step, as the agent goes it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::lookup_host;
use writeback_ad::Presented;
use writeback_doctor::{Finding, Outcome, Step};

use super::{Around, controller::shown, idle, machine::Member, signing, step};
use crate::transport::{Proxy, ProxyError, Transport, TransportError};

/// Words by which products that inspect TLS name themselves as the issuer of what they show.
const INSPECTORS: [&str; 10] = [
    "zscaler",
    "fortinet",
    "fortigate",
    "palo alto",
    "blue coat",
    "symantec web",
    "netskope",
    "forcepoint",
    "sophos",
    "squid",
];

/// Where the first connection goes: the proxy, or the cloud itself.
struct Way {
    host: String,
    port: u16,
    through_proxy: bool,
}

pub(super) fn steps(around: &Arc<Around>, member: Member) -> Vec<Step> {
    let proxy = around
        .config
        .proxy
        .as_ref()
        .map(Proxy::try_from)
        .transpose();
    let proxy = match proxy {
        Ok(proxy) => proxy,
        Err(error) => return vec![refused(around, error)],
    };
    let cloud = &around.config.cloud;
    let way = match &proxy {
        Some(proxy) if cloud.is_secure() => Way {
            host: proxy.host().to_owned(),
            port: proxy.port(),
            through_proxy: true,
        },
        _ => Way {
            host: cloud.host().to_owned(),
            port: cloud.port(),
            through_proxy: false,
        },
    };
    let host = way.host.clone();
    vec![step(
        "cloud-name",
        host,
        name(Arc::clone(around), way, proxy, member),
    )]
}

/// The proxy's own settings cannot be used: its password, or its address.
fn refused(around: &Around, error: ProxyError) -> Step {
    let finding = Finding::fault("configuration", "")
        .seen("file", &around.file)
        .error(&error)
        .because("The settings under [proxy] cannot be used.")
        .name("file", &around.file);
    step("configuration", "", async move { finding.into() })
}

async fn name(around: Arc<Around>, way: Way, proxy: Option<Proxy>, member: Member) -> Outcome {
    let at = |finding: Finding| finding.name("host", &way.host);
    let addresses: Vec<_> = match lookup_host((way.host.as_str(), way.port)).await {
        Ok(addresses) => addresses.map(|it| it.ip().to_string()).collect(),
        Err(error) => {
            return at(Finding::fault("cloud-name", &way.host))
                .error(&error)
                .into();
        }
    };
    let found = at(Finding::fine("cloud-name", &way.host)).seen("addresses", addresses.join(", "));
    let next = step(
        "cloud-reachable",
        format!("{}:{}", way.host, way.port),
        reach(around, way, proxy, member),
    );
    Outcome::from(found).then([next])
}

async fn reach(around: Arc<Around>, way: Way, proxy: Option<Proxy>, member: Member) -> Outcome {
    let subject = format!("{}:{}", way.host, way.port);
    match crate::transport::reach(&way.host, way.port).await {
        Ok(()) => {
            let next = step("cloud-certificate", "", tls(around, way, proxy, member));
            Outcome::from(Finding::fine("cloud-reachable", subject)).then([next])
        }
        Err(error) => Finding::fault("cloud-reachable", subject)
            .error(&error)
            .name("host", &way.host)
            .name("port", way.port)
            .into(),
    }
}

async fn tls(around: Arc<Around>, way: Way, proxy: Option<Proxy>, member: Member) -> Outcome {
    let config = &around.config;
    let cloud = &config.cloud;
    let seen = Arc::new(Mutex::new(None));
    let transport = Transport::looking(cloud.clone(), config.ca_file.as_deref(), proxy, &seen);
    let transport = match transport {
        Ok(transport) => Arc::new(transport),
        Err(error) => {
            return Finding::fault("configuration", "")
                .error(&error)
                .name("file", &around.file)
                .into();
        }
    };
    let dialled = transport.dial().await.map(drop);
    let presented: Option<Presented> = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut findings = Vec::new();
    if way.through_proxy {
        let at = format!("{}:{}", way.host, way.port);
        if let Err(error) = &dialled
            && is_of_proxy(error)
        {
            return Finding::fault("proxy", at)
                .error(error)
                .because(error.to_string())
                .name("cloud", format!("{}:{}", cloud.host(), cloud.port()))
                .name("file", &around.file)
                .into();
        }
        findings.push(Finding::fine("proxy", at));
    }
    let certificate = |finding: Finding| {
        let finding = finding
            .name("host", cloud.host())
            .name("port", cloud.port())
            .name("file", &around.file);
        presented.iter().fold(finding, shown)
    };
    match dialled {
        Ok(()) => {
            if cloud.is_secure() {
                let fine = certificate(Finding::fine("cloud-certificate", cloud.host()));
                findings.push(match presented.as_ref().filter(|it| is_inspector(it)) {
                    Some(it) => fine.noted(format!(
                        "TLS is opened on the way: the certificate was issued by {}, which is \
                         trusted here. Passwords are sealed and pass it unread.",
                        it.issuer
                    )),
                    None => fine,
                });
            }
            let hold = idle::step(&around, &transport);
            let next = signing::steps(Arc::clone(&around), &transport, member);
            Outcome::from(findings).then(hold.into_iter().chain(next))
        }
        Err(error) => {
            let finding = certificate(Finding::fault("cloud-certificate", cloud.host()));
            findings.push(explained(finding, &error, presented.as_ref()).error(&error));
            findings.into()
        }
    }
}

/// Whether the issuer is a product that opens TLS.
fn is_inspector(shown: &Presented) -> bool {
    let issuer = shown.issuer.to_lowercase();
    INSPECTORS.iter().any(|name| issuer.contains(name))
}

/// What to do about each kind of refused certificate.
fn explained(finding: Finding, error: &TransportError, shown: Option<&Presented>) -> Finding {
    let inspected = shown.is_some_and(is_inspector);
    match error {
        TransportError::CertificateUntrusted { .. } if inspected => finding
            .because("Something on the way opens TLS and shows a certificate of its own; its issuer names it.")
            .remedy([
                "Let it pass {host} port {port} unopened. That is the right way: passwords' envelopes go there.",
                "If that cannot be had, name its authority under ca_file in {file}.",
            ]),
        TransportError::CertificateUntrusted { .. } => finding
            .because("The certificate of {host} comes from an authority that is not trusted here.")
            .remedy([
                "If the issuer above is your own, name its certificate under ca_file in {file}.",
                "If it is not the cloud's, something on the way opens TLS: let it pass {host} unopened.",
            ]),
        TransportError::CertificateName { .. } => finding
            .because("The certificate that is shown is for other names than {host}.")
            .remedy(["Correct `cloud` in {file}, or have the certificate issued for {host}."]),
        TransportError::CertificateTime { .. } => finding
            .because("The certificate of {host} has expired, or is not valid yet by this machine's clock.")
            .remedy(["Renew it on the cloud. If its dates above are right, set this machine's clock:", "$ timedatectl set-ntp true"]),
        TransportError::TimedOut { .. } => finding
            .because("{host} takes connections and does not answer."),
        _ => finding.because("TLS with {host} failed: what answers there is not the cloud, or something breaks it."),
    }
}

const fn is_of_proxy(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::ProxySignIn { .. }
            | TransportError::ProxyForbids { .. }
            | TransportError::ProxyStuck { .. }
            | TransportError::ProxyRefused { .. }
            | TransportError::ProxyAddress
    )
}
