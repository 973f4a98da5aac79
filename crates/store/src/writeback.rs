//! Whether passwords are written back, and the sealing keys that are to be rolled.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{AgentId, DomainName, KeyId, TenantId};

use crate::{AuditRecord, StoreError};

/// One switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Whether it is on.
    pub is_on: bool,
    /// When it was last switched; `None` when it never was.
    pub changed_at: Option<Timestamp>,
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            is_on: true,
            changed_at: None,
        }
    }
}

/// The switches of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writeback {
    /// For the whole tenant.
    pub tenant: Switch,
    /// For single forests: those that were ever switched.
    pub forests: BTreeMap<DomainName, Switch>,
}

impl Writeback {
    /// The switch of a forest, whatever the tenant's says.
    pub fn forest(&self, name: &DomainName) -> Switch {
        self.forests.get(name).copied().unwrap_or_default()
    }

    /// Whether passwords are written to a forest.
    pub fn is_on(&self, forest: &DomainName) -> bool {
        self.tenant.is_on && self.forest(forest).is_on
    }
}

/// An agent's sealing key that is, or was, to be rolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRoll {
    /// Whose key.
    pub agent: AgentId,
    /// Since when it is wanted.
    pub wanted_at: Timestamp,
    /// The key that came of it, and when.
    pub rolled: Option<(KeyId, Timestamp)>,
}

/// Keeps switches and rolls.
#[async_trait]
pub trait WritebackStore {
    /// The switches of a tenant.
    async fn writeback(&self, tenant: TenantId) -> Result<Writeback, StoreError>;

    /// Switches writeback, for one forest or for the whole tenant. Switching it on wants the key
    /// of every agent of the tenant that is not revoked to be rolled. `false`, and nothing is
    /// kept, when it was so already.
    async fn switch_writeback(
        &self,
        tenant: TenantId,
        forest: Option<&DomainName>,
        is_on: bool,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// The last roll of each agent that was ever to roll, by agent.
    async fn key_rolls(&self, tenant: TenantId) -> Result<Vec<KeyRoll>, StoreError>;

    /// An agent has a new key. `false`, and nothing is kept, when none was wanted of it.
    async fn key_rolled(
        &self,
        tenant: TenantId,
        agent: AgentId,
        key: KeyId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;
}
