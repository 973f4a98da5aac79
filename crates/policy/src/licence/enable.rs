//! What licences must be there before something is switched on or tried.

use super::{Entitlement, Feature, HeldLicence, entitles};

/// Why it is not done, and what would help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No licence is assigned in the tenant.
    #[error(
        "no licence is assigned to anybody in the tenant: assign one with `writeback admin \
         licence assign`; having bought some is not enough"
    )]
    NothingAssigned,
    /// The administrator holds none that entitles.
    #[error("the administrator holds no licence for writeback: {0}")]
    Administrator(String),
    /// The test user holds none that entitles.
    #[error("the test user holds no licence for writeback: {0}")]
    TestUser(String),
}

/// Whether anything that licences are needed for can be switched on in a tenant.
pub const fn may_enable(any_licence_assigned: bool) -> Result<(), Refusal> {
    if any_licence_assigned {
        Ok(())
    } else {
        Err(Refusal::NothingAssigned)
    }
}

/// Whether writeback can be tested by an administrator on a test user: both must hold a licence
/// for it. All that stands against it is given.
pub fn may_test_writeback(
    any_licence_assigned: bool,
    administrator: &[HeldLicence],
    test_user: &[HeldLicence],
) -> Vec<Refusal> {
    if let Err(refusal) = may_enable(any_licence_assigned) {
        return vec![refusal];
    }
    let lacks = |held| {
        let Entitlement {
            allowed, because, ..
        } = entitles(held, Feature::WritebackReset);
        (!allowed).then_some(because)
    };
    lacks(administrator)
        .map(Refusal::Administrator)
        .into_iter()
        .chain(lacks(test_user).map(Refusal::TestUser))
        .collect()
}
