//! May this person do that here, and why?
//!
//! One decision for the portal, the API and the command line. Every rule is evaluated and says
//! its value, where it is set and what would change it, so that "why?" has a whole answer.

mod account_rules;
mod check;
mod code;
mod decide;
mod entry;
mod error;
mod facts;
mod finding;
mod method;
mod person_rules;
mod policy;
mod policy_rules;
#[cfg(test)]
mod policy_tests;
mod remarks;
mod settings;
#[cfg(test)]
mod tests;
mod wish;

pub use code::PortalCode;
pub use decide::{Access, decide};
pub use entry::GroupEntry;
pub use error::ResetPolicyError;
pub use facts::{AccessFacts, Account, Agents, ForestFacts, MemberOf, Throttled};
pub use finding::{Finding, Holds};
pub use method::Method;
pub use policy::{Administrators, ResetPolicy, Scope};
pub use remarks::{KnownGroup, Remark, remarks};
pub use settings::Settings;
pub use wish::Wish;
