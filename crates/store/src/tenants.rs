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
}
