//! The forests of a tenant: its connectors.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{DomainName, TenantId};
use writeback_wire::{Position, ServedDomain};

use crate::StoreError;

/// A forest that some agent of the tenant serves or served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forest {
    /// Its name: the root domain's.
    pub name: DomainName,
    /// Its domains, as agents reported them.
    pub domains: Vec<ServedDomain>,
    /// When the last full import was complete.
    pub full_import_at: Option<Timestamp>,
    /// When the last delta import was complete.
    pub delta_import_at: Option<Timestamp>,
    /// When the last full synchronisation was complete.
    pub full_sync_at: Option<Timestamp>,
    /// When the last delta synchronisation was complete.
    pub delta_sync_at: Option<Timestamp>,
    /// When the last export was complete.
    pub export_at: Option<Timestamp>,
    /// The digest of the scope that the last full import read.
    pub scope: Option<String>,
    /// Whether delta imports show deleted objects.
    pub sees_deletions: bool,
    /// From where a delta import goes on, one for each domain.
    pub positions: Vec<Position>,
    /// The domains that an interrupted full import has read whole: the next one goes on.
    pub full_import_positions: Vec<Position>,
    /// Since when the deletion guard waits for a person.
    pub guard_stopped_at: Option<Timestamp>,
}

/// Keeps forests.
#[async_trait]
pub trait ForestStore {
    /// Keeps what an agent reported of a forest: a new forest is added; the domains of a known
    /// one are replaced, and all else of it stays.
    async fn report_forest(
        &self,
        tenant: TenantId,
        name: &DomainName,
        domains: &[ServedDomain],
    ) -> Result<(), StoreError>;

    /// All forests of a tenant, by name.
    async fn forests(&self, tenant: TenantId) -> Result<Vec<Forest>, StoreError>;

    /// Forgets the positions of a forest: only a full import goes on from there.
    async fn forget_positions(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<(), StoreError>;
}
