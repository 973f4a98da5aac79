//! An audit trail that proves itself.
//!
//! Every tenant has a chain of records, and so has the installation. A record's [`Hash`] covers
//! all of its fields and the hash of the record before it ([`Record`]), so whoever changes one
//! would have to compute all later ones anew. Whoever can write the database can do that: so
//! now and then the hash of the last record is signed with a key that is not in the database
//! ([`Checkpoint`]). [`ChainCheck`] reads a chain and names the first line that is not what it
//! was.
//!
//! What that shows, and what it cannot show, is in docs/audit.md.

pub mod activity;
mod chain;
mod checkpoint;
mod encode;
mod export;
mod finding;
mod key;
mod place;
mod record;

pub use chain::{ChainCheck, Checked, Kept, Start};
pub use checkpoint::{Checkpoint, Purpose, SignatureProblem};
pub use export::{ExportCheck, ExportProblem, JsonLines, Moment, Verdict, cef, syslog};
pub use finding::{Finding, Line, What};
pub use key::{KeyError, PublicKey, SigningKey};
pub use place::{Chain, Hash, Place};
pub use record::{Record, beginning_detail};
