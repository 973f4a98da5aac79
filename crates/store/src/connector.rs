//! Connector spaces: what was imported from each forest.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{AgentId, DomainName, RunId, SourceAnchor, TenantId, UserId};
use writeback_sync::{Object, Problem};
use writeback_wire::http::{ImportBatch, ImportComplete};

use crate::{AuditRecord, StoreError};

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchAnswer {
    /// It is kept.
    Kept,
    /// It was kept before; nothing changed.
    Repeated,
    /// Another one is due: there would be a gap.
    OutOfOrder {
        /// The sequence number that is due.
        due: u32,
    },
    /// There is no such import of that agent under way.
    NotRunning,
}

/// What became of the end of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompleteAnswer {
    /// It is complete: so many objects were not found by a full import and are gone.
    Complete {
        /// Objects that are gone.
        gone: u64,
        /// Whether anything at all differs from before.
        changed: bool,
    },
    /// Batches are missing, or there are other numbers of objects than it says.
    Incomplete,
    /// There is no such import of that agent under way.
    NotRunning,
}

/// Which objects a synchronisation looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that changed since they were last looked at, and those with an error, which may
    /// have been mended elsewhere.
    Pending,
    /// All.
    All,
}

/// A group as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its forest.
    pub forest: DomainName,
    /// Its `objectGUID`.
    pub anchor: SourceAnchor,
    /// Its `sAMAccountName`.
    pub name: String,
    /// Its distinguished name.
    pub dn: String,
}

/// How many objects a connector space has, those that are gone not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectCounts {
    /// Users.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Objects with a problem.
    pub with_problems: u64,
}

/// Keeps connector spaces.
#[async_trait]
pub trait ConnectorStore {
    /// Keeps one batch of an import that is under way by that agent, with its position, and
    /// counts it in the run. An object that is as it was stays as it was; one that is new or
    /// differs is to be synchronised; one that was removed is marked as gone and is to be
    /// synchronised; one that was never known and is removed is ignored.
    ///
    /// The position of a delta import is the forest's from now on; that of a full import is
    /// kept aside until the import is complete.
    async fn put_batch(
        &self,
        tenant: TenantId,
        run: RunId,
        agent: AgentId,
        batch: &ImportBatch,
        now: Timestamp,
    ) -> Result<BatchAnswer, StoreError>;

    /// Ends an import that brought every batch: the run ends in `success`, or with problems
    /// where objects have some. A full import marks what it did not bring as gone, and its
    /// positions become the forest's; the forest keeps the scope and whether deletions are
    /// seen. A full import that goes on from an interrupted one has brought what that one did.
    async fn complete_import(
        &self,
        tenant: TenantId,
        run: RunId,
        agent: AgentId,
        complete: &ImportComplete,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CompleteAnswer, StoreError>;

    /// Objects of a forest, by anchor, after `after`; groups too. `in_group_scope` is true:
    /// the caller decides it.
    async fn objects(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        which: Which,
        after: Option<SourceAnchor>,
        limit: u32,
    ) -> Result<Vec<Object>, StoreError>;

    /// Whether a group of the forest is to be synchronised: then everybody's group scope may
    /// have changed.
    async fn group_is_pending(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<bool, StoreError>;

    /// Objects that go by a name: user principal name, mail address, account name,
    /// distinguished name (case does not matter), `objectGUID` as text.
    async fn objects_by_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Vec<Object>, StoreError>;

    /// The current problems of a forest's objects, errors first, at most `limit`.
    async fn problems(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        limit: u32,
    ) -> Result<Vec<(SourceAnchor, String, Vec<Problem>)>, StoreError>;

    /// The users that are members of a group, also through other groups and as their primary
    /// group; a group that contains itself ends nothing. `None` when there is no such group.
    /// The group is named by its distinguished name or its `objectGUID` as text.
    async fn members_of_group(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        group: &str,
    ) -> Result<Option<Vec<SourceAnchor>>, StoreError>;

    /// The groups that a person is a member of, also through other groups and as their primary
    /// group, in all forests.
    async fn groups_of_user(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<Group>, StoreError>;

    /// How many objects a forest's connector space has.
    async fn count_objects(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<ObjectCounts, StoreError>;
}
