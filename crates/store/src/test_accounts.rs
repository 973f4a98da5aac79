//! Accounts whose password anybody may lose: those that a test of writeback may reset.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{TenantId, UserId};

use crate::{AuditRecord, StoreError};

/// What became of a designation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesignateAnswer {
    /// It is a test account now.
    Designated,
    /// It was one before; nothing changed.
    AsBefore,
    /// There is no such person.
    NoUser,
}

/// Keeps which accounts an administrator gave for tests.
#[async_trait]
pub trait TestAccountStore {
    /// Makes a person's account one that tests may reset.
    async fn designate_test_account(
        &self,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<DesignateAnswer, StoreError>;

    /// Takes it back. `false`, and nothing is changed, where it was none.
    async fn release_test_account(
        &self,
        tenant: TenantId,
        user: UserId,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Since when it is one; `None` where it is none, or where the person was removed.
    async fn test_account_since(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Timestamp>, StoreError>;
}
