//! The rules of a tenant: data, with defaults, checked when they are set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use writeback_model::DomainName;

use crate::Guard;

/// All rules of a tenant. An operator reads and writes them as TOML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// How objects find people that exist already.
    pub matchers: Matchers,
    /// Where each attribute of a person comes from, as a table of targets and their sources.
    #[serde(with = "crate::flows_table")]
    pub flows: Vec<Flow>,
    /// Suffixes of user principal names that are the tenant's, besides its forests' own.
    pub verified_suffixes: Vec<String>,
    /// What holds for one forest.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub forests: BTreeMap<DomainName, ForestRules>,
    /// How many may be removed.
    pub guard: Guard,
    /// For how many days a removed person can be restored.
    pub restore_days: u16,
    /// Write the `objectGUID` into an empty `mS-DS-ConsistencyGuid`, where the agent's
    /// configuration and its rights allow it.
    pub write_consistency_guid: bool,
}

/// How objects find people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matchers {
    /// By source anchor.
    pub hard_match: bool,
    /// People of the cloud alone, by user principal name or primary mail address.
    pub soft_match: bool,
}

/// An attribute of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The name they sign in with.
    UserPrincipalName,
    /// The name that people read.
    DisplayName,
    /// The primary mail address.
    Mail,
    /// Addresses that work while the person is locked out. All values of all sources.
    OtherMail,
    /// The mobile phone's number.
    Mobile,
    /// A language tag.
    Language,
}

impl Target {
    /// Its name in rules and reasons: `user_principal_name` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserPrincipalName => "user_principal_name",
            Self::DisplayName => "display_name",
            Self::Mail => "mail",
            Self::OtherMail => "other_mail",
            Self::Mobile => "mobile",
            Self::Language => "language",
        }
    }
}

/// Where a value comes from. In the rules' text, `mail`, `primary(proxyAddresses)`,
/// `sAMAccountName@domain` and `constant(id-ID)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// The values of an attribute, by its LDAP name.
    Attribute(String),
    /// The primary address of a `proxyAddresses`-like attribute: the value that begins with
    /// `SMTP:` in capitals.
    PrimaryProxyAddress(String),
    /// `sAMAccountName@domain`: what a directory itself takes for a missing user principal name.
    ImpliedUpn,
    /// This value for everybody.
    Constant(String),
}

/// One attribute's flow: the first source that has a value gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// To.
    pub target: Target,
    /// From, in order.
    pub sources: Vec<Source>,
}

/// A test of an object's attribute. All of a forest's conditions must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "test", deny_unknown_fields)]
pub enum Condition {
    /// The attribute has a value.
    Present {
        /// LDAP name.
        attribute: String,
    },
    /// It has none.
    Absent {
        /// LDAP name.
        attribute: String,
    },
    /// One of its values is this; case does not matter.
    Equals {
        /// LDAP name.
        attribute: String,
        /// The value.
        value: String,
    },
    /// None of its values is this; case does not matter.
    NotEquals {
        /// LDAP name.
        attribute: String,
        /// The value.
        value: String,
    },
    /// One of its values begins so; case does not matter.
    StartsWith {
        /// LDAP name.
        attribute: String,
        /// The beginning.
        value: String,
    },
}

/// What holds for one forest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ForestRules {
    /// Only members of this group, also through other groups: its distinguished name or
    /// `objectGUID`.
    pub group_scope: Option<String>,
    /// Only objects for which all of these hold.
    pub filter: Vec<Condition>,
}

impl Default for Rules {
    fn default() -> Self {
        let attribute = |name: &str| Source::Attribute(name.to_owned());
        let flow = |target, sources: &[Source]| Flow {
            target,
            sources: sources.to_vec(),
        };
        let proxies = Source::PrimaryProxyAddress("proxyAddresses".to_owned());
        Self {
            matchers: Matchers::default(),
            flows: vec![
                flow(
                    Target::UserPrincipalName,
                    &[attribute("userPrincipalName"), Source::ImpliedUpn],
                ),
                flow(
                    Target::DisplayName,
                    &[attribute("displayName"), attribute("name")],
                ),
                flow(Target::Mail, &[attribute("mail"), proxies]),
                flow(Target::OtherMail, &[attribute("otherMailbox")]),
                flow(Target::Mobile, &[attribute("mobile")]),
                flow(Target::Language, &[attribute("preferredLanguage")]),
            ],
            verified_suffixes: Vec::new(),
            forests: BTreeMap::new(),
            guard: Guard::default(),
            restore_days: 30,
            write_consistency_guid: false,
        }
    }
}

impl Default for Matchers {
    fn default() -> Self {
        Self {
            hard_match: true,
            soft_match: true,
        }
    }
}

impl Source {
    /// The LDAP attribute that it reads.
    pub(crate) fn attribute(&self) -> Option<&str> {
        match self {
            Self::Attribute(name) | Self::PrimaryProxyAddress(name) => Some(name),
            // The account name is read anyway.
            Self::ImpliedUpn | Self::Constant(_) => None,
        }
    }
}

impl Condition {
    /// The LDAP attribute that it tests.
    pub(crate) fn attribute(&self) -> &str {
        match self {
            Self::Present { attribute }
            | Self::Absent { attribute }
            | Self::Equals { attribute, .. }
            | Self::NotEquals { attribute, .. }
            | Self::StartsWith { attribute, .. } => attribute,
        }
    }
}
