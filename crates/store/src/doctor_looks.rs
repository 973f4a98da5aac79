//! What the doctor found of a tenant, look after look, so that "since when" is answered.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::TenantId;

use crate::StoreError;

/// How many looks of a tenant are kept: those that found something else than the one before.
pub const LOOKS_KEPT: u32 = 200;

/// What one look found, and all that followed and found the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorLook {
    /// When it was first so.
    pub began_at: Timestamp,
    /// When it was last so.
    pub looked_at: Timestamp,
    /// What was found, as JSON; no secrets.
    pub findings: String,
}

/// Keeps what was found.
#[async_trait]
pub trait DoctorLookStore {
    /// Keeps a look that found something else than the last one, and forgets all but the newest
    /// [`LOOKS_KEPT`] of the tenant. One of the same time takes the place of the other.
    async fn add_doctor_look(&self, tenant: TenantId, look: &DoctorLook) -> Result<(), StoreError>;

    /// Notes that the look that began at that time was found so again. `false`, and nothing is
    /// changed, when there is none such.
    async fn renew_doctor_look(
        &self,
        tenant: TenantId,
        look: &DoctorLook,
    ) -> Result<bool, StoreError>;

    /// The newest looks of a tenant, newest first.
    async fn doctor_looks(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<DoctorLook>, StoreError>;
}
