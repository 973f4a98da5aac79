//! Forgetting what is over.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::StoreError;

/// At most so many of each kind are forgotten at once: whoever waits for the store waits no longer.
pub const FORGOTTEN_AT_ONCE: u32 = 1000;

/// How much was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Requests.
    pub requests: u64,
    /// Ways through the portal and sign-ins.
    pub sessions: u64,
}

/// Forgets. Of all tenants, and unrecorded: the audit trail has what happened.
#[async_trait]
pub trait HousekeepingStore {
    /// Forgets up to [`FORGOTTEN_AT_ONCE`] requests that ended, as `Done` or `Expired`, before
    /// `requests_before`, and as many ways through the portal and as many sign-ins that expired
    /// before `sessions_before`. A request in doubt has not ended, however old it is; only where a
    /// restored database does not know who claimed it (`AgentId::NOT_KNOWN`), so that nobody may ever
    /// tell, is it forgotten as if it had ended when it was made. One that a session speaks of stays as
    /// long as that.
    async fn forget_ended(
        &self,
        requests_before: Timestamp,
        sessions_before: Timestamp,
    ) -> Result<Forgotten, StoreError>;

    /// Writes something that means nothing, to see that it can be.
    async fn try_to_write(&self) -> Result<(), StoreError>;
}
