//! What is to be changed, and why.

use serde::{Deserialize, Serialize};
use writeback_model::{DomainName, SourceAnchor, UserId};

use crate::{Account, Attributes, Gone, Problem, Standing};

/// Why a person is to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Their only account was deleted in the directory.
    Deleted,
    /// It left the organizational units that the agents act on.
    OutOfScope,
    /// A full import did not find it.
    NotFound,
    /// It is not in the forest's group scope.
    NotInGroup,
    /// The attribute filter leaves it out.
    FilteredOut,
}

impl Removal {
    /// All.
    pub const ALL: [Self; 5] = [
        Self::Deleted,
        Self::OutOfScope,
        Self::NotFound,
        Self::NotInGroup,
        Self::FilteredOut,
    ];

    /// Its name: `deleted`, `out_of_scope` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::OutOfScope => "out_of_scope",
            Self::NotFound => "not_found",
            Self::NotInGroup => "not_in_group",
            Self::FilteredOut => "filtered_out",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Deleted => "it was deleted in the directory",
            Self::OutOfScope => "it left the organizational units that the agents act on",
            Self::NotFound => "a full import did not find it",
            Self::NotInGroup => "it is not in the group of the group scope",
            Self::FilteredOut => "the attribute filter leaves it out",
        }
    }
}

impl From<Gone> for Removal {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Deleted => Self::Deleted,
            Gone::OutOfScope => Self::OutOfScope,
            Gone::NotFound => Self::NotFound,
        }
    }
}

/// What one object asks of the cloud's people. Applied at once, except for removals, which are
/// staged until an export carries them out under the guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: all is as it should be.
    None,
    /// A new person, joined to the object.
    Add {
        /// Under this identifier.
        user: UserId,
        /// With this source anchor.
        source_anchor: SourceAnchor,
        /// What is known of them.
        attributes: Attributes,
        /// Where a password goes.
        standing: Standing,
    },
    /// The person gets these attributes and is a synchronised one from now on. Joins the object
    /// where it was not; takes a staged removal back and restores a removed person. Other
    /// objects of theirs are to be looked at again.
    Update {
        /// Who.
        user: UserId,
        /// The source anchor, where the person had none yet.
        source_anchor: Option<SourceAnchor>,
        /// What is known of them from now on.
        attributes: Attributes,
        /// Where a password goes.
        standing: Standing,
    },
    /// The object is not joined any more; the person stays through another account. Those
    /// objects are to be looked at again: their attributes become the person's.
    Leave {
        /// Who.
        user: UserId,
        /// Where a password goes until then.
        standing: Standing,
    },
    /// The person is to be removed: it was their only account.
    Remove {
        /// Who.
        user: UserId,
        /// Why.
        why: Removal,
    },
}

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

/// What is to be done about one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The object's forest and `objectGUID` are in here with its state.
    pub account: Account,
    /// What is changed.
    pub change: Change,
    /// What keeps the object from being all that it should be; errors keep it from becoming or
    /// updating a person, warnings do not ([`Problem::is_error`]).
    pub problems: Vec<Problem>,
    /// Why, in the order in which it was decided.
    pub reasons: Vec<Reason>,
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
                "passwords are not written to this account, so the person's attributes stay as \
                 they are"
                    .to_owned()
            }
            Self::Standing { from, to } => format!("passwords are written to: {to} (was: {from})"),
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
