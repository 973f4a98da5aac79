//! Forgetting what is over.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time;
use tokio_util::sync::CancellationToken;
use writeback_model::event;
use writeback_store::{FORGOTTEN_AT_ONCE, Store, StoreError};

use crate::state::Cloud;

/// How often.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// How long a request is kept that ended, as long as the history of runs. docs/configuration.md
/// tells it.
const REQUESTS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a session is kept after its end.
const SESSIONS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Forgets requests and sessions that ended long ago, until `stop`.
pub(crate) async fn keep_forgetting(cloud: Arc<Cloud>, stop: CancellationToken) {
    loop {
        if let Err(error) = forget(&*cloud.store, cloud.clock.now()).await {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "what ended long ago could not be forgotten"
            );
        }
        if stop
            .run_until_cancelled(time::sleep(FORGET_EVERY))
            .await
            .is_none()
        {
            return;
        }
    }
}

async fn forget(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let (mut requests, mut sessions) = (0, 0);
    loop {
        let forgotten = store
            .forget_ended(now - REQUESTS_KEPT, now - SESSIONS_KEPT)
            .await?;
        requests += forgotten.requests;
        sessions += forgotten.sessions;
        let some = u64::from(FORGOTTEN_AT_ONCE);
        if forgotten.requests < some && forgotten.sessions < some {
            break;
        }
    }
    if requests + sessions > 0 {
        tracing::info!(requests, sessions, "what ended long ago is forgotten");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use uuid::Uuid;
    use writeback_model::{Operation, RequestId, SourceAnchor, Target, TenantId, UserId};
    use writeback_store::{
        Actor, AuditRecord, NewRequest, RequestStore, Tenant, TenantStore, activity,
    };
    use writeback_store_sqlite::SqliteStore;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    #[tokio::test]
    async fn all_requests_that_ended_more_than_thirty_days_ago_go() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("cloud.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let id = TenantId::from_uuid(Uuid::from_u128(1));
        let audit = AuditRecord {
            tenant: Some(id),
            at: START,
            actor: Actor::Cloud,
            activity: activity::TENANT_CREATED,
            user: None,
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: String::new(),
        };
        let tenant = Tenant {
            id,
            name: "Test".to_owned(),
            created_at: START,
            disabled_at: None,
        };
        assert!(store.add_tenant(&tenant, &audit).await.unwrap());
        // More than go at once, and one that nobody has ended.
        let ids: Vec<_> = (1..=1002)
            .map(|it| RequestId::from_uuid(Uuid::from_u128(it)))
            .collect();
        let (open, ended) = ids.split_last().unwrap();
        for request in &ids {
            let new = NewRequest {
                id: *request,
                tenant: id,
                user: UserId::from_uuid(Uuid::from_u128(1)),
                operation: Operation::Unlock,
                target: Target {
                    forest: "corp.test".parse().unwrap(),
                    domain: "corp.test".parse().unwrap(),
                    anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
                },
                created_at: START,
                expires_at: START,
            };
            store.add_request(&new, &audit).await.unwrap();
            if request != open {
                let expired = store.expire_request(id, *request, START, &audit);
                assert!(expired.await.unwrap());
            }
        }
        let left = async || {
            let mut left = 0;
            for request in ended {
                left += usize::from(store.request(id, *request).await.unwrap().is_some());
            }
            left
        };
        let thirty_days = SignedDuration::from_hours(30 * 24);
        forget(&store, START + thirty_days).await.unwrap();
        assert_eq!(left().await, 1001);
        let later = START + thirty_days + SignedDuration::from_secs(1);
        forget(&store, later).await.unwrap();
        assert_eq!(left().await, 0);
        assert!(store.request(id, *open).await.unwrap().is_some());
    }
}
