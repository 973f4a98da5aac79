//! What a person wishes to do.

use serde::{Deserialize, Serialize};

/// What a person wishes to do with their own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Set a new one without knowing the old one.
    Reset,
    /// Set a new one, giving the old one.
    Change,
    /// Have the account unlocked and keep the password.
    Unlock,
    /// Register the methods by which they prove who they are.
    Register,
}

impl Wish {
    /// Each, in the order in which they are explained.
    pub const ALL: [Self; 4] = [Self::Reset, Self::Change, Self::Unlock, Self::Register];

    /// Its name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Change => "change",
            Self::Unlock => "unlock",
            Self::Register => "register",
        }
    }

    /// Whether the person has to prove who they are by registered methods.
    pub(super) const fn asks_for_gates(self) -> bool {
        matches!(self, Self::Reset | Self::Unlock)
    }

    /// Whether the policy's scope and entries say who may: a change needs the old password, and
    /// is nobody's to forbid here.
    pub(super) const fn is_in_the_policy(self) -> bool {
        !matches!(self, Self::Change)
    }

    /// Whether it ends in the directory, for a person whose password is there.
    pub(super) const fn writes(self) -> bool {
        !matches!(self, Self::Register)
    }
}
