//! What the cloud keeps.
//!
//! One small trait per aggregate. Every method is one transaction: it happens whole or not at
//! all, and where two callers race, one of them wins and the other is told. A method that
//! changes something takes the audit record of the change, and both are kept or neither is.
//! "Not found" is an `Option`, never an error. Every query names its tenant.
//!
//! Times are kept to the microsecond. What expires at a time is good before it and over at it.
//!
//! No password is ever in here, sealed or not; codes and tokens are kept as hashes only, and of the
//! passwords of people of the cloud alone Argon2id.
//!
//! The traits say what a backend must do, [`conformance`] tests that it does.

mod access;
mod agents;
mod audit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod connector;
mod doctor_looks;
mod domains;
mod error;
mod forests;
mod groups;
mod hash;
mod housekeeping;
mod licences;
mod news;
mod passwords;
mod requests;
mod roles;
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

pub use access::ResetPolicyStore;
pub use agents::{
    Agent, AgentStore, Copied, EnrolRefused, Enrolment, KnownTicket, NewAgent, Spent,
};
pub use audit::{Actor, AuditFilter, AuditRecord, AuditStore, KeptLine, KnownChain};
pub use connector::{BatchAnswer, CompleteAnswer, ConnectorStore, Group, ObjectCounts, Which};
pub use doctor_looks::{DoctorLook, DoctorLookStore, LOOKS_KEPT};
pub use domains::{DomainStore, TenantDomain, Verification, VerifyAnswer};
pub use error::{StoreError, Unwritable};
pub use forests::{Forest, ForestStore};
pub use groups::{GroupMember, GroupOrigin, GroupRef, GroupStore, MemberAnswer, NewGroup};
pub use hash::TokenHash;
pub use housekeeping::{FORGOTTEN_AT_ONCE, Forgotten, HousekeepingStore};
pub use licences::{
    AssignAnswer, Assignee, LicenceAssignment, LicenceStore, NewSku, SubscribedSku,
};
pub use news::{NewsStore, OwedNews};
pub use passwords::{BannedRules, PasswordRulesStore};
pub use requests::{ClaimAnswer, NewRequest, Request, RequestStore};
pub use roles::{GrantAnswer, RevokeAnswer, RoleHolder, RoleStore};
pub use runs::{Run, RunEnd, RunProblem, RunStore, WantedCycle};
pub use sessions::{CodeAnswer, ResetSession, SessionStore};
pub use sign_in_sessions::{SignInSession, SignInSessionStore};
pub use sign_in_tries::{SignInTryStore, TryAnswer};
pub use sync::{StagedRemoval, SyncStore};
pub use tenants::{RenameAnswer, Tenant, TenantStore};
pub use test_accounts::{DesignateAnswer, TestAccountStore};
pub use throttles::{ThrottleAnswer, ThrottleRule, ThrottleStore};
pub use user_passwords::{CloudUserAnswer, CloudUserStore, PasswordHash, UserPassword};
pub use users::{NewCloudUser, PeopleCounts, User, UserStore};
pub use writeback::{KeyRoll, Switch, Writeback, WritebackStore};
pub use writeback_audit::activity;

/// Everything a backend offers.
pub trait Store:
    TenantStore
    + DomainStore
    + UserStore
    + ForestStore
    + ConnectorStore
    + RunStore
    + SyncStore
    + AgentStore
    + RequestStore
    + NewsStore
    + SessionStore
    + ThrottleStore
    + PasswordRulesStore
    + AuditStore
    + ResetPolicyStore
    + WritebackStore
    + GroupStore
    + RoleStore
    + LicenceStore
    + SignInSessionStore
    + SignInTryStore
    + CloudUserStore
    + TestAccountStore
    + DoctorLookStore
    + HousekeepingStore
    + Send
    + Sync
{
}

impl<S> Store for S where
    S: TenantStore
        + DomainStore
        + UserStore
        + ForestStore
        + ConnectorStore
        + RunStore
        + SyncStore
        + AgentStore
        + RequestStore
        + NewsStore
        + SessionStore
        + ThrottleStore
        + PasswordRulesStore
        + AuditStore
        + ResetPolicyStore
        + WritebackStore
        + GroupStore
        + RoleStore
        + LicenceStore
        + SignInSessionStore
        + SignInTryStore
        + CloudUserStore
        + TestAccountStore
        + DoctorLookStore
        + HousekeepingStore
        + Send
        + Sync
{
}
