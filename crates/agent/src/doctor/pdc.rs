//! The PDC emulator, to which every password goes.

use std::sync::Arc;

use writeback_ad::{AdError, Controller, ExtendedRight, Published};
use writeback_doctor::{Finding, Outcome, Verdict};

use super::{
    directory::{Domain, list},
    person, step,
};

pub(super) async fn look(domain: Arc<Domain>, published: Published) -> Outcome {
    let check = "pdc-emulator";
    let name = domain.name.to_string();
    let controller = match domain.directory.pdc().await {
        Ok(controller) => controller,
        Err(error) => return not_found(&name, &error, &published).into(),
    };
    let host = controller.host().to_owned();
    let found = Finding::fine(check, &name).seen("holder", &host);
    let (rights, steps) = match controller.own_token().await {
        Ok(token) => {
            let token = Arc::new(token);
            let rights = unexpire(&domain, &controller, &token).await;
            let controller = Arc::new(controller);
            let hints = hints(&domain, &controller);
            let user = domain.around.user.as_ref().map(|_| {
                let look = person::look(Arc::clone(&domain), controller, token);
                step("person-found", name.clone(), look)
            });
            (vec![rights, hints], user)
        }
        Err(error) => {
            let unknown = Finding::new("right-unexpire", &name, Verdict::CouldNotRun);
            (
                vec![unknown.error(&error), hints(&domain, &controller)],
                None,
            )
        }
    };
    Outcome::from(found)
        .also([in_dns(&name, &host, &published)])
        .also(rights)
        .then(steps)
}

/// What the controllers themselves were found to be is the cause where there is one.
fn not_found(name: &str, error: &AdError, published: &Published) -> Finding {
    let check = "pdc-emulator";
    let source = match error {
        AdError::PdcUnreachable { source, .. } => source,
        error => error,
    };
    let told = |host: &String| published.pdc.contains(host);
    match source {
        AdError::Connect { host, .. } | AdError::TimedOut { host, .. } if told(host) => {
            Finding::not_reached(check, name, "dc-reachable")
        }
        AdError::Certificate { host, .. } | AdError::Tls { host, .. } if told(host) => {
            Finding::not_reached(check, name, "dc-certificate")
        }
        AdError::Bind { .. } => Finding::not_reached(check, name, "agent-account"),
        AdError::Connect { host, .. }
        | AdError::TimedOut { host, .. }
        | AdError::Dns { name: host, .. } => Finding::fault(check, name).error(error).because(
            format!("{host} holds the PDC emulator role and cannot be reached."),
        ),
        _ => Finding::fault(check, name).error(error),
    }
}

fn in_dns(name: &str, host: &str, published: &Published) -> Finding {
    let check = "pdc-in-dns";
    if published.pdc == [host] {
        return Finding::fine(check, name);
    }
    let finding = Finding::warning(check, name)
        .seen("DNS", list(&published.pdc))
        .seen("directory", host)
        .name("published", list(&published.pdc))
        .name("holder", host);
    if published.pdc.iter().any(|it| it == host) {
        finding.because("DNS names {published} as PDC emulator, of which only {holder} holds the role: the others' records are stale.")
    } else {
        finding
    }
}

fn hints(domain: &Domain, controller: &Controller) -> Finding {
    let check = "policy-hints";
    let name = domain.name.as_str();
    match controller.policy_hints() {
        Some(hints) => Finding::fine(check, name).seen("control", hints.oid()),
        None if domain.forest.allow_without_policy_hints => Finding::fine(check, name)
            .seen("control", "none; allowed by allow_without_policy_hints"),
        None => Finding::fault(check, name)
            .seen("host", controller.host())
            .name("host", controller.host())
            .name("file", &domain.around.file),
    }
}

async fn unexpire(
    domain: &Domain,
    controller: &Controller,
    token: &writeback_ad::Token,
) -> Finding {
    let check = "right-unexpire";
    let name = domain.name.as_str();
    let head = &controller.root_dse().domain_head;
    let granted = match controller.rights(head).await {
        Ok(rights) => rights.and_then(|it| it.grants(ExtendedRight::UNEXPIRE_PASSWORD, token)),
        Err(error) => return Finding::new(check, name, Verdict::CouldNotRun).error(&error),
    };
    let verdict = match granted {
        Some(true) => Verdict::Fine,
        Some(false) => Verdict::Warning,
        None => Verdict::CouldNotRun,
    };
    let finding = Finding::new(check, name, verdict).seen("object", head);
    let finding = match granted {
        None => {
            finding.because("The security descriptor of the head of the domain may not be read.")
        }
        Some(_) => finding,
    };
    named(finding, domain, token).name("head", head)
}

/// With the agent's account as commands name it.
pub(super) fn named(finding: Finding, domain: &Domain, token: &writeback_ad::Token) -> Finding {
    let finding = finding.name("account", &domain.forest.user);
    match token.own() {
        Some(sid) => finding.name("sid", sid),
        None => finding,
    }
}
