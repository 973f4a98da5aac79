//! Seats follow the groups that licences are assigned to.

use std::{sync::Arc, time::Duration};

use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_model::event;
use writeback_store::{Actor, AuditRecord, StoreError};

use crate::state::Cloud;

/// How often. Whoever leaves a group has lost its licence by then, and whoever came waits for
/// their seat no longer than this.
const SETTLE_EVERY: Duration = Duration::from_secs(10);

/// Gives and takes seats after people came into groups and left them, until `stop`.
pub(crate) async fn keep_seats_settled(cloud: Arc<Cloud>, stop: CancellationToken) {
    loop {
        if let Err(error) = settle(&cloud).await {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "the seats of licences could not be settled"
            );
        }
        if stop
            .run_until_cancelled(time::sleep(SETTLE_EVERY))
            .await
            .is_none()
        {
            return;
        }
    }
}

async fn settle(cloud: &Cloud) -> Result<(), StoreError> {
    for tenant in cloud.store.tenants().await? {
        let now = cloud.clock.now();
        let audit = AuditRecord {
            tenant: Some(tenant.id),
            at: now,
            actor: Actor::Cloud,
            activity: "Seats of licences settled",
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: "people came into groups or left them".to_owned(),
        };
        let changed = cloud.store.settle_seats(tenant.id, now, &audit).await?;
        if changed > 0 {
            tracing::info!(tenant = %tenant.id, changed, "seats of licences changed hands");
        }
    }
    Ok(())
}
