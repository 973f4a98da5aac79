//! Requests.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use writeback_model::{
    AgentId, DomainName, Operation, Outcome, RequestId, RequestState, Target, TenantId, UserId,
};
use writeback_store::{AuditRecord, ClaimAnswer, NewRequest, Request, RequestStore, StoreError};
use writeback_wire::{Begun, Evidence};

use crate::{
    SqliteStore,
    audit::append_audit,
    news,
    row::{Columns, Doing, json, micros},
    sign_in_sessions, sign_in_tries,
};

const TABLE: &str = "requests";

fn request(row: &SqliteRow) -> Result<Request, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(Request {
        asked: NewRequest {
            id: columns.id("id", RequestId::from_uuid)?,
            tenant: columns.id("tenant_id", TenantId::from_uuid)?,
            user: columns.id("user_id", UserId::from_uuid)?,
            operation: columns.named("operation", Operation::from_name)?,
            target: Target {
                forest: columns.parsed("forest")?,
                domain: columns.parsed("domain")?,
                anchor: columns.anchor("anchor")?,
            },
            created_at: columns.time("created_at")?,
            expires_at: columns.time("expires_at")?,
        },
        state: columns.named("state", RequestState::from_name)?,
        claimed_by: columns.maybe_id("claimed_by", AgentId::from_uuid)?,
        claimed_at: columns.maybe_time("claimed_at")?,
        begun: columns.maybe_json("begun")?,
        outcome: columns.maybe_json("outcome")?,
        evidence: columns.maybe_json("evidence")?,
        ended_at: columns.maybe_time("ended_at")?,
    })
}

/// Keeps a new request as pending.
pub(crate) async fn insert(
    tx: &mut SqliteConnection,
    request: &NewRequest,
    doing: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO requests
             (id, tenant_id, user_id, operation, forest, domain, anchor, created_at, expires_at,
              state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')",
    )
    .bind(request.id.uuid())
    .bind(request.tenant.uuid())
    .bind(request.user.uuid())
    .bind(request.operation.name())
    .bind(request.target.forest.as_str())
    .bind(request.target.domain.as_str())
    .bind(request.target.anchor.bytes().as_slice())
    .bind(micros(request.created_at))
    .bind(micros(request.expires_at))
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(())
}

/// Why a claim was not granted, as the row shows it.
fn refusal(row: &SqliteRow, agent: AgentId) -> Result<ClaimAnswer, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(match columns.named("state", RequestState::from_name)? {
        // Pending and yet not granted: its time is over.
        RequestState::Pending | RequestState::Expired | RequestState::Done => ClaimAnswer::Ended,
        RequestState::Claimed | RequestState::Unknown => {
            if columns.id("claimed_by", AgentId::from_uuid)? == agent {
                ClaimAnswer::AlreadyYours
            } else {
                ClaimAnswer::Taken
            }
        }
    })
}

#[async_trait]
impl RequestStore for SqliteStore {
    async fn add_request(
        &self,
        request: &NewRequest,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "keep a request";
        let mut tx = self.write(DOING).await?;
        insert(&mut tx, request, DOING).await?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }

    async fn request(
        &self,
        tenant: TenantId,
        id: RequestId,
    ) -> Result<Option<Request>, StoreError> {
        sqlx::query("SELECT * FROM requests WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a request")?
            .as_ref()
            .map(request)
            .transpose()
    }

