//! Why something is changed, or is not.

use serde::{Deserialize, Serialize};
use writeback_model::{DomainName, UserId};

use crate::Removal;

/// A sentence of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// The object is joined already.
    Joined {
        /// To whom.
        user: UserId,
    },
    /// Nobody matched: a new person.
    NobodyMatched,
    /// Matched by source anchor (hard match).
    HardMatch {
        /// With whom.
        user: UserId,
    },
    /// Matched by the user principal name or the primary mail address (soft match).
    SoftMatch {
        /// With whom.
        user: UserId,
        /// `userPrincipalName` or `mail`.
        by: String,
    },
    /// A match that was not made.
    NotMatched {
        /// With whom.
        user: UserId,
        /// Because they hold an administrator's role, because the matcher is switched off, or
        /// because they are synchronised already.
        why: String,
    },
    /// Left out of scope.
    OutOfScope {
        /// By what.
        why: Removal,
    },
    /// The person stays: they have another account.
    StaysThrough {
        /// In this forest.
        forest: DomainName,
    },
    /// A staged removal is taken back.
    RemovalTakenBack {
        /// Whose.
        user: UserId,
        /// Why it was staged.
        why: Removal,
    },
    /// A removed person comes back.
    Restored {
        /// Who.
        user: UserId,
    },
    /// The object gives no attributes: passwords are not written to it.
    NotTheTarget,
    /// Passwords go elsewhere.
    Standing {
        /// Where they went, in words.
        from: String,
        /// Where they go.
        to: String,
    },
    /// An attribute changes.
    Flow {
        /// Which attribute of the person.
        target: String,
        /// From which attribute of the object, or how it was made.
        source: String,
        /// What it was.
        from: Option<String>,
        /// What it becomes.
        to: Option<String>,
    },
    /// Nothing is made of it.
    Ignored {
        /// Why: a group, or never in scope.
        why: String,
    },
}

impl Reason {
    /// In words, for a preview.
    pub fn text(&self) -> String {
        let or_nothing = |value: &Option<String>| {
            value
                .as_ref()
                .map_or_else(|| "nothing".to_owned(), |it| format!("{it:?}"))
        };
        match self {
            Self::Joined { user } => format!("it is joined to the person {user}"),
            Self::NobodyMatched => "nobody matches it: a new person".to_owned(),
            Self::HardMatch { user } => {
                format!("its source anchor is that of the person {user} (hard match)")
            }
            Self::SoftMatch { user, by } => {
                format!("its {by} is that of the person {user} of the cloud (soft match)")
            }
            Self::NotMatched { user, why } => {
                format!("it matches the person {user}, but is not joined: {why}")
            }
            Self::OutOfScope { why } => format!("it is not in scope: {}", why.text()),
            Self::StaysThrough { forest } => {
                format!("the person stays through their account in {forest}")
            }
            Self::RemovalTakenBack { user, why } => {
                format!(
                    "the removal of {user} is taken back; it was staged because {}",
                    why.text()
                )
            }
            Self::Restored { user } => format!("{user} was removed and is restored"),
            Self::NotTheTarget => {
                "it is not the password target, so the person's attributes stay as they are"
                    .to_owned()
            }
            Self::Standing { from, to } => format!("password target: {to} (was: {from})"),
            Self::Flow {
                target,
                source,
                from,
                to,
            } => format!(
                "{target}: {} (was: {}), from {source}",
                or_nothing(to),
                or_nothing(from)
            ),
            Self::Ignored { why } => format!("it is ignored: {why}"),
        }
    }
}
