//! One domain controller: reachable, its certificate, signing in, what it says of itself.

use std::sync::{Arc, atomic::Ordering};

use jiff::{SignedDuration, Timestamp};
use writeback_ad::{
    AdError, CertificateProblem, Presented, Published, RootDse, SignInRefusal, sign_in_refusal,
};
use writeback_doctor::{Finding, Outcome, Verdict};

use super::{
    directory::Domain,
    pdc,
    signing::{SKEW_MAX, difference},
    step,
};

/// A certificate that ends within this is to be renewed now.
const RENEW_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The capability of a read-only controller (MS-ADTS 3.1.1.3.4.3.8).
const READ_ONLY: &str = "1.2.840.113556.1.4.1920";
/// `domainControllerFunctionality` of Windows Server 2008 R2.
const LEVEL_MIN: i64 = 4;

/// What a certificate says, as evidence.
pub(super) fn shown(finding: Finding, presented: &Presented) -> Finding {
    let moment = |at: Option<Timestamp>| at.map_or("not readable".to_owned(), |at| at.to_string());
    let names = match presented.names.as_slice() {
        [] => "none".to_owned(),
        names => names.join(", "),
    };
    finding
        .seen("subject", &presented.subject)
        .seen("issuer", &presented.issuer)
        .seen("names", names)
        .seen("valid from", moment(presented.not_before))
        .seen("valid until", moment(presented.not_after))
}

pub(super) async fn look(domain: Arc<Domain>, host: String, published: Published) -> Outcome {
    // Reading goes on with the others; writing stops where the PDC emulator is concerned.
    let bad = if published.pdc.contains(&host) {
        Verdict::Fault
    } else {
        Verdict::Warning
    };
    let config = domain.directory.config();
    let at = |check, verdict| {
        Finding::new(check, &host, verdict)
            .name("host", &host)
            .name("port", config.port)
            .name("file", &domain.around.file)
    };
    let look = match domain.directory.look_at(&host).await {
        Ok(look) => look,
        Err(error) => {
            let none = at("dc-reachable", bad).error(&error);
            return none
                .because("The name {host} has no address in DNS.")
                .into();
        }
    };
    let addresses: Vec<_> = look.addresses.iter().map(ToString::to_string).collect();
    let reachable = |verdict| at("dc-reachable", verdict).seen("addresses", addresses.join(", "));
    let certificate = |verdict| {
        let finding = at("dc-certificate", verdict);
        look.presented.iter().fold(finding, shown)
    };
    match &look.tls {
        Ok(()) => {}
        Err(error @ AdError::Connect { .. }) => return reachable(bad).error(error).into(),
        Err(error @ AdError::TimedOut { .. }) => {
            let silent = reachable(bad).error(error);
            return silent
                .because(
                    "{host} does not answer: it is off, hangs, or a firewall swallows the packets.",
                )
                .into();
        }
        Err(AdError::Certificate { source, .. }) => {
            let finding = certificate(bad).seen("problem", source);
            return Outcome::from(mended(finding, source)).also([reachable(Verdict::Fine)]);
        }
        Err(error) => {
            let finding = certificate(bad)
                .error(error)
                .because("{host} takes connections on port {port} and does not speak TLS there.")
                .remedy([
                    "Give the domain controller a certificate; Windows then speaks LDAPS by itself:",
                    "PS> Get-ChildItem Cert:\\LocalMachine\\My",
                    "$ testparm -s --section-name=global 2>/dev/null | grep tls",
                ]);
            return Outcome::from(finding).also([reachable(Verdict::Fine)]);
        }
    }
    let now = domain.around.clock.now();
    let end = look.presented.as_ref().and_then(|it| it.not_after);
    let soon = end.is_some_and(|end| end.duration_since(now) < RENEW_WITHIN);
    let pinned = domain.forest.pinned_sha256.is_some();
    let certificate = if soon && !pinned {
        certificate(Verdict::Warning)
            .because("The certificate of {host} ends soon.")
            .remedy(["Renew it, with the DNS name {host} as its subjectAltName."])
    } else {
        certificate(Verdict::Fine)
    };
    let outcome = Outcome::from(vec![reachable(Verdict::Fine), certificate]);
    if !domain.may_sign_in {
        return outcome;
    }
    let name = domain.name.to_string();
    outcome.then([step(
        "agent-account",
        name,
        sign_in(domain, host, published),
    )])
}

