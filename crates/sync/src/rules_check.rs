//! Which rules can be.

use std::collections::BTreeSet;

use writeback_model::never_imported;

use crate::{Condition, Rules, Source, Target};

/// Rules that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Two flows to one attribute.
    #[error("there are two flows to {0}; keep one, with both sources in order")]
    TwoFlows(&'static str),
    /// No flow to an attribute that every person must have.
    #[error("there is no flow to {0}; add one, or leave `flows` out to have the defaults")]
    NoFlow(&'static str),
    /// A flow without a source.
    #[error("the flow to {0} has no source")]
    NoSource(&'static str),
    /// A name that is no LDAP attribute's.
    #[error("{0:?} is no attribute name: letters, digits and hyphens, beginning with a letter")]
    AttributeName(String),
    /// An attribute that must never be read.
    #[error("{0} holds secrets or is not text, and cannot be a source")]
    ForbiddenAttribute(String),
    /// A guard that would guard nothing.
    #[error("the guard's percent is between 1 and 100")]
    GuardPercent,
    /// Nothing could be restored.
    #[error("restore_days is at least 1")]
    RestoreDays,
    /// A suffix that no name could have.
    #[error("{0:?} is no suffix of a user principal name: write what follows the @")]
    Suffix(String),
}

impl Rules {
    /// Whether they can be.
    pub fn check(&self) -> Result<(), RulesError> {
        let mut targets = BTreeSet::new();
        for flow in &self.flows {
            let name = flow.target.name();
            if !targets.insert(flow.target) {
                return Err(RulesError::TwoFlows(name));
            }
            if flow.sources.is_empty() {
                return Err(RulesError::NoSource(name));
            }
        }
        if !targets.contains(&Target::UserPrincipalName) {
            return Err(RulesError::NoFlow(Target::UserPrincipalName.name()));
        }
        for name in self.named_attributes() {
            check_attribute(name)?;
        }
        for suffix in &self.verified_suffixes {
            if suffix.is_empty() || suffix.contains(|c: char| c == '@' || c.is_whitespace()) {
                return Err(RulesError::Suffix(suffix.clone()));
            }
        }
        if !(1..=100).contains(&self.guard.percent) {
            return Err(RulesError::GuardPercent);
        }
        if self.restore_days == 0 {
            return Err(RulesError::RestoreDays);
        }
        Ok(())
    }

    /// The names of the LDAP attributes that imports must read, sorted, each once: those that the
    /// rules name, and what everybody is known by.
    pub fn attributes(&self) -> Vec<String> {
        let always = ["sAMAccountName", "userPrincipalName"].into_iter();
        let mut names = std::collections::BTreeMap::new();
        for name in always.chain(self.named_attributes()) {
            names
                .entry(name.to_ascii_lowercase())
                .or_insert_with(|| name.to_owned());
        }
        names.into_values().collect()
    }

    fn named_attributes(&self) -> impl Iterator<Item = &str> {
        let sources = self.flows.iter().flat_map(|flow| &flow.sources);
        let of_flows = sources.filter_map(Source::attribute);
        let conditions = self.forests.values().flat_map(|forest| &forest.filter);
        of_flows.chain(conditions.map(Condition::attribute))
    }
}

fn check_attribute(name: &str) -> Result<(), RulesError> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name {
        return Err(RulesError::AttributeName(name.to_owned()));
    }
    if never_imported(name) {
        return Err(RulesError::ForbiddenAttribute(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, ForestRules};

    fn with(target: Target, sources: Vec<Source>) -> Rules {
        let mut rules = Rules::default();
        rules.flows.retain(|flow| flow.target != target);
        rules.flows.push(Flow { target, sources });
        rules
    }

    fn named(name: &str) -> Rules {
        with(Target::Mail, vec![Source::Attribute(name.into())])
    }

    #[test]
    fn each_thing_that_cannot_be_is_refused() {
        assert_eq!(Rules::default().check(), Ok(()));
        let mut twice = named("mail");
        twice.flows.extend(named("info").flows.pop());
        assert_eq!(twice.check(), Err(RulesError::TwoFlows("mail")));
        let mut nameless = Rules::default();
        nameless.flows.remove(0);
        let name = "user_principal_name";
        assert_eq!(nameless.check(), Err(RulesError::NoFlow(name)));
        let empty = with(Target::Mail, Vec::new());
        assert_eq!(empty.check(), Err(RulesError::NoSource("mail")));
        for percent in [0, 101] {
            let mut rules = Rules::default();
            rules.guard.percent = percent;
            assert_eq!(rules.check(), Err(RulesError::GuardPercent));
        }
        let rules = Rules {
            restore_days: 0,
            ..Rules::default()
        };
        assert_eq!(rules.check(), Err(RulesError::RestoreDays));
        for suffix in ["", "@corp.test", "corp .test"] {
            let rules = Rules {
                verified_suffixes: vec![suffix.into()],
                ..Rules::default()
            };
            assert_eq!(rules.check(), Err(RulesError::Suffix(suffix.into())));
        }
    }

    #[test]
    fn a_secret_is_never_read_however_it_is_named() {
        for name in [
            "unicodePwd",
            "UNICODEPWD",
            "supplementalCredentials",
            "dBCSPwd",
            "ntPwdHistory",
            "lmPwdHistory",
            "userPassword",
            "ms-Mcs-AdmPwd",
            "msLAPS-Password",
            "msLAPS-EncryptedPassword",
            "msDS-ManagedPassword",
            "msFVE-RecoveryPassword",
        ] {
            let error = Err(RulesError::ForbiddenAttribute(name.into()));
            assert_eq!(named(name).check(), error);
            let proxy = Source::PrimaryProxyAddress(name.into());
            assert_eq!(with(Target::OtherMail, vec![proxy]).check(), error);
            let mut tested = Rules::default();
            let attribute = name.to_owned();
            let forest = ForestRules {
                group_scope: None,
                filter: vec![Condition::Present { attribute }],
            };
            tested.forests.insert("corp.test".parse().unwrap(), forest);
            assert_eq!(tested.check(), error);
        }
        // Neither by its object identifier nor with an option.
        for name in [
            "1.2.840.113556.1.4.90",
            "userPassword;binary",
            "",
            "a b",
            "é",
        ] {
            let error = Err(RulesError::AttributeName(name.into()));
            assert_eq!(named(name).check(), error);
        }
    }

    #[test]
    fn imports_read_what_the_rules_name() {
        assert_eq!(
            Rules::default().attributes(),
            [
                "displayName",
                "mail",
                "mobile",
                "name",
                "otherMailbox",
                "preferredLanguage",
                "proxyAddresses",
                "sAMAccountName",
                "userPrincipalName",
            ]
        );
        let mut rules = Rules {
            flows: vec![Flow {
                target: Target::UserPrincipalName,
                sources: vec![Source::ImpliedUpn, Source::Constant("x".into())],
            }],
            ..Rules::default()
        };
        let test = |attribute: &str| Condition::Absent {
            attribute: attribute.into(),
        };
        let forest = ForestRules {
            group_scope: None,
            filter: vec![test("employeeID"), test("SAMACCOUNTNAME")],
        };
        rules.forests.insert("corp.test".parse().unwrap(), forest);
        assert_eq!(
            rules.attributes(),
            ["employeeID", "sAMAccountName", "userPrincipalName"]
        );
    }
}
