//! One person's account, as the PDC emulator has it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use writeback_ad::{
    AccountSnapshot, AdError, Controller, Named, PolicySource, Rights, Token, guid_dn, protected,
};
use writeback_doctor::{Finding, Outcome, Verdict};
use writeback_model::ProtectedBy;

use super::{directory::Domain, pdc::named, rights, round_trip::Account};

/// Whom to look for, in all domains together.
pub(crate) struct Sought {
    name: String,
    /// Domains that have not been asked yet.
    open: AtomicUsize,
    found: Mutex<Vec<String>>,
}

impl Sought {
    pub(super) const fn new(name: String, domains: usize) -> Self {
        Self {
            name,
            open: AtomicUsize::new(domains),
            found: Mutex::new(Vec::new()),
        }
    }

    /// Notes whom one domain has; what is to be said when it is known.
    fn note(&self, found: &[Named]) -> Option<Finding> {
        let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(found.iter().map(|it| it.dn.clone()));
        let last = self.open.fetch_sub(1, Ordering::AcqRel) == 1;
        let check = "person-found";
        match all.as_slice() {
            [] if last => Some(Finding::fault(check, &self.name).name("user", &self.name)),
            [] => None,
            [dn] => Some(Finding::fine(check, &self.name).seen("account", dn)),
            several => {
                let finding = Finding::fault(check, &self.name)
                    .because("Several accounts have that name, so that nobody can be told by it.")
                    .remedy(["Ask by the user principal name, or rename all but one of them."]);
                let each = several.iter();
                Some(each.fold(finding, |finding, dn| finding.seen("account", dn)))
            }
        }
    }
}

pub(super) async fn look(
    domain: Arc<Domain>,
    controller: Arc<Controller>,
    token: Arc<Token>,
) -> Outcome {
    let Some(sought) = &domain.around.user else {
        return Outcome::default();
    };
    let found = match controller.named(&sought.name).await {
        Ok(found) => found,
        Err(error) => {
            let unknown = Finding::new("person-found", &sought.name, Verdict::CouldNotRun);
            return unknown.error(&error).into();
        }
    };
    let told = sought.note(&found);
    let outcome = Outcome::default().also(told);
    let [person] = found.as_slice() else {
        return outcome;
    };
    // One person is found; where there are several, the trip is not begun.
    let _ = domain.around.ready.account.set(Account {
        controller: Arc::clone(&controller),
        anchor: person.anchor,
    });
    let looked = Looked {
        domain: &domain,
        controller: &controller,
        token: &token,
        person,
        subject: &sought.name,
    };
    outcome.also(looked.findings().await)
}

/// A person who was found, and who looks.
pub(super) struct Looked<'l> {
    domain: &'l Domain,
    controller: &'l Controller,
    pub(super) token: &'l Token,
    person: &'l Named,
    subject: &'l str,
}

