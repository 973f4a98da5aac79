//! What a connector space holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use writeback_model::{DomainName, SourceAnchor, UserId};

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// A person's account.
    User,
    /// A group of users and groups.
    Group,
}

impl ObjectKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// Its name: `user` or `group`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Why an object is not in scope any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// The directory says that it was deleted.
    Deleted,
    /// It was moved out of the organizational units that the agents act on.
    OutOfScope,
    /// A complete full import did not find it.
    NotFound,
}

impl Gone {
    /// All.
    pub const ALL: [Self; 3] = [Self::Deleted, Self::OutOfScope, Self::NotFound];

    /// Its name: `deleted`, `out_of_scope` or `not_found`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::OutOfScope => "out_of_scope",
            Self::NotFound => "not_found",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One imported object, as the connector space has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The forest it was imported from.
    pub forest: DomainName,
    /// The domain that holds it.
    pub domain: DomainName,
    /// The NetBIOS name of that domain.
    pub netbios: Option<String>,
    /// `objectGUID`: names the object in its forest for life.
    pub anchor: SourceAnchor,
    /// User or group.
    pub kind: ObjectKind,
    /// The distinguished name, as last imported.
    pub dn: String,
    /// `mS-DS-ConsistencyGuid`, where it holds 16 bytes.
    pub consistency_guid: Option<SourceAnchor>,
    /// Whether the account is enabled; false for groups.
    pub enabled: bool,
    /// When the account expires, where it does.
    pub account_expires: Option<Timestamp>,
    /// The text attributes that were imported, by their LDAP names as the rules write them.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// The person it is joined to.
    pub joined: Option<UserId>,
    /// Whether it is in the forest's group scope; true where there is none.
    pub in_group_scope: bool,
    /// Why it is gone, where it is.
    pub gone: Option<Gone>,
}

impl Object {
    /// The source anchor: `mS-DS-ConsistencyGuid`, else `objectGUID`.
    pub fn source_anchor(&self) -> SourceAnchor {
        self.consistency_guid.unwrap_or(self.anchor)
    }

    /// The values of an attribute; the case of its name does not matter.
    pub fn values(&self, name: &str) -> &[String] {
        let as_written = self.attributes.get(name);
        let found = as_written.or_else(|| {
            let mut all = self.attributes.iter();
            all.find(|(it, _)| it.eq_ignore_ascii_case(name))
                .map(|(_, values)| values)
        });
        found.map_or(&[], Vec::as_slice)
    }

    /// The first value of an attribute, trimmed, that is not empty.
    pub fn first(&self, name: &str) -> Option<&str> {
        let mut trimmed = self.values(name).iter().map(|value| value.trim());
        trimmed.find(|value| !value.is_empty())
    }
}

/// An object that a person is joined to: where a password of theirs could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its forest.
    pub forest: DomainName,
    /// Its domain.
    pub domain: DomainName,
    /// Its `objectGUID`.
    pub anchor: SourceAnchor,
    /// Whether it is enabled.
    pub enabled: bool,
}

impl Account {
    /// Whether it is the same object, whatever its state.
    pub fn is_same(&self, other: &Self) -> bool {
        self.forest == other.forest && self.anchor == other.anchor
    }
}

impl From<&Object> for Account {
    fn from(object: &Object) -> Self {
        Self {
            forest: object.forest.clone(),
            domain: object.domain.clone(),
            anchor: object.anchor,
            enabled: object.enabled,
        }
    }
}
