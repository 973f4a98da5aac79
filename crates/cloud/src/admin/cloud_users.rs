//! Changing and deleting people of the cloud alone.

use writeback_store::{AuditRecord, CloudUserAnswer, User, activity};
use writeback_sync::{Attributes, Origin};

use super::{Admin, AdminError, GroupError, RoleError};

/// Why somebody was not disabled, enabled or deleted.
#[derive(Debug, thiserror::Error)]
pub enum CloudUserError {
    /// They are a directory's.
    #[error(
        "{0} is synchronised from a directory: disable, enable or delete the account there, and the \
         cloud follows"
    )]
    Synchronised(String),
    /// Nobody could administer the tenant any more.
    #[error(transparent)]
    Role(#[from] RoleError),
}

impl From<AdminError> for CloudUserError {
    fn from(error: AdminError) -> Self {
        Self::Role(error.into())
    }
}

impl From<writeback_store::StoreError> for CloudUserError {
    fn from(error: writeback_store::StoreError) -> Self {
        Self::Role(error.into())
    }
}

impl Admin<'_> {
    /// Disables or enables somebody of the cloud alone. Whoever is disabled is signed out
    /// everywhere. `false` where it was so already.
    pub async fn enable_user(
        &self,
        user: &User,
        enabled: bool,
        by: &str,
    ) -> Result<bool, CloudUserError> {
        of_the_cloud(user)?;
        if user.attributes.enabled == enabled {
            return Ok(false);
        }
        let tenant = self.tenant().await?.id;
        let what = if enabled { "enabled" } else { "disabled" };
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(tenant, activity::USER_UPDATED, format!("{what} by {by}"))
        };
        let attributes = Attributes {
            enabled,
            ..user.attributes.clone()
        };
        let now = self.clock.now();
        let answer = self
            .store
            .change_cloud_user(tenant, user.id, &attributes, now, &audit)
            .await?;
        done(answer, user)?;
        Ok(true)
    }

    /// Deletes somebody of the cloud alone, for good: with their password, sign-ins, roles,
    /// licences and memberships. The audit trail stays.
    pub async fn delete_user(&self, user: &User, by: &str) -> Result<(), CloudUserError> {
        of_the_cloud(user)?;
        let tenant = self.tenant().await?.id;
        let name = &user.attributes.user_principal_name;
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(tenant, activity::USER_DELETED, format!("{name} by {by}"))
        };
        let answer = self
            .store
            .delete_cloud_user(tenant, user.id, &audit)
            .await?;
        done(answer, user)
    }
}

fn of_the_cloud(user: &User) -> Result<(), CloudUserError> {
    match user.origin {
        Origin::Cloud => Ok(()),
        Origin::Synchronised => Err(CloudUserError::Synchronised(
            user.attributes.user_principal_name.clone(),
        )),
    }
}

fn done(answer: CloudUserAnswer, user: &User) -> Result<(), CloudUserError> {
    let name = || user.attributes.user_principal_name.clone();
    match answer {
        CloudUserAnswer::Done => Ok(()),
        // Deleted, or found in a directory, since they were looked up.
        CloudUserAnswer::Unknown => Err(RoleError::from(GroupError::NoUser(name())).into()),
        CloudUserAnswer::NameTaken => Err(AdminError::NameTaken(name()).into()),
        CloudUserAnswer::LastGlobalAdministrator => {
            Err(RoleError::LastGlobalAdministrator(name()).into())
        }
    }
}
