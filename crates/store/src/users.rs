//! The people of a tenant, as the directories have them.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{DomainName, ImportId, Target, TenantId, UserId, UserName};
use writeback_wire::http::ImportedUser;

use crate::{AuditRecord, StoreError};

/// A person as the cloud knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The cloud's identifier; stays while the object lives.
    pub id: UserId,
    /// Whose.
    pub tenant: TenantId,
    /// The forest the person comes from.
    pub forest: DomainName,
    /// What the last import said.
    pub imported: ImportedUser,
    /// When that was.
    pub imported_at: Timestamp,
}

impl User {
    /// The directory object, as agents are told it.
    pub fn target(&self) -> Target {
        Target {
            forest: self.forest.clone(),
            domain: self.imported.domain.clone(),
            anchor: self.imported.anchor,
        }
    }
}

/// Keeps people.
#[async_trait]
pub trait UserStore {
    /// Keeps one batch of an import that [`crate::ForestStore::begin_import`] began and that has
    /// not ended: by anchor, new ones are added, with the identifiers of `ids` in turn, known
    /// ones replaced. `false` when there is no such running import in that tenant.
    ///
    /// `ids` must hold as many identifiers as `users`.
    async fn import_users(
        &self,
        tenant: TenantId,
        import: ImportId,
        sequence: u32,
        users: &[ImportedUser],
        ids: &[UserId],
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends an import: users of the forest that it did not bring are gone. Answers `None`, and
    /// changes nothing, unless the import runs and brought every batch from 0 to `batches` - 1
    /// and `users` different users; otherwise how many were removed.
    async fn complete_import(
        &self,
        tenant: TenantId,
        import: ImportId,
        batches: u32,
        users: u64,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Option<u64>, StoreError>;

    /// One person.
    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError>;

    /// Who goes by that name. An address is a user principal name first and a mail address
    /// second; a bare name is an account name. Case does not matter. More than one person is
    /// an ambiguous name.
    async fn users_by_name(
        &self,
        tenant: TenantId,
        name: &UserName,
    ) -> Result<Vec<User>, StoreError>;

    /// How many people the tenant has.
    async fn count_users(&self, tenant: TenantId) -> Result<u64, StoreError>;
}