fn mended(finding: Finding, problem: &CertificateProblem) -> Finding {
    let renew = [
        "Issue a certificate with the DNS name {host} as its subjectAltName; then, on Windows it is",
        "taken by itself, and on Samba:",
        "$ cp {host}.pem {host}.key /var/lib/samba/private/tls/   # tls certfile and tls keyfile in smb.conf",
        "$ systemctl restart samba-ad-dc",
    ];
    match problem {
        CertificateProblem::NoSubjectAltName { .. } => finding
            .because("The certificate of {host} has no subjectAltName, only a common name, which is not looked at.")
            .remedy(renew),
        CertificateProblem::OtherName { .. } => finding
            .because("The certificate that {host} shows is for other names.")
            .remedy(renew),
        CertificateProblem::Expired => finding
            .because("The certificate of {host} has expired.")
            .remedy(renew),
        CertificateProblem::NotYetValid => finding
            .because("The certificate of {host} is not valid yet by this machine's clock.")
            .remedy(["If its dates above are right, set this machine's clock:", "$ timedatectl set-ntp true"]),
        CertificateProblem::UnknownIssuer => finding
            .because("The certificate of {host} comes from an authority that is not trusted here.")
            .remedy([
                "Name the certificate of the issuer above under ca_file of the forest in {file}:",
                "PS> certutil -ca.cert ca.cer",
                "$ openssl x509 -inform der -in ca.cer -out /etc/writeback/ca.pem",
            ]),
        CertificateProblem::NotThePinned { .. } => finding
            .because("{host} shows another certificate than the pinned one: it was renewed, or somebody stands in between.")
            .remedy(["If it was renewed, write the SHA-256 above as pinned_sha256 into {file}."]),
        _ => finding,
    }
}

async fn sign_in(domain: Arc<Domain>, host: String, published: Published) -> Outcome {
    let subject = domain.name.to_string();
    let account = &domain.forest.user;
    let controller = match domain.sign_in(&host).await {
        Ok(Some(controller)) => controller,
        Ok(None) => return Outcome::default(),
        Err(AdError::Bind { source, .. }) => {
            let sam = account.split('@').next().unwrap_or(account);
            let finding = Finding::fault("agent-account", subject)
                .seen("account", account)
                .seen("said by", &host)
                .seen("answer", &source)
                .name("account", account)
                .name("sam", sam)
                .name("file", place(&domain));
            return match sign_in_refusal(&source).map(reason) {
                Some(reason) => finding.because(reason).into(),
                None => finding.into(),
            };
        }
        Err(error) => {
            let unknown = Finding::new("agent-account", subject, Verdict::CouldNotRun);
            return unknown.seen("asked", &host).error(&error).into();
        }
    };
    let fine = Finding::fine("agent-account", subject).seen("account", account);
    let (root, file) = (controller.root_dse(), &domain.around.file);
    let said = of_itself(root, &host, file, domain.around.clock.now());
    let mut outcome = Outcome::from(fine).also(said);
    if !domain.pdc_begun.swap(true, Ordering::Relaxed) {
        let name = domain.name.to_string();
        outcome = outcome.then([step("pdc-emulator", name, pdc::look(domain, published))]);
    }
    outcome
}

fn place(domain: &Domain) -> String {
    match &domain.forest.password_file {
        crate::config::PasswordSource::File(file) => file.display().to_string(),
        crate::config::PasswordSource::Credential(name) => format!("the systemd credential {name}"),
    }
}

