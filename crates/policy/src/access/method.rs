//! The ways in which a person proves who they are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One way; each passes one gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A code mailed to a recovery address.
    Email,
    /// A code in a text message.
    Sms,
    /// A telephone call.
    Voice,
    /// A code from an authenticator.
    Totp,
    /// A passkey.
    Passkey,
    /// Questions that were answered before. Never for administrators.
    SecurityQuestions,
    /// A pass that an administrator gives out, good for a short time.
    TemporaryPass,
}

impl Method {
    /// Each.
    pub const ALL: [Self; 7] = [
        Self::Email,
        Self::Sms,
        Self::Voice,
        Self::Totp,
        Self::Passkey,
        Self::SecurityQuestions,
        Self::TemporaryPass,
    ];

    /// Those that this version of the software can carry out.
    pub const BUILT: &'static [Self] = &[Self::Email];

    /// Its name in the policy.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::SecurityQuestions => "security-questions",
            Self::TemporaryPass => "temporary-pass",
        }
    }

    /// Whether administrators may prove themselves by it.
    pub const fn suits_administrators(self) -> bool {
        !matches!(self, Self::SecurityQuestions)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The names of some, for people.
pub(super) fn list(methods: &[Method]) -> String {
    if methods.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<_> = methods.iter().map(|method| method.id()).collect();
    names.join(", ")
}
