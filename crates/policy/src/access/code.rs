//! The codes that portal pages show.

use std::fmt;

use serde::{Serialize, Serializer};

/// Why the portal refuses, by the reference product's codes: help desks know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortalCode {
    /// Resets are switched off for the organisation, or for its administrators.
    ResetDisabled,
    /// The password is in a directory, and writeback is switched off.
    WritebackDisabled,
    /// The policy that holds for the person does not allow it.
    NotInPolicy,
    /// No licence of theirs carries it.
    NotLicensed,
    /// They are in none of the groups that may.
    NotInGroup,
    /// They have too little registered to prove who they are.
    NotRegistered,
    /// Something on the premises is to be mended.
    OnPremisesConfiguration,
    /// The premises cannot be reached.
    OnPremisesConnectivity,
}

impl PortalCode {
    /// Each.
    pub const ALL: [Self; 8] = [
        Self::ResetDisabled,
        Self::WritebackDisabled,
        Self::NotInPolicy,
        Self::NotLicensed,
        Self::NotInGroup,
        Self::NotRegistered,
        Self::OnPremisesConfiguration,
        Self::OnPremisesConnectivity,
    ];

    /// As it is shown.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ResetDisabled => "SSPR_0009",
            Self::WritebackDisabled => "SSPR_0010",
            Self::NotInPolicy => "SSPR_0011",
            Self::NotLicensed => "SSPR_0012",
            Self::NotInGroup => "SSPR_0013",
            Self::NotRegistered => "SSPR_0014",
            Self::OnPremisesConfiguration => "SSPR_0029",
            Self::OnPremisesConnectivity => "SSPR_0030",
        }
    }
}

impl fmt::Display for PortalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for PortalCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
