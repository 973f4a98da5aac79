//! The people of a tenant.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{SourceAnchor, Target, TenantId, UserId, UserName};
use writeback_sync::{Attributes, Origin};

use crate::{AuditRecord, StoreError};

/// A person as the cloud knows them. Nobody that was removed is given as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The cloud's identifier; stays while the person is known.
    pub id: UserId,
    /// Whose.
    pub tenant: TenantId,
    /// Where they are mastered.
    pub origin: Origin,
    /// The source anchor, once there is one.
    pub source_anchor: Option<SourceAnchor>,
    /// What is known of them.
    pub attributes: Attributes,
    /// The directory object that a password is written to; none for people of the cloud alone,
    /// and where accounts in two forests are enabled.
    pub target: Option<Target>,
    /// Whether there is no target because accounts in two forests are enabled.
    pub enabled_twice: bool,
    /// When they last changed.
    pub changed_at: Timestamp,
}

/// A person of the cloud alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCloudUser {
    /// Under which identifier.
    pub id: UserId,
    /// What is known of them; `account_name` is empty.
    pub attributes: Attributes,
    /// Whether they hold an administrator's role: synchronisation never matches such a person.
    pub holds_admin_role: bool,
}

/// How many people there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeopleCounts {
    /// Synchronised from a directory.
    pub synchronised: u64,
    /// Of the cloud alone.
    pub cloud: u64,
    /// Removed, and still to be restored.
    pub removed: u64,
}

/// Keeps people. Synchronised ones are written by [`SyncStore`](crate::SyncStore).
#[async_trait]
pub trait UserStore {
    /// Keeps a person of the cloud alone. `false`, and nothing is kept, when somebody of the
    /// tenant who was not removed has the user principal name.
    async fn add_cloud_user(
        &self,
        tenant: TenantId,
        user: &NewCloudUser,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// One person.
    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError>;

    /// Who goes by that name. An address is a user principal name first and a mail address
    /// second; a bare name is an account name. Case does not matter. More than one person is
    /// an ambiguous name.
    async fn users_by_name(
        &self,
        tenant: TenantId,
        name: &UserName,
    ) -> Result<Vec<User>, StoreError>;

    /// The people after one of them, by identifier, at most `limit`.
    async fn users(
        &self,
        tenant: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError>;

    /// How many people the tenant has.
    async fn count_people(&self, tenant: TenantId) -> Result<PeopleCounts, StoreError>;
}
