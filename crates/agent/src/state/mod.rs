//! What the agent keeps on disk besides its journal: who it is, and its keys.

mod dir;
mod identity;
mod membership;
mod sealing;
mod switch;
mod ticket;

pub(crate) use dir::replace;
pub use dir::{Locked, StateDir, StateError};
pub use identity::Identity;
pub use membership::Membership;
pub use sealing::SealingKeys;
pub use switch::Switch;
pub(crate) use ticket::Tickets;
