//! The licences that one person holds.

use std::fmt;

use jiff::Timestamp;
use writeback_model::GroupId;

use super::{LicenceState, ServicePlan, SkuId};

/// By what a person holds a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// It is assigned to them.
    Direct,
    /// It is assigned to a group of that name that they are in, also through other groups.
    Group(GroupId, String),
    /// It is assigned to everybody.
    Everybody,
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("assigned directly"),
            Self::Group(_, name) => write!(f, "assigned to the group {name:?}"),
            Self::Everybody => f.write_str("assigned to everybody"),
        }
    }
}

/// The seat that a licence needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// There is no end of them.
    Unlimited,
    /// They have one.
    Held,
    /// There are fewer seats than before; theirs is one too many and stays for a grace.
    Surplus {
        /// When it goes.
        until: Timestamp,
    },
    /// They have none: all are taken by others.
    Missing,
}

impl Seat {
    /// Whether it lets the licence be used.
    pub const fn works(self) -> bool {
        !matches!(self, Self::Missing)
    }

    /// Its name in the API.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Held => "held",
            Self::Surplus { .. } => "surplus",
            Self::Missing => "no-seat",
        }
    }
}

/// A licence that a person holds by one assignment. By several assignments of one SKU they hold
/// it several times, and one seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLicence {
    /// What was bought.
    pub sku: SkuId,
    /// Its part number, for people to read.
    pub sku_name: String,
    /// By what they hold it.
    pub via: Via,
    /// The service plans that are enabled.
    pub plans: Vec<ServicePlan>,
    /// The service plans of the SKU that are disabled in the assignment.
    pub disabled: Vec<ServicePlan>,
    /// The state of the subscription.
    pub state: LicenceState,
    /// Their seat.
    pub seat: Seat,
}
