//! How often somebody tried to sign in. What follows from it is decided by `policy::sign_in`.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{DomainName, SignInId, TenantId};
use writeback_policy::sign_in::{DirectoryLockout, Tried};

use crate::StoreError;

/// Whether one more may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryAnswer {
    /// It may, and counts as wrong until it is answered.
    Go,
    /// Another one is under way.
    UnderWay,
    /// Not before that time.
    Locked {
        /// When it may again.
        until: Timestamp,
    },
}

/// Keeps tries.
#[async_trait]
pub trait SignInTryStore {
    /// Begins a try under a key: a user's identifier, or what stands for a name that nobody has.
    /// One transaction: of many at the same moment one goes. `directory` is the lockout policy
    /// that holds where none is known of the key. What nobody tried for a day before `now`, and
    /// no directory counts any more, is forgotten. What lies ahead of `now`, as after a clock was
    /// set back, is taken for now from then on.
    async fn begin_sign_in(
        &self,
        tenant: TenantId,
        key: &str,
        id: SignInId,
        directory: Option<DirectoryLockout>,
        now: Timestamp,
    ) -> Result<TryAnswer, StoreError>;

    /// Notes what became of a try. One that is not the last of its key any more counts as wrong
    /// already, and stays so.
    async fn end_sign_in(
        &self,
        tenant: TenantId,
        key: &str,
        id: SignInId,
        tried: Tried,
        directory: Option<DirectoryLockout>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Until when nothing may be tried under a key; `None` where it may be now.
    async fn sign_in_locked_until(
        &self,
        tenant: TenantId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// The lockout policy of a forest's domain, as it was last seen; `None` before that.
    async fn forest_lockout(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<Option<DirectoryLockout>, StoreError>;

    /// Keeps the lockout policy of a forest's domain. Of a forest that is not known nothing is
    /// kept.
    async fn keep_forest_lockout(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        lockout: DirectoryLockout,
    ) -> Result<(), StoreError>;

    /// Forgets the tries under a key, but neither one that is under way nor the directory's policy.
    /// An account that was unlocked or given a password through a request is forgiven with it.
    async fn forgive_sign_ins(&self, tenant: TenantId, key: &str) -> Result<(), StoreError>;
}
