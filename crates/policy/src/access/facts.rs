//! What the decision is made of.

use jiff::Timestamp;
use writeback_model::{DomainName, GroupId, Role};

use super::{Method, ResetPolicy, Wish};
use crate::licence::HeldLicence;

/// Everything that is known of a person and of where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessFacts {
    /// Whether their organisation is enabled.
    pub tenant_enabled: bool,
    /// Its reset policy.
    pub policy: ResetPolicy,
    /// The groups they are in, directly and through groups.
    pub groups: Vec<MemberOf>,
    /// The roles they hold.
    pub roles: Vec<Role>,
    /// The licences they hold.
    pub held: Vec<HeldLicence>,
    /// Whether writeback is on for the organisation.
    pub writeback: bool,
    /// Where their password is.
    pub account: Account,
    /// The methods they have registered.
    pub registered: Vec<Method>,
    /// The methods that this installation can carry out.
    pub available: Vec<Method>,
    /// What this installation can carry out for a password that is where theirs is.
    pub offered: Vec<Wish>,
    /// A limit that they have used up.
    pub throttled: Option<Throttled>,
    /// Until when their sign-in is locked.
    pub sign_in_locked_until: Option<Timestamp>,
}

/// A group that a person is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberOf {
    /// Which.
    pub id: GroupId,
    /// Its name.
    pub name: String,
}

/// Where a person's password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// In the cloud.
    OfTheCloud,
    /// In a directory.
    InForest(ForestFacts),
    /// They are synchronised, and have no account that a password could be written to.
    Missing,
    /// They are synchronised, and have enabled accounts in two forests.
    EnabledTwice,
}

impl Account {
    /// What this version of the software can carry out for it.
    pub const fn built(&self) -> &'static [Wish] {
        match self {
            Self::OfTheCloud => &[Wish::Change],
            Self::InForest(_) | Self::Missing | Self::EnabledTwice => &[Wish::Reset, Wish::Unlock],
        }
    }
}

/// The forest of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForestFacts {
    /// Its name.
    pub name: DomainName,
    /// Whether writeback is on for it.
    pub writeback: bool,
    /// Why its people are not known well enough, each by its kebab-case name; empty where they
    /// are.
    pub not_synchronised: Vec<String>,
    /// Its agents.
    pub agents: Agents,
}

/// Whether an agent could write to a forest now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agents {
    /// One could.
    Ready,
    /// Some are connected, and none could; by the name of the cause, where it is known.
    NotReady(String),
    /// None is connected.
    NotConnected,
    /// Only the running cloud knows.
    NotKnown,
}

/// A limit that was used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttled {
    /// Its name.
    pub limit: String,
    /// Until when.
    pub until: Timestamp,
}
