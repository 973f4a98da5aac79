//! People as the cloud has them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use writeback_model::{SourceAnchor, UserId};

use crate::{Account, Attributes, Removal};

/// Where a person is mastered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Made in the cloud, and changed there.
    Cloud,
    /// Synchronised from a directory.
    Synchronised,
}

/// Which of a person's accounts a password is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// To this one: the only one, or the only enabled one.
    Target(Account),
    /// To none: accounts in two forests are enabled, and which is meant is not guessed.
    EnabledTwice,
    /// To none: there is no account, as with people of the cloud alone; or another account than
    /// before is to be the target, and was not decided about yet. It becomes the target together
    /// with its attributes.
    None,
}

impl Standing {
    /// The account that a password is written to.
    pub const fn target(&self) -> Option<&Account> {
        match self {
            Self::Target(account) => Some(account),
            Self::EnabledTwice | Self::None => None,
        }
    }

    /// Whether a password goes to the same place.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Target(one), Self::Target(two)) => one.is_same(two) && one.domain == two.domain,
            _ => self == other,
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Target(account) => format!("the account in {}", account.domain),
            Self::EnabledTwice => "none, two accounts are enabled".to_owned(),
            Self::None => "none".to_owned(),
        }
    }
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The cloud's identifier; stays while the person is known, and over a removal and return.
    pub id: UserId,
    /// Where they are mastered.
    pub origin: Origin,
    /// The source anchor, once there is one. It never changes.
    pub source_anchor: Option<SourceAnchor>,
    /// What is known of them.
    pub attributes: Attributes,
    /// Where a password goes, as it was last decided.
    pub standing: Standing,
    /// The objects they are joined to, as they were last imported, gone ones too.
    pub accounts: Vec<Account>,
    /// Whether they hold an administrator's role in the cloud: such a person is never matched.
    pub holds_admin_role: bool,
    /// The staged removal, which the next export carries out.
    pub removal: Option<Removal>,
    /// When they were removed; such a person is found by no name and can be restored.
    pub removed_at: Option<Timestamp>,
}

impl Person {
    /// Their accounts without this one, by forest: what is said of them does not depend on the
    /// order in which a store gives them.
    pub(crate) fn accounts_without(&self, account: &Account) -> Vec<Account> {
        let others = self.accounts.iter().filter(|it| !it.is_same(account));
        let mut others: Vec<_> = others.cloned().collect();
        others.sort_by(|one, two| (&one.forest, one.anchor).cmp(&(&two.forest, two.anchor)));
        others
    }

    /// Their accounts with this one as it is now.
    pub(crate) fn accounts_with(&self, account: &Account) -> Vec<Account> {
        let mut accounts = self.accounts_without(account);
        accounts.push(account.clone());
        accounts
    }
}