    async fn claim_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        agent: AgentId,
        now: Timestamp,
    ) -> Result<ClaimAnswer, StoreError> {
        const DOING: &str = "claim a request";
        let mut tx = self.write(DOING).await?;
        let claimed = sqlx::query(
            "UPDATE requests SET state = 'claimed', claimed_by = ?1, claimed_at = ?2
             WHERE id = ?3 AND tenant_id = ?4 AND state = 'pending' AND expires_at > ?2",
        )
        .bind(agent.uuid())
        .bind(micros(now))
        .bind(id.uuid())
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if claimed == 1 {
            tx.commit().await.doing(DOING)?;
            return Ok(ClaimAnswer::Granted);
        }
        sqlx::query("SELECT state, claimed_by FROM requests WHERE id = ? AND tenant_id = ?")
            .bind(id.uuid())
            .bind(tenant.uuid())
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?
            .map_or(Ok(ClaimAnswer::Unknown), |row| refusal(&row, agent))
    }

    async fn begin_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        agent: AgentId,
        begun: &Begun,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep what was true before a write";
        let mut tx = self.write(DOING).await?;
        let kept = sqlx::query(
            "UPDATE requests SET begun = ?
             WHERE id = ? AND tenant_id = ? AND claimed_by = ? AND state IN ('claimed', 'unknown')",
        )
        .bind(json(begun)?)
        .bind(id.uuid())
        .bind(tenant.uuid())
        .bind(agent.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(kept == 1)
    }

    async fn finish_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        outcome: &Outcome,
        evidence: &Evidence,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep the outcome of a request";
        let mut tx = self.write(DOING).await?;
        let doubted = sqlx::query(
            "SELECT 1 FROM requests WHERE id = ? AND tenant_id = ? AND state = 'unknown'",
        )
        .bind(id.uuid())
        .bind(tenant.uuid())
        .fetch_optional(&mut *tx)
        .await
        .doing(DOING)?;
        let finished = sqlx::query(
            "UPDATE requests SET state = 'done', outcome = ?, evidence = ?, ended_at = ?
             WHERE id = ? AND tenant_id = ? AND state IN ('claimed', 'unknown')
             RETURNING user_id, operation",
        )
        .bind(json(outcome)?)
        .bind(json(evidence)?)
        .bind(micros(now))
        .bind(id.uuid())
        .bind(tenant.uuid())
        .fetch_optional(&mut *tx)
        .await
        .doing(DOING)?;
        let Some(row) = finished else {
            return Ok(false);
        };
        if outcome.is_changed() {
            let columns = Columns {
                row: &row,
                table: TABLE,
            };
            let user = columns.id("user_id", UserId::from_uuid)?;
            // The directory counts from 0 again, and whoever knows only the old password is out.
            sign_in_tries::forgive(&mut tx, tenant, &user.to_string()).await?;
            if columns
                .named("operation", Operation::from_name)?
                .writes_password()
            {
                sign_in_sessions::revoke(&mut tx, tenant, user, None).await?;
            }
        }
        let was_in_doubt = doubted.is_some();
        if outcome.is_changed() || was_in_doubt {
            news::owe(&mut tx, tenant, id, was_in_doubt, now).await?;
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn expire_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "end an overdue request";
        let mut tx = self.write(DOING).await?;
        let expired = sqlx::query(
            "UPDATE requests SET state = 'expired', ended_at = ?
             WHERE id = ? AND tenant_id = ? AND state = 'pending'",
        )
        .bind(micros(now))
        .bind(id.uuid())
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if expired == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn doubt_request(
        &self,
        tenant: TenantId,
        id: RequestId,
        _now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "note a doubt about a request";
        let mut tx = self.write(DOING).await?;
        let doubted = sqlx::query(
            "UPDATE requests SET state = 'unknown'
             WHERE id = ? AND tenant_id = ? AND state = 'claimed'",
        )
        .bind(id.uuid())
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if doubted == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn overdue_requests(&self, now: Timestamp) -> Result<Vec<Request>, StoreError> {
        sqlx::query(
            "SELECT * FROM requests WHERE state = 'pending' AND expires_at <= ?
             ORDER BY expires_at, id",
        )
        .bind(micros(now))
        .fetch_all(self.readers())
        .await
        .doing("find overdue requests")?
        .iter()
        .map(request)
        .collect()
    }

    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Request>, StoreError> {
        sqlx::query(
            "SELECT * FROM requests WHERE state = 'claimed' AND claimed_at < ?
             ORDER BY claimed_at, id",
        )
        .bind(micros(before))
        .fetch_all(self.readers())
        .await
        .doing("find claims without an outcome")?
        .iter()
        .map(request)
        .collect()
    }

    async fn unknown_requests(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<Vec<Request>, StoreError> {
        sqlx::query(
            "SELECT * FROM requests WHERE state = 'unknown' AND tenant_id = ? AND forest = ?
             ORDER BY created_at, id",
        )
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .fetch_all(self.readers())
        .await
        .doing("find requests in doubt")?
        .iter()
        .map(request)
        .collect()
    }
}
