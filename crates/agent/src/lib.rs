//! The on-premises role: dials out to the cloud, claims requests, and writes passwords into
//! Active Directory. Nothing comes in: the one link is opened from here.
//!
//! - [`enrol`] makes the agent's keys and spends a one-time token, once.
//! - [`run`] does the rest until it is told to stop: link, executor, journal, resolver,
//!   importer and health, each in a module of its own.
//!
//! How agent and cloud agree on what happened to a password is in `docs/outcome-protocol.md`;
//! the rules that follow from it stand where they are kept: [`journal`] before the write,
//! [`executor`] only within the grant, [`resolve`] by the directory's own receipt.

pub mod config;
pub mod enrol;
mod events;
pub mod journal;
mod link;
mod resolve;
pub mod state;
#[cfg(test)]
mod testing;
mod token;
pub mod transport;

pub use config::{AgentConfig, ConfigError};
pub use enrol::{EnrolError, Enrolment, enrol};
