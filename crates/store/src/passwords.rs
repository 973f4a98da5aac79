//! What a tenant sets about passwords: which are banned, and how often what may happen.

use async_trait::async_trait;
use writeback_model::{BannedMode, TenantId};
use writeback_policy::{LimitChange, LimitChanges};

use crate::{AuditRecord, StoreError};

/// A tenant's rules of banned passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BannedRules {
    /// What becomes of a banned password.
    pub mode: BannedMode,
    /// The tenant's own terms, as they were written.
    pub terms: Vec<String>,
}

/// Keeps what tenants set about passwords.
#[async_trait]
pub trait PasswordRulesStore {
    /// The rules of a tenant; the default where none were set.
    async fn banned_rules(&self, tenant: TenantId) -> Result<BannedRules, StoreError>;

    /// Sets the rules of a tenant in place of those before.
    async fn set_banned_rules(
        &self,
        tenant: TenantId,
        rules: &BannedRules,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// The limits of a tenant that differ from the installation's; none where none were set.
    async fn limit_changes(&self, tenant: TenantId) -> Result<LimitChanges, StoreError>;

    /// Sets how one limit of a tenant differs, by its name in settings; `None` where it does not
    /// any more. The others stay as they are.
    async fn set_limit_change(
        &self,
        tenant: TenantId,
        setting: &str,
        change: Option<LimitChange>,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;
}
