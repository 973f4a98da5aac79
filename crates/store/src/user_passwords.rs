//! Passwords of people of the cloud alone.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{SignInSessionId, TenantId, UserId};
use writeback_sync::Attributes;

use crate::{AuditRecord, NewCloudUser, StoreError};

/// What is kept of a password: Argon2id, in the PHC string format. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a PHC string; `None` where it is no Argon2id.
    pub fn from_phc(text: String) -> Option<Self> {
        text.starts_with("$argon2id$").then_some(Self(text))
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// A person's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPassword {
    /// What is kept of it.
    pub hash: PasswordHash,
    /// Another one must be chosen at the next sign-in.
    pub must_change: bool,
    /// When it was set.
    pub set_at: Timestamp,
}

/// What became of a change of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudUserAnswer {
    /// It is done.
    Done,
    /// There is nobody of the cloud alone with that identifier.
    Unknown,
    /// Somebody else has the user principal name.
    NameTaken,
    /// They are the last global administrator who can sign in: they stay so.
    LastGlobalAdministrator,
}

/// Keeps people of the cloud alone, and their passwords.
#[async_trait]
pub trait CloudUserStore {
    /// Sets a password and forgets wrong ones. Every session of the person but `keep` ends; that
    /// one need not be followed by another password any more. `false`, and nothing is kept, where
    /// there is nobody of the cloud alone with that identifier.
    async fn set_user_password(
        &self,
        tenant: TenantId,
        user: UserId,
        password: &UserPassword,
        keep: Option<SignInSessionId>,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// A person's password, where they have one here.
    async fn user_password(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<UserPassword>, StoreError>;

    /// Replaces what is known of a person of the cloud alone. Disabled, they are signed out.
    async fn change_cloud_user(
        &self,
        tenant: TenantId,
        user: UserId,
        attributes: &Attributes,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CloudUserAnswer, StoreError>;

    /// Removes a person of the cloud alone for good, with all that was only theirs.
    async fn delete_cloud_user(
        &self,
        tenant: TenantId,
        user: UserId,
        audit: &AuditRecord,
    ) -> Result<CloudUserAnswer, StoreError>;

    /// Which of these user principal names somebody in the tenant has; all in lower case.
    async fn taken_names(
        &self,
        tenant: TenantId,
        names: &[String],
    ) -> Result<Vec<String>, StoreError>;

    /// Keeps many people of the cloud alone, all of them or none, each with a copy of the audit
    /// record. A name that somebody has in the meantime is left out: the names that were are told.
    /// With `all` nothing is kept then.
    async fn add_cloud_users(
        &self,
        tenant: TenantId,
        users: &[NewCloudUser],
        all: bool,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Vec<String>, StoreError>;
}
