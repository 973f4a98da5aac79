//! Active Directory over LDAPS: find the right domain controller, read an account and the
//! rules that hold for it, write a password, and explain a refusal; read all users and groups,
//! and what changed.
//!
//! One reset, as this crate sees it:
//!
//! 1. [`Directory::read_for_write`]: the PDC emulator, and one [`AccountSnapshot`] read from
//!    it in one round trip, together with the proof that it still holds the role.
//! 2. [`protected`] and [`precheck`], pure: may this account be written at all, and would the
//!    password certainly be refused?
//! 3. [`Controller::reset_password`], one modify request: done, refused with a
//!    [`Cause`](writeback_model::Cause), never sent, or *unknown*.
//! 4. If unknown, [`Controller::receipt`]: the directory's own record of the last write.
//!
//! One synchronisation:
//!
//! 1. Everything: a position first ([`Controller::sync_cookie`]), so that no change is lost,
//!    then [`Controller::enumerate`].
//! 2. Later: [`Controller::highest_usn`] tells whether to look, [`Controller::changes`] which
//!    objects changed since the position, and [`Controller::objects`] how they are now.
//!
//! Nothing a domain controller sends ends the program, fills the memory or is waited for
//! without end. No request is ever printed: those that carry a password are bytes from the
//! start and wiped afterwards.

mod account;
mod account_control;
mod ber;
mod ber_read;
mod by_guid;
mod certificate;
mod changes;
mod codec;
mod config;
mod connection;
mod consistency;
mod container;
mod controller;
mod departure;
mod descriptor;
mod directory;
mod entry;
mod enumerate;
mod error;
mod explain;
mod extended_dn;
mod filter;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile_stream_tests;
#[cfg(test)]
mod hostile_tests;
mod locate;
mod look;
mod members;
mod named;
mod names;
mod naming;
mod object;
mod object_read;
#[cfg(test)]
mod object_read_tests;
mod own;
mod person;
mod pin;
mod policy;
mod pool;
mod precheck;
mod presented;
mod protected;
mod reading;
mod receipt;
mod refusal;
mod replication;
mod request;
mod rights;
mod rootdse;
mod search;
mod sid;
mod sign_in;
mod stream;
mod time;
mod tls;
mod transport;
mod unicode_pwd;
mod waiting;
mod wanted;
mod write;
mod write_error;

pub use account::AccountSnapshot;
pub use account_control::AccountControl;
pub use certificate::CertificateProblem;
pub use changes::{Beginning, Changed, Changes, ChangesError, ChangesPage};
pub use config::{
    Credentials, DomainConfig, LDAPS_PORT, Limits, MAX_MESSAGE_BYTES, PreferredControllers,
};
pub use consistency::WroteGuid;
pub use controller::Controller;
pub use descriptor::{Descriptor, ExtendedRight};
pub use directory::Directory;
pub use enumerate::{Objects, PAGE_SIZE_MAX};
pub use error::{AdError, Loss};
pub use explain::{Attempt, SignInRefusal, bind_refusal, explain, sign_in_refusal};
pub use look::{Look, Published};
pub use names::{escape_dn_value, guid_dn, parent_dn};
pub use object::{
    DirectoryObject, MEMBERS_MAX, OBJECT_TEXT_MAX, ObjectKind, ObjectProblem, TEXT_VALUE_MAX,
};
pub use person::Named;
pub use policy::PolicySource;
pub use precheck::{MAX_PASSWORD_UNITS, Writing, precheck};
pub use presented::{Looking, Presented};
pub use protected::protected;
pub use receipt::Receipt;
pub use refusal::Refusal;
pub use replication::Stamp;
pub use rights::{Rights, Token};
pub use rootdse::{PolicyHints, RootDse, Vendor};
pub use sid::Sid;
pub use sign_in::{CheckError, Checked, Lockout};
pub use tls::{Trust, TrustError};
pub use write::{HintsUse, Reset, ResetDone};
pub use write_error::WriteError;
