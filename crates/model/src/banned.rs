//! The rules by which a password is banned.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a password is too easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BannedRule {
    /// It holds the person's name, or a part of it.
    ContainsName,
    /// It holds the tenant's name, or a part of it.
    ContainsTenantName,
    /// It is a banned term, or one change away from one.
    TooSimilar,
    /// Besides banned terms too little is left of it.
    TooFewPoints,
}

impl BannedRule {
    /// Its name for people and programs.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ContainsName => "contains-name",
            Self::ContainsTenantName => "contains-tenant-name",
            Self::TooSimilar => "too-similar",
            Self::TooFewPoints => "too-few-points",
        }
    }

    /// What the audit trail says where a password was taken that the rule would have refused.
    pub fn watched(self) -> String {
        format!(
            "banned passwords are only watched: {} would have refused it",
            self.id()
        )
    }
}

/// What becomes of a password that is too easy to guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BannedMode {
    /// It is refused.
    #[default]
    Enforce,
    /// It is taken, and the audit trail says by which rule it would have been refused.
    Audit,
    /// Nobody looks.
    Off,
}

impl BannedMode {
    /// Its name for people and programs.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Audit => "audit",
            Self::Off => "off",
        }
    }

    /// The one of that name.
    pub fn of_id(id: &str) -> Option<Self> {
        [Self::Enforce, Self::Audit, Self::Off]
            .into_iter()
            .find(|mode| mode.id() == id)
    }
}
