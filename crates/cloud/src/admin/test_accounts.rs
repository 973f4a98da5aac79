//! Accounts that tests of writeback may reset.

use writeback_store::{AuditRecord, DesignateAnswer, User, activity};

use super::{Admin, AdminError};

impl Admin<'_> {
    /// Makes somebody's account one that a doctor may reset at any time. `false` where it was one.
    pub async fn designate_test_account(&self, user: &User, by: &str) -> Result<bool, AdminError> {
        let tenant = self.tenant().await?;
        let name = || user.attributes.user_principal_name.clone();
        if user.target.is_none() {
            return Err(AdminError::NoAccountToTest(name()));
        }
        if !self.store.roles_of(tenant.id, user.id).await?.is_empty() {
            return Err(AdminError::AdministratorsAccount(name()));
        }
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                activity::TEST_ACCOUNT_DESIGNATED,
                format!("by {by}"),
            )
        };
        let now = self.clock.now();
        let designated = self
            .store
            .designate_test_account(tenant.id, user.id, now, &audit);
        match designated.await? {
            DesignateAnswer::Designated => Ok(true),
            DesignateAnswer::AsBefore => Ok(false),
            DesignateAnswer::NoUser => Err(AdminError::NobodyNamed(name())),
        }
    }

    /// Takes it back. `false` where it was none.
    pub async fn release_test_account(&self, user: &User, by: &str) -> Result<bool, AdminError> {
        let tenant = self.tenant().await?;
        let audit = AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                activity::TEST_ACCOUNT_RELEASED,
                format!("by {by}"),
            )
        };
        let released = self.store.release_test_account(tenant.id, user.id, &audit);
        Ok(released.await?)
    }
}
