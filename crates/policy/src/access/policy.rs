//! The reset policy of a tenant: data, with defaults, checked when it is set.

use serde::{Deserialize, Serialize};

use super::{GroupEntry, MemberOf, Method, Settings};

/// The whole policy. An operator reads and writes it as TOML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResetPolicy {
    /// Who may reset at all; administrators have a switch of their own.
    pub scope: Scope,
    /// What holds for people whom no group's entry matches.
    #[serde(rename = "default")]
    pub default_entry: Settings,
    /// What holds for administrators, whatever their groups say.
    pub administrators: Administrators,
    /// In order: the first whose group a person is in holds for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupEntry>,
}

/// Who may reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Nobody.
    Off,
    /// People in the group of an entry.
    Selected,
    /// Everybody.
    #[default]
    All,
}

impl Scope {
    /// Its name in the policy.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Selected => "selected",
            Self::All => "all",
        }
    }
}

/// Whoever holds a role: always two gates, never security questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Administrators {
    /// Whether they may reset.
    pub reset: bool,
    /// By which methods.
    pub methods: Vec<Method>,
}

impl Administrators {
    /// How many gates administrators pass. No setting: one forgotten mailbox must not be the key
    /// to everybody's.
    pub const GATES: u8 = 2;
}

impl Default for Administrators {
    fn default() -> Self {
        Self {
            reset: true,
            methods: Method::ALL
                .into_iter()
                .filter(|method| method.suits_administrators())
                .collect(),
        }
    }
}

impl ResetPolicy {
    /// The first entry whose group is one of these, and its number from 0.
    pub fn entry_for(&self, groups: &[MemberOf]) -> Option<(usize, &GroupEntry)> {
        self.groups.iter().enumerate().find(|(_, entry)| {
            entry
                .id
                .is_some_and(|id| groups.iter().any(|group| group.id == id))
        })
    }

    /// What holds for a person in these groups who is no administrator.
    pub fn settings_for(&self, groups: &[MemberOf]) -> Settings {
        self.entry_for(groups).map_or_else(
            || self.default_entry.clone(),
            |(_, entry)| entry.over(&self.default_entry),
        )
    }
}
