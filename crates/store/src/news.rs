//! News: what people are still to be told by mail of how a request ended.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{RequestId, TenantId};

use crate::{StoreError, TokenHash};

/// A request's end that somebody is still to be told. It holds no address, no name and no text:
/// these are looked up when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedNews {
    /// Whose.
    pub tenant: TenantId,
    /// Which request ended.
    pub request: RequestId,
    /// Nobody could tell for a while how it ended.
    pub was_in_doubt: bool,
    /// When it ended.
    pub owed_since: Timestamp,
    /// How often it was taken up, this time included.
    pub tries: u32,
    /// The letters that the mail server has taken.
    pub taken: Vec<TokenHash>,
}

/// Keeps what is owed. [`finish_request`](crate::RequestStore::finish_request) owes it, in one
/// transaction with the outcome, where the outcome is *changed* or the request was in doubt.
#[async_trait]
pub trait NewsStore {
    /// Takes up what is due at `now`, in any tenant, what was due first coming first, and no more
    /// than `limit`. It is nobody else's until `until`, and due again then: whoever took it up may
    /// be gone.
    async fn take_due_news(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<OwedNews>, StoreError>;

    /// Notes that the mail server took a letter. Nothing happens where nothing is owed.
    async fn note_letter_taken(
        &self,
        tenant: TenantId,
        request: RequestId,
        letter: TokenHash,
    ) -> Result<(), StoreError>;

    /// Has it taken up again at `due_at`, not before. `false` where nothing is owed.
    async fn put_off_news(
        &self,
        tenant: TenantId,
        request: RequestId,
        due_at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Nothing is owed any more. `false` where nothing was.
    async fn settle_news(&self, tenant: TenantId, request: RequestId) -> Result<bool, StoreError>;
}
