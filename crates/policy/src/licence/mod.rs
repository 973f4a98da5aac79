//! Licences: what is sold, what is assigned, and what it entitles to.
//!
//! A SKU is what is bought; it is made of service plans. Decisions are made on the identifiers
//! of service plans and never on names, which mislead: the SKU `O365_BUSINESS_PREMIUM` is the
//! Business *Standard* edition and carries no plan that writes back.

mod catalogue;
mod enable;
mod entitle;
mod held;
mod plan;
mod seats;
mod state;

pub use catalogue::{CATALOGUE, CatalogueSku, SELF_HOSTED, catalogue_sku};
pub use enable::{Refusal, may_enable, may_test_writeback};
pub use entitle::{Entitlement, Feature, entitles};
pub use held::{HeldLicence, Seat, Via};
pub use plan::{KNOWN_PLANS, KnownPlan, Plan, ServicePlan, ServicePlanId, SkuId, UnknownPlan};
pub use seats::{Lowered, free_seats, lower_seats};
pub use state::{GRACE, LicenceState, SetState, Term};

#[cfg(test)]
mod tests;
