//! What the cloud keeps, in one SQLite file: the store of a cloud that runs on one machine.
//!
//! All writes go through one connection, one after the other, each in a transaction that
//! takes the write lock when it begins; reads go through a few more and wait for nobody. A
//! second process on the same file, such as `writeback admin`, waits for its turn.
//!
//! A write is on the disk before its method answers: a claim that a power cut could take back
//! would let a request run twice.
//!
//! What comes in batches is written by few statements, each of which takes the batch as one
//! JSON text: a statement of its own for each object would cost ten times as much, and a
//! password that is to be set waits for the write lock meanwhile.

mod access;
mod agents;
mod audit;
mod backup;
mod bulk;
mod connector;
mod doctor_looks;
mod domains;
mod forests;
mod groups;
mod housekeeping;
mod licences;
mod lock;
mod news;
mod open;
mod passwords;
mod people;
#[cfg(test)]
mod plans;
mod requests;
mod roles;
mod row;
mod runs;
mod sessions;
mod sign_in_sessions;
mod sign_in_tries;
mod sync;
mod tenants;
mod test_accounts;
mod throttles;
mod user_passwords;
mod users;
mod writeback;

pub use backup::{
    Alone, BackupError, Ended, KeptAside, KnownAgent, Lost, Manifest, Part, Place, Progress,
    Source, Staged, Stamp, back_up, take_alone,
};
pub use open::{OpenError, SqliteStore, newest_schema};
