//! What is to be changed, and why.

use serde::{Deserialize, Serialize};
use writeback_model::{SourceAnchor, UserId};

use crate::{Account, Attributes, Gone, Problem, Reason, Standing};

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
