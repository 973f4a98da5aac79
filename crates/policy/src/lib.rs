//! Decisions, each with its reasons.
//!
//! Everything here is a pure function of what it is given, so that it can be asked "why?" and
//! be tested without a directory, a store or a clock.

pub mod access;
pub mod banned;
pub mod licence;
mod limits;
mod names;
mod recovery;
pub mod roles;
pub mod sign_in;
mod tenants;

pub use limits::{Channel, Limit, LimitChange, LimitChanges, Limits};
pub use names::{ForestOfName, KnownDomain, forest_of_name};
pub use recovery::{RecoveryAttribute, recovery_addresses};
pub use tenants::{TenantFacts, TenantOfName, tenant_of_name};
