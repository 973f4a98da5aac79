//! The cloud role: the portal that people meet, and the side of the relay that agents meet.

mod access;
mod address;
mod admin;
mod agents;
mod api;
mod audit;
mod config;
mod disk;
mod dns;
pub mod doctor;
mod housekeeping;
mod licences;
mod mail;
mod news;
mod passwords;
mod portal;
mod server;
mod sign_in;
mod state;
mod sync;
mod tenants;
mod ticket;
mod tokens;
mod words;

pub use admin::{
    Admin, AdminError, AfterRules, Asker, CsvPerson, CsvProblem, DELTA_CYCLE, ENROLMENT_HOLDS,
    Explained, FULL_CYCLE, ForestState, GroupError, LicenceError, NewPerson, PasswordChecked,
    PasswordError, PolicyAnswer, Preview, Proof, Removals, RoleError, Shown, TermsError, TermsSet,
    WritebackState, WritebackTest, cycle_after, read_people, verification_text,
};
pub use audit::{
    AuditSettings, ExportRange, Format, Keeper, TrailError, Verified, audit_public_key, verify,
};
pub use config::{CloudConfig, ConfigError};
pub use dns::{DnsError, DnsServer};
pub use server::{RunError, run};
pub use sign_in::{HashError, NotTaken, hash_password};
