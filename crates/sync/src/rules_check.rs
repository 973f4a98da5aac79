//! Which rules can be.

use std::collections::BTreeSet;

use crate::{Condition, Rules, Source, Target};

/// Attributes that must never be read, lower case: keys, password hashes and passwords of
/// Active Directory, its extensions and Samba, and what is no text.
const FORBIDDEN: &[&str] = &[
    "currentvalue",
    "dbcspwd",
    "initialauthincoming",
    "initialauthoutgoing",
    "jpegphoto",
    "krbprincipalkey",
    "lmpwdhistory",
    "logonhours",
    "ms-ds-consistencyguid",
    "ms-mcs-admpwd",
    "ms-mcs-admpwdhistory",
    "msds-executescriptpassword",
    "msds-keycredentiallink",
    "msds-managedpassword",
    "msds-managedpasswordid",
    "msds-managedpasswordpreviousid",
    "msds-revealedusers",
    "msfve-keypackage",
    "msfve-recoverypassword",
    "mslaps-encrypteddsrmpassword",
    "mslaps-encrypteddsrmpasswordhistory",
    "mslaps-encryptedpassword",
    "mslaps-encryptedpasswordhistory",
    "mslaps-password",
    "mspkiaccountcredentials",
    "mspkidpapimasterkeys",
    "mssfu30password",
    "mstpm-ownerinformation",
    "ntpwdhistory",
    "ntsecuritydescriptor",
    "objectguid",
    "objectsid",
    "photo",
    "priorvalue",
    "pwdhistory",
    "sambalmpassword",
    "sambantpassword",
    "sambapasswordhistory",
    "sidhistory",
    "supplementalcredentials",
    "thumbnailphoto",
    "trustauthincoming",
    "trustauthoutgoing",
    "unicodepwd",
    "unixuserpassword",
    "usercertificate",
    "userpassword",
    "userpkcs12",
    "usersmimecertificate",
];

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
    if FORBIDDEN.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(RulesError::ForbiddenAttribute(name.to_owned()));
    }
    Ok(())
}
