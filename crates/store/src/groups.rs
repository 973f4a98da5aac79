//! Groups that people are in: those of directories and those of the cloud.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{DomainName, GroupId, TenantId, UserId};

use crate::{AuditRecord, StoreError};

/// Where a group is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupOrigin {
    /// In the cloud alone.
    Cloud,
    /// In a directory: the forest, and its distinguished name there.
    Synchronised {
        /// Its forest.
        forest: DomainName,
        /// Its distinguished name.
        dn: String,
    },
}

/// A group, by its identifier and the name that people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRef {
    /// Its identifier.
    pub id: GroupId,
    /// Its name; of a synchronised group the `sAMAccountName`.
    pub name: String,
    /// Where it is kept.
    pub origin: GroupOrigin,
}

/// A new group of the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// Under which identifier.
    pub id: GroupId,
    /// Its name: no other group of the cloud has it, whatever the case.
    pub name: String,
}

/// Who is put into a group of the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupMember {
    /// A person.
    User(UserId),
    /// A group, of the cloud or of a directory.
    Group(GroupId),
}

/// What became of a change of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberAnswer {
    /// It is done.
    Done,
    /// It was so before; nothing changed.
    AsBefore,
    /// There is no such group of the cloud.
    NoGroup,
    /// There is no such person or group to be a member.
    NoMember,
}

/// Keeps groups of the cloud, and knows those of directories.
#[async_trait]
pub trait GroupStore {
    /// Keeps a new group of the cloud. `false` when there is one of that name.
    async fn add_group(
        &self,
        tenant: TenantId,
        group: &NewGroup,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Deletes a group of the cloud, with its memberships and the licences assigned to it, whose
    /// seats go to those who wait for one. `false` when there is none.
    async fn delete_group(
        &self,
        tenant: TenantId,
        group: GroupId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Puts somebody into a group of the cloud. Groups may contain each other in a circle: it
    /// changes nothing. Seats of licences that are assigned to groups are given at once.
    async fn add_group_member(
        &self,
        tenant: TenantId,
        group: GroupId,
        member: GroupMember,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<MemberAnswer, StoreError>;

    /// Takes somebody out of a group of the cloud. Seats that they held by it are free at once.
    async fn remove_group_member(
        &self,
        tenant: TenantId,
        group: GroupId,
        member: GroupMember,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<MemberAnswer, StoreError>;

    /// All groups, by name: those of the cloud and those of directories.
    async fn groups(&self, tenant: TenantId) -> Result<Vec<GroupRef>, StoreError>;

    /// One group.
    async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<GroupRef>, StoreError>;

    /// The groups of a name, whatever the case: of a synchronised group the `sAMAccountName` or
    /// the distinguished name.
    async fn groups_by_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Vec<GroupRef>, StoreError>;

    /// The direct members of a group of the cloud, people first.
    async fn group_members(
        &self,
        tenant: TenantId,
        group: GroupId,
    ) -> Result<Vec<GroupMember>, StoreError>;

    /// The people in a group, also through other groups, by identifier. Nobody that was removed
    /// is in one.
    async fn users_in_group(
        &self,
        tenant: TenantId,
        group: GroupId,
    ) -> Result<Vec<UserId>, StoreError>;

    /// The groups that a person is in, by name: of the cloud and of directories, also through
    /// other groups. Circles end nothing.
    async fn groups_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<GroupRef>, StoreError>;
}