impl Looked<'_> {
    /// A finding with all the names that commands need.
    pub(super) fn at(&self, check: &'static str, verdict: Verdict) -> Finding {
        let sam = self.person.sam.as_deref().unwrap_or(self.subject);
        let finding = Finding::new(check, self.subject, verdict)
            .name("dn", &self.person.dn)
            .name("sam", sam)
            .name("user", self.subject)
            .name("head", &self.controller.root_dse().domain_head);
        named(finding, self.domain, self.token)
    }

    pub(super) fn not_reached(&self, check: &'static str, blocked_by: &'static str) -> Finding {
        Finding::not_reached(check, self.subject, blocked_by)
    }

    fn could_not(&self, check: &'static str, error: &AdError) -> Finding {
        self.at(check, Verdict::CouldNotRun).error(error)
    }

    async fn findings(&self) -> Vec<Finding> {
        let dn = guid_dn(&self.person.anchor);
        let (rights, account) = tokio::join!(
            self.controller.rights(&dn),
            self.controller.read_for_write(&self.person.anchor)
        );
        let rights = match rights {
            Ok(Some(rights)) => rights,
            Ok(None) => return vec![self.could_not_see()],
            Err(error) => return vec![self.could_not("rights-inherited", &error)],
        };
        let account = match account {
            Ok(Some(account)) => account,
            Ok(None) => return vec![self.could_not_see()],
            Err(AdError::Missing { what, .. }) => return self.hidden(&rights, what),
            Err(error) => return vec![self.could_not("person-readable", &error)],
        };
        let mut findings = vec![self.at("person-readable", Verdict::Fine)];
        match protected(&account, &self.domain.forest.user) {
            Some(by) => {
                findings.push(self.protected(by, &account));
                let needed = [
                    "rights-inherited",
                    "right-reset",
                    "right-unlock",
                    "right-force-change",
                ];
                findings.extend(needed.map(|it| self.not_reached(it, "person-not-protected")));
            }
            None => {
                findings.push(self.at("person-not-protected", Verdict::Fine));
                findings.extend(rights::findings(self, &rights));
            }
        }
        findings.extend(self.state(&account));
        findings.extend(self.may_change(&rights));
        findings
    }

    fn could_not_see(&self) -> Finding {
        self.at("person-found", Verdict::Fault).because(
            "The account vanished while it was looked at, or is hidden from the agent's account.",
        )
    }

    /// What decides may not be read: because nothing is inherited, or because it was hardened.
    fn hidden(&self, rights: &Rights, what: &'static str) -> Vec<Finding> {
        let of_rights = rights::findings(self, rights);
        let is_cause = of_rights
            .iter()
            .any(|it| it.check == "rights-inherited" && it.verdict == Verdict::Fault);
        let readable = if is_cause {
            self.not_reached("person-readable", "rights-inherited")
        } else {
            self.at("person-readable", Verdict::Fault)
                .seen("hidden", what)
                .name("attribute", what)
        };
        let blocked_by = if is_cause {
            "rights-inherited"
        } else {
            "person-readable"
        };
        let rest = [
            "person-not-protected",
            "person-enabled",
            "person-policy",
            "person-password-age",
        ];
        let rest = rest.map(|it| self.not_reached(it, blocked_by));
        of_rights
            .into_iter()
            .chain([readable])
            .chain(rest)
            .collect()
    }

    fn protected(&self, by: ProtectedBy, account: &AccountSnapshot) -> Finding {
        let why = match by {
            ProtectedBy::AdminCount => "adminCount is 1, so it is or was an administrator's",
            ProtectedBy::ProtectedGroup => "it is a member of a protected group",
            ProtectedBy::WellKnownAccount => "it is a built-in account of the domain",
            ProtectedBy::AgentAccount => "it is the agent's own account",
            ProtectedBy::NotAnOrdinaryUser => "it is no ordinary user's",
        };
        self.at("person-not-protected", Verdict::Fault)
            .seen("adminCount", u8::from(account.admin_count))
            .seen("groups", account.groups.len())
            .name("protection", why)
    }

    fn state(&self, account: &AccountSnapshot) -> Vec<Finding> {
        let states = [
            (account.control.disabled(), "it is disabled"),
            (account.has_expired(), "it has expired"),
        ];
        let states: Vec<_> = states.iter().filter(|it| it.0).map(|it| it.1).collect();
        let verdict = match (states.is_empty(), account.locked) {
            (false, _) => Verdict::Fault,
            (true, true) => Verdict::Warning,
            (true, false) => Verdict::Fine,
        };
        let enabled = self
            .at("person-enabled", verdict)
            .seen("locked", yes(account.locked))
            .seen("must change", yes(account.must_change_password()))
            .seen(
                "never expires",
                yes(account.control.password_never_expires()),
            )
            .name("state", states.join(", and "));
        let enabled = if verdict == Verdict::Warning {
            enabled.because("The account is locked. A reset unlocks it.")
        } else {
            enabled
        };
        let policy = &account.policy;
        let settings = policy
            .settings_object
            .as_deref()
            .unwrap_or("the domain's policy");
        let unreadable = account.policy_source == PolicySource::Unreadable;
        let of_policy = if unreadable {
            self.at("person-policy", Verdict::Warning)
                .seen("settings object", settings)
                .name("settings", settings)
        } else {
            self.at("person-policy", Verdict::Fine)
                .seen("policy", settings)
                .seen("minimum length", policy.min_length)
                .seen("history", policy.history)
        };
        let age = match account.too_young_until() {
            Some(until) => self
                .at("person-password-age", Verdict::Warning)
                .seen("possible from", until)
                .name("until", until)
                .name(
                    "set",
                    account
                        .password_last_set
                        .map_or(String::new(), |it| it.to_string()),
                ),
            None => self.at("person-password-age", Verdict::Fine),
        };
        vec![enabled, of_policy, age]
    }

    fn may_change(&self, rights: &Rights) -> Option<Finding> {
        let verdict = if rights.cannot_change_password()? {
            Verdict::Warning
        } else {
            Verdict::Fine
        };
        Some(self.at("person-may-change", verdict))
    }
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
