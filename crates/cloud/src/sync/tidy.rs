//! Forgetting what has had its time.

use jiff::{SignedDuration, Timestamp};
use writeback_store::StoreError;

use crate::state::Cloud;

/// How often.
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How long runs are kept.
const RUNS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When it was last done.
#[derive(Default)]
pub(super) struct Tidy(Option<Timestamp>);

impl Tidy {
    pub(super) async fn look(&mut self, cloud: &Cloud) -> Result<(), StoreError> {
        let now = cloud.clock.now();
        if self.0.is_some_and(|at| now.duration_since(at) < TIDY_EVERY) {
            return Ok(());
        }
        for tenant in cloud.store.tenants().await? {
            let days = cloud.store.sync_rules(tenant.id).await?.restore_days;
            let kept = SignedDuration::from_hours(i64::from(days) * 24);
            let purged = cloud.store.purge_removed(tenant.id, now - kept).await?;
            if purged > 0 {
                tracing::info!(
                    people = purged,
                    days,
                    "removed people are forgotten for good"
                );
            }
            let runs = now - RUNS_KEPT;
            cloud.store.forget_runs_before(tenant.id, runs).await?;
        }
        self.0 = Some(now);
        Ok(())
    }
}
