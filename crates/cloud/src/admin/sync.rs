//! Asking the running cloud for cycles.

use writeback_model::{DomainName, RunId};
use writeback_store::{Forest, WantedCycle};
use writeback_sync::Profile;

use super::{Admin, AdminError};

/// Everything anew.
pub const FULL_CYCLE: &[Profile] = &[Profile::FullImport, Profile::FullSync, Profile::Export];

/// What changed since the last time.
pub const DELTA_CYCLE: &[Profile] = &[Profile::DeltaImport, Profile::DeltaSync, Profile::Export];

impl Admin<'_> {
    /// One forest, or all of the tenant's.
    pub async fn forests(&self, name: Option<&DomainName>) -> Result<Vec<Forest>, AdminError> {
        let tenant = self.tenant().await?;
        let mut forests = self.store.forests(tenant.id).await?;
        if let Some(name) = name {
            forests.retain(|forest| forest.name == *name);
            if forests.is_empty() {
                return Err(AdminError::NoForest(name.clone()));
            }
        }
        Ok(forests)
    }

    /// Asks for run profiles of a forest, one after the other, on behalf of `by`. The running
    /// cloud begins within a second.
    pub async fn want_cycle(
        &self,
        forest: &DomainName,
        profiles: &[Profile],
        by: &str,
    ) -> Result<WantedCycle, AdminError> {
        let tenant = self.tenant().await?;
        let wanted = WantedCycle {
            cycle: RunId::new(self.clock, self.entropy),
            forest: forest.clone(),
            profiles: profiles.to_vec(),
            by: by.to_owned(),
            at: self.clock.now(),
        };
        let names: Vec<_> = profiles.iter().map(|profile| profile.name()).collect();
        let detail = format!("{forest}: {}, asked for by {by}", names.join(", "));
        let audit = writeback_store::AuditRecord {
            correlation: Some(wanted.cycle.uuid()),
            ..self.record(tenant.id, writeback_store::activity::SYNC_REQUESTED, detail)
        };
        match self.store.want_cycle(tenant.id, &wanted, &audit).await? {
            true => Ok(wanted),
            false => Err(AdminError::NoForest(forest.clone())),
        }
    }
}
