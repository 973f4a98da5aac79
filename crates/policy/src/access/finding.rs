//! What one rule found.

use serde::Serialize;

use super::PortalCode;

/// Whether a rule lets the person through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It says nothing to this wish of this person.
    NotReached,
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, in kebab case.
    pub rule: &'static str,
    /// Whether it lets the person through.
    pub holds: Holds,
    /// What it went by.
    pub value: String,
    /// Where that is set.
    pub set_in: String,
    /// Why not, in kebab case, for the audit trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What would change a no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_help: Option<String>,
    /// What the portal's page shows for a no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<PortalCode>,
}

/// A no, spelled out.
pub(super) struct No {
    pub(super) reason: &'static str,
    pub(super) would_help: String,
    pub(super) code: Option<PortalCode>,
}

impl Finding {
    pub(super) fn yes(
        rule: &'static str,
        value: impl Into<String>,
        set_in: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            holds: Holds::Yes,
            value: value.into(),
            set_in: set_in.into(),
            reason: None,
            would_help: None,
            code: None,
        }
    }

    pub(super) fn no(
        rule: &'static str,
        value: impl Into<String>,
        set_in: impl Into<String>,
        no: No,
    ) -> Self {
        Self {
            holds: Holds::No,
            reason: Some(no.reason),
            would_help: Some(no.would_help),
            code: no.code,
            ..Self::yes(rule, value, set_in)
        }
    }

    /// Says nothing; `why` is its value.
    pub(super) fn not_reached(rule: &'static str, why: impl Into<String>) -> Self {
        Self {
            holds: Holds::NotReached,
            ..Self::yes(rule, why, "")
        }
    }
}
