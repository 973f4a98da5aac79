//! The forests of a tenant, and their imports.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{AgentId, DomainName, ImportId, TenantId};
use writeback_wire::ServedDomain;

use crate::StoreError;

/// A forest that some agent of the tenant serves or served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forest {
    /// Its name: the root domain's.
    pub name: DomainName,
    /// Its domains, as agents reported them.
    pub domains: Vec<ServedDomain>,
    /// When its last full import was complete; passwords are not written before.
    pub imported_at: Option<Timestamp>,
    /// When somebody last asked for an import.
    pub import_wanted_at: Option<Timestamp>,
    /// When the last import began, complete or not.
    pub import_began_at: Option<Timestamp>,
}

/// One running full import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRun {
    /// Its identifier.
    pub id: ImportId,
    /// Of which forest.
    pub forest: DomainName,
    /// Which agent does it.
    pub agent: AgentId,
    /// When it began.
    pub began_at: Timestamp,
}

/// Keeps forests.
#[async_trait]
pub trait ForestStore {
    /// Keeps what an agent reported of a forest: a new forest is added; the domains of a known
    /// one are replaced.
    async fn report_forest(
        &self,
        tenant: TenantId,
        name: &DomainName,
        domains: &[ServedDomain],
    ) -> Result<(), StoreError>;

    /// All forests of a tenant, by name.
    async fn forests(&self, tenant: TenantId) -> Result<Vec<Forest>, StoreError>;

    /// Notes that somebody wants an import. `false` when the tenant has no such forest.
    async fn want_import(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Begins an import of a forest that was reported, and ends for good any other of it that
    /// is still running.
    async fn begin_import(&self, tenant: TenantId, run: &ImportRun) -> Result<(), StoreError>;

    /// The import, while it is running.
    async fn running_import(
        &self,
        tenant: TenantId,
        id: ImportId,
    ) -> Result<Option<ImportRun>, StoreError>;

    /// Ends an import without its being complete; what it brought stays, nothing is removed.
    async fn abandon_import(&self, tenant: TenantId, id: ImportId) -> Result<(), StoreError>;
}
