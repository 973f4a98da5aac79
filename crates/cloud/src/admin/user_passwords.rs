//! Passwords and sign-ins of people, by an administrator.

use writeback_model::{BannedRule, Secret};
use writeback_store::{AuditRecord, PasswordHash, User, UserPassword, activity};
use writeback_sync::Origin;

use super::{Admin, AdminError};
use crate::sign_in::{NotTaken, check_new_password};

/// Why a password is not set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It lies in a directory.
    #[error(
        "the password of {0} lies in a directory, and is not kept here: they reset it in the \
         portal, or an administrator of the directory does"
    )]
    Synchronised(String),
    /// It cannot be theirs.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// Something else.
    #[error(transparent)]
    Admin(#[from] AdminError),
}

impl From<writeback_store::StoreError> for PasswordError {
    fn from(error: writeback_store::StoreError) -> Self {
        Self::Admin(error.into())
    }
}

impl Admin<'_> {
    /// Whether somebody of the cloud alone may have a password. Where the tenant only watches for
    /// banned ones, the rule that would have refused it.
    pub async fn check_user_password(
        &self,
        user: &User,
        password: &Secret,
    ) -> Result<Option<BannedRule>, PasswordError> {
        let tenant = self.tenant().await?;
        if user.origin != Origin::Cloud {
            return Err(synchronised(user));
        }
        let rules = self.store.banned_rules(tenant.id).await?;
        Ok(check_new_password(
            password,
            &user.attributes,
            &tenant,
            &rules,
        )?)
    }

    /// Keeps a password that was checked. Every sign-in of the person ends.
    pub async fn set_user_password(
        &self,
        user: &User,
        hash: PasswordHash,
        must_change: bool,
        watched: Option<BannedRule>,
        by: &str,
    ) -> Result<(), PasswordError> {
        let tenant = self.tenant().await?;
        let watched = watched.map_or_else(String::new, |rule| format!(", {}", rule.watched()));
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                activity::RESET_BY_ADMIN,
                format!("by {by}{watched}"),
            )
        };
        let password = UserPassword {
            hash,
            must_change,
            set_at: self.clock.now(),
        };
        let kept = self
            .store
            .set_user_password(tenant.id, user.id, &password, None, &audit)
            .await?;
        match kept {
            true => Ok(()),
            false => Err(synchronised(user)),
        }
    }

    /// Signs a person out everywhere. How many sign-ins ended.
    pub async fn sign_out(&self, user: &User, by: &str) -> Result<u64, AdminError> {
        let tenant = self.tenant().await?;
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                activity::SESSIONS_REVOKED,
                format!("everywhere, by {by}"),
            )
        };
        Ok(self
            .store
            .revoke_sign_in_sessions(tenant.id, user.id, None, &audit)
            .await?)
    }
}

fn synchronised(user: &User) -> PasswordError {
    PasswordError::Synchronised(user.attributes.user_principal_name.clone())
}
