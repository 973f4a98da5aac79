//! Counting of what must not happen too often. Kept in the store, so that it holds over
//! restarts and for all replicas together.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use writeback_model::TenantId;

use crate::{AuditRecord, StoreError};

/// How often something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleRule {
    /// Names the rule in the store and the audit trail.
    pub name: &'static str,
    /// So many times ...
    pub limit: u32,
    /// ... in any such span. ...
    pub window: SignedDuration,
    /// ... Once more, and it is blocked for so long.
    pub block: SignedDuration,
}

/// Whether it may happen once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThrottleAnswer {
    /// It may, and was counted.
    Allowed,
    /// It may not before that time, and was not counted.
    Blocked {
        /// When it may again.
        until: Timestamp,
    },
}

/// Counts.
#[async_trait]
pub trait ThrottleStore {
    /// Counts one more event of `key` under a rule, unless it is blocked. One transaction: of
    /// many at the same moment no more than the limit are allowed. After the clock was set back,
    /// what was counted is counted as of now, and no block lasts longer than the rule's from now.
    /// Where a block begins, the record of it is kept; it is kept once for each.
    async fn count(
        &self,
        tenant: TenantId,
        rule: &ThrottleRule,
        key: &str,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<ThrottleAnswer, StoreError>;

    /// Forgets what was counted for a key under a rule.
    async fn forgive(
        &self,
        tenant: TenantId,
        rule: &ThrottleRule,
        key: &str,
    ) -> Result<(), StoreError>;

    /// Until when a key is blocked under the rule of that name; `None` where it is not. Nothing
    /// is counted.
    async fn blocked_until(
        &self,
        tenant: TenantId,
        rule: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;
}
