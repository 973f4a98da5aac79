//! The audit trail: what happened, in the order in which it was kept.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use writeback_audit::{Chain, Checkpoint, JsonLines, Kept, Place};
use writeback_model::{AgentId, TenantId, UserId};

use crate::StoreError;

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// Whoever sat at the portal: the user they said they were, where that is one.
    Person(Option<UserId>),
    /// A signed-in administrator.
    User(UserId),
    /// An agent.
    Agent(AgentId),
    /// Whoever has a shell on the cloud's machine.
    Operator,
    /// The cloud itself.
    Cloud,
}

/// One line of the trail. No secret, and no more of a person than their identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Whose; absent for what concerns the installation.
    pub tenant: Option<TenantId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What: one of [`activity`](writeback_audit::activity).
    pub activity: &'static str,
    /// About which user.
    pub user: Option<UserId>,
    /// Ties together what belongs to one wish: a session, a request, an import.
    pub correlation: Option<Uuid>,
    /// The network address it came from.
    pub address: Option<String>,
    /// How it went: `success`, `failure` or the id of a cause.
    pub result: String,
    /// What else is to be known, in a few words.
    pub detail: String,
}

/// A chain that has records, or is said to have had some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownChain {
    /// One of these.
    Of(Chain),
    /// A record whose tenant cannot be read: by its `seq`.
    Unreadable(i64),
}

/// A line of a chain as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptLine {
    /// A record.
    Record(Box<Kept<'static>>),
    /// What no record can look like.
    Unreadable {
        /// Its number in the whole trail.
        seq: i64,
        /// The column that cannot be read.
        column: &'static str,
    },
}

impl KeptLine {
    /// Its number in the whole trail.
    pub const fn seq(&self) -> i64 {
        match self {
            Self::Record(kept) => kept.record.seq,
            Self::Unreadable { seq, .. } => *seq,
        }
    }

    /// The line as an export has it; of one that cannot be read, as of one whose actor was made
    /// no JSON, its `seq` and `unreadable`.
    pub fn to_json(&self) -> String {
        match self {
            Self::Record(kept) => JsonLines::record(kept).ok(),
            Self::Unreadable { .. } => None,
        }
        .unwrap_or_else(|| format!("{{\"seq\":{},\"unreadable\":true}}", self.seq()))
    }
}

/// Which records are looked for: those for which all that is given holds.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// About this user, or done by them.
    pub user: Option<UserId>,
    /// With this activity.
    pub activity: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Kept before the one with this `seq`: to go on where a page ended.
    pub before: Option<i64>,
}

/// Reads the trail. It is written by the methods that change something.
///
/// Each record that is kept gets the next place in the chain of its tenant, or, without one, of
/// the installation.
#[async_trait]
pub trait AuditStore {
    /// Keeps a record of something that changed nothing else.
    async fn audit(&self, record: &AuditRecord) -> Result<(), StoreError>;

    /// The last `limit` records of a tenant, newest first, each as one line of JSON with the
    /// fields `seq`, `at` (RFC 3339), `tenant`, `actor`, `activity`, `user`, `correlation`,
    /// `address`, `result` and `detail`. `seq` rises by the order in which they were kept.
    async fn last_audit_lines(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<String>, StoreError>;

    /// The last `limit` records of a chain for which the filter holds, newest first.
    async fn find_audit(
        &self,
        chain: Chain,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<KeptLine>, StoreError>;

    /// All chains that have records or checkpoints, the installation's first.
    async fn audit_chains(&self) -> Result<Vec<KnownChain>, StoreError>;

    /// The lines of a chain after a `seq`, in the order in which they were kept: no more than
    /// `limit`, and fewer only where there are no more.
    async fn audit_lines(
        &self,
        chain: Chain,
        after: i64,
        limit: u32,
    ) -> Result<Vec<KeptLine>, StoreError>;

    /// The place of a chain's last record; `None` where it has none.
    async fn audit_head(&self, chain: Chain) -> Result<Option<Place>, StoreError>;

    /// The last `seq` that is there and the last one that was ever given out, over all chains: they
    /// are the same unless somebody removed the end of the trail.
    async fn audit_extent(&self) -> Result<(i64, i64), StoreError>;

    /// The checkpoints of a chain, by their number, then in the order in which they were kept.
    async fn audit_checkpoints(&self, chain: Chain) -> Result<Vec<Checkpoint>, StoreError>;

    /// Keeps a checkpoint.
    async fn add_audit_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// Up to where a chain's records are older than a time, without a younger one among them:
    /// the place of the last such record, where there is one.
    async fn audit_older_than(
        &self,
        chain: Chain,
        time: Timestamp,
    ) -> Result<Option<Place>, StoreError>;

    /// Removes the records of a chain up to a place, and the checkpoints before it, and keeps
    /// the signed mark that says so. How many records were removed. The record of it is the
    /// chain's next.
    async fn prune_audit(&self, mark: &Checkpoint, audit: &AuditRecord) -> Result<u64, StoreError>;
}
