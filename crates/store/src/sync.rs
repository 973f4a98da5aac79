//! What synchronisations and exports read and write.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use writeback_model::{DomainName, RunId, SourceAnchor, TenantId, UserId};
use writeback_sync::{Decision, Keys, Person, Removal, RemovalFacts, Rules};

use crate::{AuditRecord, StoreError};

/// A person whose removal is staged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedRemoval {
    /// Who.
    pub user: UserId,
    /// Their user principal name.
    pub name: String,
    /// Why.
    pub why: Removal,
    /// Since when.
    pub staged_at: Timestamp,
    /// Whether a person approved it: the guard does not count it.
    pub approved: bool,
}

/// Keeps rules and people as synchronisations see them.
#[async_trait]
pub trait SyncStore {
    /// The rules of a tenant; the defaults where none were set.
    async fn sync_rules(&self, tenant: TenantId) -> Result<Rules, StoreError>;

    /// Sets the rules of a tenant.
    async fn set_sync_rules(
        &self,
        tenant: TenantId,
        rules: &Rules,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// Everybody that one of the keys names: by identifier, by source anchor (also those that
    /// were removed), by user principal name and by mail address (not those).
    async fn people(&self, tenant: TenantId, keys: &Keys) -> Result<Vec<Person>, StoreError>;

    /// Carries out decisions about objects of a forest, all or none: people are added, changed,
    /// restored, left and staged for removal; each object is joined to its person, keeps its
    /// problems in place of those from before and, without an error among them, is no longer to
    /// be synchronised. Of a person whom one object changes or leaves the other objects are
    /// looked at again. An object that is gone and joined to nobody is forgotten. Problems are
    /// noted in the run.
    async fn apply(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        run: RunId,
        decisions: &[Decision],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The staged removals of a forest, oldest first.
    async fn staged_removals(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        limit: u32,
    ) -> Result<Vec<StagedRemoval>, StoreError>;

    /// What the guard asks: staged and not approved, removed without approval in the `window`
    /// before `now`, and how many people the forest has.
    async fn removal_facts(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        window: SignedDuration,
        now: Timestamp,
    ) -> Result<RemovalFacts, StoreError>;

    /// Removes the people of a forest whose removal is staged, all or only the approved ones,
    /// each with a copy of the audit record that names them. They are found by no name from
    /// now on, and can be restored. Answers how many.
    async fn remove_staged(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        only_approved: bool,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError>;

    /// A person approves the removals that are staged now; ones staged later are not. The
    /// guard waits no longer. Answers how many.
    async fn approve_removals(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError>;

    /// Notes since when the guard waits for a person, or that it does not. A time that is
    /// there already stays.
    async fn guard_waits(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        since: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// Forgets people who were removed before a time, for good. Answers how many.
    async fn purge_removed(&self, tenant: TenantId, before: Timestamp) -> Result<u64, StoreError>;

    /// Users of a forest that have no `mS-DS-ConsistencyGuid` and are joined to a person, by
    /// anchor, after `after`.
    async fn without_consistency_guid(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        after: Option<SourceAnchor>,
        limit: u32,
    ) -> Result<Vec<(DomainName, SourceAnchor)>, StoreError>;
}
