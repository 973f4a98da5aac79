//! Administrators' roles.

use writeback_model::Role;
use writeback_store::{AuditRecord, GrantAnswer, RevokeAnswer, User};

use super::{Admin, AdminError, GroupError};

/// Why a role was not granted or revoked.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// Nobody could administer the tenant any more.
    #[error(
        "{0} is the last global administrator, and stays one: grant the role to somebody else of \
         the cloud first, and give them a password (only who can sign in counts)"
    )]
    LastGlobalAdministrator(String),
    /// Something else.
    #[error(transparent)]
    Group(#[from] GroupError),
}

impl From<AdminError> for RoleError {
    fn from(error: AdminError) -> Self {
        Self::Group(error.into())
    }
}

impl From<writeback_store::StoreError> for RoleError {
    fn from(error: writeback_store::StoreError) -> Self {
        Self::Group(error.into())
    }
}

impl Admin<'_> {
    /// Gives a person a role. `false` where they hold it.
    pub async fn grant_role(&self, user: &User, role: Role, by: &str) -> Result<bool, RoleError> {
        let tenant = self.tenant().await?;
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                "Add member to role",
                format!("{} by {by}", role.id()),
            )
        };
        let now = self.clock.now();
        match self
            .store
            .grant_role(tenant.id, user.id, role, now, &audit)
            .await?
        {
            GrantAnswer::Granted => Ok(true),
            GrantAnswer::AsBefore => Ok(false),
            GrantAnswer::NoUser => {
                let name = user.attributes.user_principal_name.clone();
                Err(GroupError::NoUser(name).into())
            }
        }
    }

    /// Takes a role from a person. `false` where they did not hold it.
    pub async fn revoke_role(&self, user: &User, role: Role, by: &str) -> Result<bool, RoleError> {
        let tenant = self.tenant().await?;
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                "Remove member from role",
                format!("{} by {by}", role.id()),
            )
        };
        match self
            .store
            .revoke_role(tenant.id, user.id, role, &audit)
            .await?
        {
            RevokeAnswer::Revoked => Ok(true),
            RevokeAnswer::AsBefore => Ok(false),
            RevokeAnswer::LastGlobalAdministrator => Err(RoleError::LastGlobalAdministrator(
                user.attributes.user_principal_name.clone(),
            )),
        }
    }
}
