//! What may be asked of an agent, and of which object.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DomainName, SourceAnchor};

/// What is to be done to one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Operation {
    /// Set a new password without knowing the old one, and unlock the account.
    Reset {
        /// The person must choose another password at the next sign-in.
        force_change: bool,
    },
    /// Set a new password as the person themselves, who knows the current one.
    Change,
    /// Clear a lockout and leave the password as it is.
    Unlock,
}

impl Operation {
    /// The name under which the operation is stored, logged and bound to a sealed password.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reset {
                force_change: false,
            } => "reset",
            Self::Reset { force_change: true } => "reset_force_change",
            Self::Change => "change",
            Self::Unlock => "unlock",
        }
    }

    /// The operation of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Reset {
                force_change: false,
            },
            Self::Reset { force_change: true },
            Self::Change,
            Self::Unlock,
        ]
        .into_iter()
        .find(|operation| operation.name() == name)
    }

    /// Whether a new password comes with it.
    pub const fn writes_password(self) -> bool {
        !matches!(self, Self::Unlock)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The one directory object that an operation is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The forest, by its root domain.
    pub forest: DomainName,
    /// The domain in it that holds the object.
    pub domain: DomainName,
    /// The object.
    pub anchor: SourceAnchor,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_operation() {
        for operation in [
            Operation::Reset {
                force_change: false,
            },
            Operation::Reset { force_change: true },
            Operation::Change,
            Operation::Unlock,
        ] {
            assert_eq!(Operation::from_name(operation.name()), Some(operation));
        }
        assert_eq!(Operation::from_name("delete"), None);
    }
}
