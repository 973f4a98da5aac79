//! Organisations.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::TenantId;

use crate::{AuditRecord, StoreError};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its identifier.
    pub id: TenantId,
    /// Its name, as pages and mails show it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was disabled, where it is.
    pub disabled_at: Option<Timestamp>,
}

/// What became of a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameAnswer {
    /// The tenant has it.
    Renamed,
    /// Another tenant has it.
    Taken,
    /// There is no such tenant.
    Unknown,
}

/// Keeps organisations.
#[async_trait]
pub trait TenantStore {
    /// Keeps a new tenant. `false` when there already is one of that name.
    async fn add_tenant(&self, tenant: &Tenant, audit: &AuditRecord) -> Result<bool, StoreError>;

    /// All tenants, oldest first.
    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError>;

    /// One tenant.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError>;

    /// Gives a tenant another name.
    async fn rename_tenant(
        &self,
        id: TenantId,
        name: &str,
        audit: &AuditRecord,
    ) -> Result<RenameAnswer, StoreError>;

    /// Disables a tenant. `false` when it is disabled already, or not there.
    async fn disable_tenant(
        &self,
        id: TenantId,
        at: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Enables a tenant. `false` when it is enabled already, or not there.
    async fn enable_tenant(&self, id: TenantId, audit: &AuditRecord) -> Result<bool, StoreError>;
}
