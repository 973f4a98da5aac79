//! The on-premises role: dials out to the cloud, claims requests, and writes passwords into
//! Active Directory. Nothing comes in: the one link is opened from here.
//!
//! - [`enrol()`] makes the agent's keys and spends a one-time token, once.
//! - [`run()`] does the rest until it is told to stop: link, executor, journal, resolver,
//!   importer, watch and health, each in a module of its own.
//!
//! How agent and cloud agree on what happened to a password is in `docs/reliability.md`;
//! the rules that follow from it stand where they are kept: in `journal`, written before the
//! directory is; in `executor`, which begins only within the grant; in `resolve`, which believes
//! the directory's own receipt alone.

mod agent;
mod anchors;
mod banned;
mod cloud_clock;
pub mod config;
mod core;
pub mod doctor;
pub mod enrol;
mod executor;
mod forest;
mod health;
mod heard;
mod history;
mod import;
mod jobs;
pub mod journal;
mod link;
mod resolve;
mod run;
mod scope;
mod sign_in;
pub mod state;
#[cfg(test)]
mod testing;
mod token;
pub mod transport;
mod uplink;
mod uploads;
mod watch;

pub use config::{AgentConfig, ConfigError};
pub use enrol::{EnrolError, Enrolment, enrol};
pub use forest::ForestError;
pub use run::{Parts, RunError, run};
use writeback_model::event as events;
