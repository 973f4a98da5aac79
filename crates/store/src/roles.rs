//! Who is an administrator of what kind.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{Role, TenantId, UserId};

use crate::{AuditRecord, StoreError};

/// What became of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantAnswer {
    /// They hold the role now.
    Granted,
    /// They held it before; nothing changed.
    AsBefore,
    /// There is no such person.
    NoUser,
}

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeAnswer {
    /// They hold the role no more.
    Revoked,
    /// They did not hold it; nothing changed.
    AsBefore,
    /// They are the last global administrator of the tenant who can sign in, or, where none can,
    /// who is enabled: it stays so.
    LastGlobalAdministrator,
}

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleHolder {
    /// Who.
    pub user: UserId,
    /// Their user principal name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Since when.
    pub granted_at: Timestamp,
    /// Whether they count as an administrator who can act: enabled and not removed.
    pub acts: bool,
}

/// Keeps roles. Who holds one is never matched by a synchronisation
/// (`Person::holds_admin_role`): that follows from the roles in the same transaction.
#[async_trait]
pub trait RoleStore {
    /// Gives a person a role.
    async fn grant_role(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<GrantAnswer, StoreError>;

    /// Takes a role from a person. Of many revocations at once one global administrator who is
    /// enabled and not removed always stays.
    async fn revoke_role(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        audit: &AuditRecord,
    ) -> Result<RevokeAnswer, StoreError>;

    /// The roles that a person holds, the mightiest first; none of somebody who was removed.
    async fn roles_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Role>, StoreError>;

    /// Everybody who holds a role, by role and name; those who were removed with `acts` false.
    async fn role_holders(&self, tenant: TenantId) -> Result<Vec<RoleHolder>, StoreError>;

    /// Whether the tenant has no other global administrator who is enabled and not removed:
    /// then this one may not be disabled, removed or locked out. A person of the cloud alone
    /// cannot be in the store, either: it refuses to keep such a change.
    async fn is_last_global_administrator(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<bool, StoreError>;
}
