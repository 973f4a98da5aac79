//! What the cloud keeps, in one SQLite file: the store of a cloud that runs on one machine.
//!
//! All writes go through one connection, one after the other, each in a transaction that
//! takes the write lock when it begins; reads go through a few more and wait for nobody. A
//! second process on the same file, such as `writeback admin`, waits for its turn.
//!
//! A write is on the disk before its method answers: a claim that a power cut could take back
//! would let a request run twice.

mod agents;
mod audit;
mod forests;
mod imports;
mod open;
mod requests;
mod row;
mod sessions;
mod tenants;
mod throttles;
mod users;

pub use open::{OpenError, SqliteStore};
