//! The cloud role: the portal that people meet, and the side of the relay that agents meet.

mod address;
mod admin;
mod agents;
mod config;
mod imports;
mod mail;
mod news;
mod portal;
mod server;
mod state;
mod tokens;
mod words;

pub use admin::{Admin, AdminError, ENROLMENT_HOLDS};
pub use config::{CloudConfig, ConfigError};
pub use server::{RunError, run};
