//! Staged removals, and a person's word about them.

use writeback_model::DomainName;
use writeback_store::StagedRemoval;
use writeback_sync::{GUARD_WINDOW, GuardAnswer, RemovalFacts};

use super::{Admin, AdminError};

/// What an export would remove.
#[derive(Clone, Debug)]
pub struct Removals {
    /// Everybody whose removal is staged, oldest first.
    pub staged: Vec<StagedRemoval>,
    /// What the guard counts.
    pub facts: RemovalFacts,
    /// What the guard says now.
    pub guard: GuardAnswer,
    /// For how many days a removed person can be restored.
    pub restore_days: u16,
}

impl Admin<'_> {
    /// The staged removals of a forest.
    pub async fn removals(&self, forest: &DomainName) -> Result<Removals, AdminError> {
        self.forests(Some(forest)).await?;
        let tenant = self.tenant().await?.id;
        let rules = self.store.sync_rules(tenant).await?;
        let now = self.clock.now();
        let facts = self
            .store
            .removal_facts(tenant, forest, GUARD_WINDOW, now)
            .await?;
        Ok(Removals {
            staged: self.store.staged_removals(tenant, forest, u32::MAX).await?,
            facts,
            guard: rules.guard.ask(facts),
            restore_days: rules.restore_days,
        })
    }

    /// Approves the removals that are staged now; answers how many. An export carries them out.
    pub async fn approve_removals(&self, forest: &DomainName, by: &str) -> Result<u64, AdminError> {
        self.forests(Some(forest)).await?;
        let tenant = self.tenant().await?.id;
        let detail = format!("{forest}, by {by}");
        let audit = self.record(tenant, writeback_store::activity::REMOVALS_APPROVED, detail);
        Ok(self.store.approve_removals(tenant, forest, &audit).await?)
    }
}
