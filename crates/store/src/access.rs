//! Who may reset.

use async_trait::async_trait;
use writeback_model::TenantId;
use writeback_policy::access::ResetPolicy;

use crate::{AuditRecord, StoreError};

/// Keeps reset policies.
#[async_trait]
pub trait ResetPolicyStore {
    /// The policy of a tenant; the default where none was set.
    async fn reset_policy(&self, tenant: TenantId) -> Result<ResetPolicy, StoreError>;

    /// Sets the policy of a tenant. It holds for whatever is decided from now on.
    async fn set_reset_policy(
        &self,
        tenant: TenantId,
        policy: &ResetPolicy,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;
}
