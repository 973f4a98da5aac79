//! The domains that are served, and the controllers that DNS names for them.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicBool},
};

use writeback_ad::{AdError, Directory, Published};
use writeback_doctor::{Finding, Outcome, Step};
use writeback_model::DomainName;

use super::{Around, controller, step};
use crate::{config::ForestConfig, forest::directories};

/// One domain while it is looked at.
pub(super) struct Domain {
    pub(super) around: Arc<Around>,
    pub(super) name: DomainName,
    pub(super) forest: ForestConfig,
    pub(super) directory: Directory,
    /// Whether the password of the agent's account could be read.
    pub(super) may_sign_in: bool,
    /// Whether the directory took it. Whoever asks first is waited for: a wrong password shown
    /// to every controller at once would lock the agent's account.
    pub(super) let_in: tokio::sync::Mutex<Option<bool>>,
    /// Whether the PDC emulator is being looked for.
    pub(super) pdc_begun: AtomicBool,
}

pub(super) fn steps(around: &Arc<Around>) -> Vec<Step> {
    let forests = around.config.forests.iter();
    forests
        .flat_map(|forest| of_forest(around, forest))
        .collect()
}

fn of_forest(around: &Arc<Around>, forest: &ForestConfig) -> Vec<Step> {
    let password = forest.password_file.read();
    let may_sign_in = password.is_ok();
    let directories = match directories(forest, password.unwrap_or_else(|_| String::new().into())) {
        Ok(directories) => directories,
        Err(error) => {
            let finding = Finding::fault("configuration", "")
                .seen("file", &around.file)
                .error(&error)
                .name("file", &around.file);
            return vec![step("configuration", "", async move { finding.into() })];
        }
    };
    let each = directories.into_iter().map(|(name, directory)| {
        let domain = Arc::new(Domain {
            around: Arc::clone(around),
            name,
            forest: forest.clone(),
            directory,
            may_sign_in,
            let_in: tokio::sync::Mutex::new(None),
            pdc_begun: AtomicBool::new(false),
        });
        step(
            "domain-controllers",
            domain.name.to_string(),
            published(domain),
        )
    });
    each.collect()
}

async fn published(domain: Arc<Domain>) -> Outcome {
    let check = "domain-controllers";
    let name = domain.name.to_string();
    let at = |finding: Finding| finding.name("domain", &name);
    let published = match domain.directory.published().await {
        Ok(published) => published,
        Err(error) => return at(Finding::fault(check, &name)).error(&error).into(),
    };
    let Published { pdc, controllers } = &published;
    let all: BTreeSet<&String> = pdc.iter().chain(controllers).collect();
    let seen = |finding: Finding| {
        at(finding)
            .seen("domain controllers", list(controllers))
            .seen("PDC emulator", list(pdc))
    };
    let found = if all.is_empty() {
        return seen(Finding::fault(check, &name)).into();
    } else if pdc.is_empty() || controllers.is_empty() {
        seen(Finding::warning(check, &name))
            .because("DNS lacks one of the two records under which domain controllers are found.")
    } else {
        seen(Finding::fine(check, &name))
    };
    let steps = all.into_iter().map(|host| {
        let work = controller::look(Arc::clone(&domain), host.clone(), published.clone());
        step("dc-reachable", host, work)
    });
    let steps: Vec<_> = steps.collect();
    Outcome::from(found)
        .also(preferred(&domain, &published))
        .then(steps)
}

fn preferred(domain: &Domain, published: &Published) -> Option<Finding> {
    let check = "preferred-controllers";
    let wanted = &domain.forest.preferred_controllers;
    if wanted.is_empty() {
        return None;
    }
    let known = |host: &&String| {
        published
            .controllers
            .iter()
            .any(|it| it.eq_ignore_ascii_case(host))
    };
    let unknown: Vec<String> = wanted.iter().filter(|it| !known(it)).cloned().collect();
    // One list for all domains of the forest: a name of another domain is none of this one's.
    let none = unknown.len() == wanted.len();
    let finding = match (unknown.is_empty(), none && domain.forest.only_preferred) {
        (true, _) => {
            return Some(
                Finding::fine(check, domain.name.as_str()).seen("preferred", list(wanted)),
            );
        }
        (false, true) => Finding::fault(check, domain.name.as_str()),
        (false, false) => Finding::warning(check, domain.name.as_str()),
    };
    let finding = finding
        .seen("preferred", list(wanted))
        .seen("unknown", list(&unknown))
        .name("domain", &domain.name)
        .name("file", &domain.around.file)
        .name("controllers", list(&published.controllers));
    Some(finding)
}

pub(super) fn list(hosts: &[String]) -> String {
    if hosts.is_empty() {
        "none".to_owned()
    } else {
        hosts.join(", ")
    }
}

impl Domain {
    /// Signs in to a controller. `Ok(None)` where another one refused the account already, so
    /// that it is not shown again.
    pub(super) async fn sign_in(
        &self,
        host: &str,
    ) -> Result<Option<writeback_ad::Controller>, AdError> {
        let mut let_in = self.let_in.lock().await;
        match *let_in {
            Some(false) => return Ok(None),
            Some(true) => {
                drop(let_in);
                return self.directory.controller(host).await.map(Some);
            }
            None => {}
        }
        let controller = self.directory.controller(host).await;
        match &controller {
            Ok(_) => *let_in = Some(true),
            Err(AdError::Bind { .. }) => *let_in = Some(false),
            Err(_) => {}
        }
        controller.map(Some)
    }
}
