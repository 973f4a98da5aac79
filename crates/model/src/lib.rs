//! The words Writeback is written in.
//!
//! Every other room speaks in these types. Nothing here does I/O, reads a
//! clock or draws a random number: both are handed in by the caller.

mod anchor;
mod attributes;
mod banned;
mod cause;
mod clock;
pub mod event;
mod ids;
mod names;
mod operation;
mod outcome;
mod password_policy;
mod role;
mod secret;

pub use anchor::{AnchorError, SourceAnchor};
pub use attributes::never_imported;
pub use banned::{BannedMode, BannedRule};
pub use cause::{Cause, CauseInfo, Component, ProtectedBy, Right};
pub use clock::{Clock, Entropy};
pub use ids::{
    AgentId, BackupId, EnrolmentId, GroupId, ImportId, KeyId, RequestId, RunId, SignInId,
    SignInSessionId, TenantId, UserId,
};
pub use names::{DomainName, NameError, UserName};
pub use operation::{Operation, Target};
pub use outcome::{Outcome, Remark, RequestState};
pub use password_policy::{HistoryEnforcement, PasswordPolicy};
pub use role::{Role, UnknownRole};
pub use secret::Secret;