const fn reason(refusal: SignInRefusal) -> &'static str {
    match refusal {
        SignInRefusal::WrongPassword => {
            "The password in {file} is not the one of {account}, or there is no such account."
        }
        SignInRefusal::NoSuchUser => "There is no account {account}.",
        SignInRefusal::Hours => "The account {account} may not sign in at this hour.",
        SignInRefusal::Workstation => "The account {account} may not sign in from this machine.",
        SignInRefusal::PasswordExpired => "The password of {account} has expired.",
        SignInRefusal::Disabled => "The account {account} is disabled.",
        SignInRefusal::Expired => "The account {account} has expired.",
        SignInRefusal::MustChange => {
            "The account {account} must change its password at the next sign-in, which a service cannot."
        }
        SignInRefusal::Locked => {
            "The account {account} is locked: something shows a wrong password again and again."
        }
    }
}

/// What follows from what a controller says of itself; `here` is this machine's time.
fn of_itself(root: &RootDse, host: &str, file: &str, here: Timestamp) -> Vec<Finding> {
    let at = |check, bad: bool| {
        let verdict = if bad { Verdict::Warning } else { Verdict::Fine };
        Finding::new(check, host, verdict)
            .name("host", host)
            .name("file", file)
    };
    let read_only = root.supported_capabilities.iter().any(|it| it == READ_ONLY);
    let level = root.controller_functionality;
    let mut findings = vec![
        at("dc-synchronized", root.is_synchronized == Some(false)),
        at("dc-writable", read_only),
        at(
            "dc-functional-level",
            level.is_some_and(|level| level < LEVEL_MIN),
        )
        .seen(
            "level",
            level.map_or("not told".to_owned(), |it| it.to_string()),
        ),
    ];
    if let Some(there) = root.current_time {
        let ahead = there.duration_since(here);
        let time = at("dc-time", ahead.abs() > SKEW_MAX)
            .seen("its clock", there)
            .seen("this machine", here)
            .because(format!(
                "The clock of {host} is {}.",
                difference(ahead, "this machine's")
            ));
        findings.push(time);
    }
    findings
}

#[cfg(test)]
mod tests {
    use writeback_ad::Vendor;

    use super::*;

    fn root() -> RootDse {
        RootDse {
            dns_host_name: None,
            ds_service_name: String::new(),
            domain_head: String::new(),
            configuration: String::new(),
            root_domain: None,
            current_time: Some(Timestamp::UNIX_EPOCH),
            is_synchronized: Some(true),
            domain_functionality: None,
            forest_functionality: None,
            controller_functionality: Some(LEVEL_MIN),
            supported_controls: Vec::new(),
            supported_capabilities: vec!["1.2.840.113556.1.4.800".to_owned()],
            highest_committed_usn: None,
            vendor: Vendor::Windows,
            invocation_id: None,
        }
    }

    #[test]
    fn what_a_controller_says_of_itself() {
        let red = |change: fn(&mut RootDse)| {
            let mut root = root();
            change(&mut root);
            let found = of_itself(&root, "dc1.corp.test", "agent.toml", Timestamp::UNIX_EPOCH);
            assert!(found.iter().all(|it| it.verdict <= Verdict::Warning));
            let red = found.into_iter().filter(|it| it.verdict != Verdict::Fine);
            red.map(|it| it.check).collect::<Vec<_>>()
        };
        assert!(red(|_| {}).is_empty());
        // What is not said is held against nobody.
        assert!(red(|it| it.is_synchronized = None).is_empty());
        assert!(red(|it| it.controller_functionality = None).is_empty());
        assert!(red(|it| it.current_time = None).is_empty());
        assert_eq!(
            red(|it| it.is_synchronized = Some(false)),
            ["dc-synchronized"]
        );
        let read_only = |it: &mut RootDse| it.supported_capabilities.push(READ_ONLY.to_owned());
        assert_eq!(red(read_only), ["dc-writable"]);
        let level = |it: &mut RootDse| it.controller_functionality = Some(LEVEL_MIN - 1);
        assert_eq!(red(level), ["dc-functional-level"]);
        for seconds in [61, -61] {
            let mut root = root();
            root.current_time = Timestamp::from_second(seconds).ok();
            let found = of_itself(&root, "dc1.corp.test", "agent.toml", Timestamp::UNIX_EPOCH);
            let time = found.iter().find(|it| it.check == "dc-time");
            assert_eq!(time.map(|it| it.verdict), Some(Verdict::Warning));
        }
    }
}
