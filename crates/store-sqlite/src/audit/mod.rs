//! The audit trail.

mod append;
mod begin;
mod prune;
mod read;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use uuid::Uuid;
use writeback_audit::{Chain, Checkpoint, Place};
use writeback_model::{TenantId, UserId};
use writeback_store::{
    Actor, AuditFilter, AuditRecord, AuditStore, KeptLine, KnownChain, StoreError,
};

pub(crate) use append::{append_audit, append_audit_for};
pub(crate) use begin::{begin_chains, has_no_chains};

use crate::{
    SqliteStore,
    row::{Columns, Doing, json, micros},
};

const TABLE: &str = "audit";

/// One record as it is shown.
#[derive(Serialize)]
struct Line<'r> {
    seq: i64,
    at: Timestamp,
    tenant: Option<TenantId>,
    actor: Actor,
    activity: &'r str,
    user: Option<UserId>,
    correlation: Option<Uuid>,
    address: Option<&'r str>,
    result: &'r str,
    detail: &'r str,
}

fn shown(row: &SqliteRow) -> Result<String, StoreError> {
    let columns = Columns { row, table: TABLE };
    json(&Line {
        seq: columns.get("seq")?,
        at: columns.time("at")?,
        tenant: columns.maybe_id("tenant_id", TenantId::from_uuid)?,
        actor: columns.json("actor")?,
        activity: columns.get("activity")?,
        user: columns.maybe_id("user_id", UserId::from_uuid)?,
        correlation: columns.get("correlation")?,
        address: columns.get("address")?,
        result: columns.get("result")?,
        detail: columns.get("detail")?,
    })
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn audit(&self, record: &AuditRecord) -> Result<(), StoreError> {
        const DOING: &str = "keep an audit record";
        let mut tx = self.write(DOING).await?;
        append_audit(&mut tx, record).await?;
        tx.commit().await.doing(DOING)
    }

    async fn last_audit_lines(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query("SELECT * FROM audit WHERE tenant_id = ? ORDER BY seq DESC LIMIT ?")
            .bind(tenant.uuid())
            .bind(limit)
            .fetch_all(self.readers())
            .await
            .doing("read the audit trail")?
            .iter()
            .map(shown)
            .collect()
    }

    async fn find_audit(
        &self,
        chain: Chain,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<KeptLine>, StoreError> {
        const DOING: &str = "search the audit trail";
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM audit WHERE tenant_id IS ");
        query.push_bind(chain.map(TenantId::uuid));
        if let Some(user) = filter.user {
            query.push(" AND (user_id = ").push_bind(user.uuid());
            for actor in [Actor::User(user), Actor::Person(Some(user))] {
                query.push(" OR actor = ").push_bind(json(&actor)?);
            }
            query.push(")");
        }
        if let Some(activity) = &filter.activity {
            query.push(" AND activity = ").push_bind(activity.clone());
        }
        if let Some(since) = filter.since {
            query.push(" AND at >= ").push_bind(micros(since));
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(micros(until));
        }
        if let Some(before) = filter.before {
            query.push(" AND seq < ").push_bind(before);
        }
        query.push(" ORDER BY seq DESC LIMIT ").push_bind(limit);
        query
            .build()
            .fetch_all(self.readers())
            .await
            .doing(DOING)?
            .iter()
            .map(read::line)
            .collect()
    }

    async fn audit_chains(&self) -> Result<Vec<KnownChain>, StoreError> {
        const DOING: &str = "list the chains of the audit trail";
        sqlx::query(
            "SELECT tenant_id, min(seq) AS seq FROM (
                 SELECT tenant_id, min(seq) AS seq FROM audit GROUP BY tenant_id
                 UNION ALL
                 SELECT tenant_id, min(seq) FROM audit_checkpoints GROUP BY tenant_id)
             GROUP BY tenant_id ORDER BY tenant_id",
        )
        .fetch_all(self.readers())
        .await
        .doing(DOING)?
        .iter()
        .map(|row| {
            let columns = Columns { row, table: TABLE };
            match columns.maybe_id("tenant_id", TenantId::from_uuid) {
                Ok(chain) => Ok(KnownChain::Of(chain)),
                Err(_) => Ok(KnownChain::Unreadable(columns.get("seq")?)),
            }
        })
        .collect()
    }

    async fn audit_lines(
        &self,
        chain: Chain,
        after: i64,
        limit: u32,
    ) -> Result<Vec<KeptLine>, StoreError> {
        sqlx::query("SELECT * FROM audit WHERE tenant_id IS ? AND seq > ? ORDER BY seq LIMIT ?")
            .bind(chain.map(TenantId::uuid))
            .bind(after)
            .bind(limit)
            .fetch_all(self.readers())
            .await
            .doing("read a chain of the audit trail")?
            .iter()
            .map(read::line)
            .collect()
    }

    async fn audit_head(&self, chain: Chain) -> Result<Option<Place>, StoreError> {
        append::head(self.readers(), chain).await
    }

    async fn audit_extent(&self) -> Result<(i64, i64), StoreError> {
        const DOING: &str = "read how far the audit trail goes";
        // One statement: both numbers are of the same moment.
        let row = sqlx::query(
            "SELECT coalesce((SELECT max(seq) FROM audit), 0),
                    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)",
        )
        .fetch_one(self.readers())
        .await
        .doing(DOING)?;
        Ok((row.try_get(0).doing(DOING)?, row.try_get(1).doing(DOING)?))
    }

    async fn audit_checkpoints(&self, chain: Chain) -> Result<Vec<Checkpoint>, StoreError> {
        sqlx::query("SELECT * FROM audit_checkpoints WHERE tenant_id IS ? ORDER BY number, id")
            .bind(chain.map(TenantId::uuid))
            .fetch_all(self.readers())
            .await
            .doing("read the checkpoints of the audit trail")?
            .iter()
            .map(read::checkpoint)
            .collect()
    }

    async fn add_audit_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        const DOING: &str = "keep a checkpoint of the audit trail";
        let mut tx = self.write(DOING).await?;
        prune::add_checkpoint(&mut tx, checkpoint).await?;
        tx.commit().await.doing(DOING)
    }

    async fn audit_older_than(
        &self,
        chain: Chain,
        time: Timestamp,
    ) -> Result<Option<Place>, StoreError> {
        prune::older_than(self.readers(), chain, time).await
    }

    async fn prune_audit(&self, mark: &Checkpoint, audit: &AuditRecord) -> Result<u64, StoreError> {
        const DOING: &str = "remove old audit records";
        let mut tx = self.write(DOING).await?;
        // The record first: it follows the chain's last one, which may be old, too.
        append_audit(&mut tx, audit).await?;
        prune::add_checkpoint(&mut tx, mark).await?;
        let removed = prune::remove(&mut tx, mark).await?;
        tx.commit().await.doing(DOING)?;
        Ok(removed)
    }
}
