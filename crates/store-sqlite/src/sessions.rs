//! Ways through the portal.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;
use writeback_model::{RequestId, TenantId, UserId};
use writeback_store::{
    AuditRecord, CodeAnswer, NewRequest, ResetSession, SessionStore, StoreError, TokenHash,
};

use crate::{
    SqliteStore,
    audit::append_audit,
    requests,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "sessions";

/// How long an expired session is kept.
const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(24);

fn session(row: &SqliteRow) -> Result<ResetSession, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(ResetSession {
        id: columns.get("id")?,
        tenant: columns.id("tenant_id", TenantId::from_uuid)?,
        cookie: TokenHash(columns.bytes32("cookie")?),
        user: columns.maybe_id("user_id", UserId::from_uuid)?,
        typed_name: columns.get("typed_name")?,
        created_at: columns.time("created_at")?,
        expires_at: columns.time("expires_at")?,
        code: columns.maybe_hash("code")?,
        code_expires_at: columns.time("code_expires_at")?,
        tries_left: columns.get("tries_left")?,
        verified_at: columns.maybe_time("verified_at")?,
        request: columns.maybe_id("request_id", RequestId::from_uuid)?,
    })
}

/// What a code is, to a session as it stands. `Wrong` with the tries that are left after it.
fn judge(session: &ResetSession, code: TokenHash, now: Timestamp) -> CodeAnswer {
    if session.expires_at <= now {
        return CodeAnswer::Expired;
    }
    let Some(tries_left) = session.tries_left.checked_sub(1) else {
        return CodeAnswer::Exhausted;
    };
    if session.code_expires_at <= now {
        return CodeAnswer::Expired;
    }
    if session.code == Some(code) {
        CodeAnswer::Right
    } else {
        CodeAnswer::Wrong { tries_left }
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn add_session(
        &self,
        session: &ResetSession,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "keep a session";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at < ?")
            .bind(
                micros(session.created_at).saturating_sub_unsigned(
                    KEPT_AFTER_END
                        .unsigned_abs()
                        .as_micros()
                        .try_into()
                        .unwrap_or(u64::MAX),
                ),
            )
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        sqlx::query(
            "INSERT INTO sessions
                 (id, tenant_id, cookie, user_id, typed_name, created_at, expires_at, code,
                  code_expires_at, tries_left, verified_at, request_id)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(session.id)
        .bind(session.tenant.uuid())
        .bind(session.cookie.bytes().as_slice())
        .bind(session.user.map(UserId::uuid))
        .bind(session.typed_name.as_str())
        .bind(micros(session.created_at))
        .bind(micros(session.expires_at))
        .bind(session.code.as_ref().map(|code| code.bytes().as_slice()))
        .bind(micros(session.code_expires_at))
        .bind(session.tries_left)
        .bind(session.verified_at.map(micros))
        .bind(session.request.map(RequestId::uuid))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }

    async fn session_by_cookie(
        &self,
        cookie: TokenHash,
        now: Timestamp,
    ) -> Result<Option<ResetSession>, StoreError> {
        sqlx::query("SELECT * FROM sessions WHERE cookie = ? AND expires_at > ?")
            .bind(cookie.bytes().as_slice())
            .bind(micros(now))
            .fetch_optional(self.readers())
            .await
            .doing("find a session")?
            .as_ref()
            .map(session)
            .transpose()
    }

    async fn replace_code(
        &self,
        tenant: TenantId,
        session: Uuid,
        code: Option<TokenHash>,
        code_expires_at: Timestamp,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "replace a code";
        let mut tx = self.write(DOING).await?;
        let replaced = sqlx::query(
            "UPDATE sessions SET code = ?, code_expires_at = ? WHERE id = ? AND tenant_id = ?",
        )
        .bind(code.as_ref().map(|code| code.bytes().as_slice()))
        .bind(micros(code_expires_at))
        .bind(session)
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if replaced > 0 {
            append_audit(&mut tx, audit).await?;
        }
        tx.commit().await.doing(DOING)
    }

    async fn try_code(
        &self,
        tenant: TenantId,
        session: Uuid,
        code: TokenHash,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CodeAnswer, StoreError> {
        const DOING: &str = "try a code";
        let mut tx = self.write(DOING).await?;
        let row = sqlx::query("SELECT * FROM sessions WHERE id = ? AND tenant_id = ?")
            .bind(session)
            .bind(tenant.uuid())
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?;
        let Some(row) = row else {
            return Ok(CodeAnswer::Expired);
        };
        let answer = judge(&self::session(&row)?, code, now);
        let (update, result) = match answer {
            CodeAnswer::Right => (
                Some(
                    "UPDATE sessions SET tries_left = tries_left - 1, code = NULL,
                         verified_at = ?2
                     WHERE id = ?1",
                ),
                "success",
            ),
            CodeAnswer::Wrong { .. } => (
                Some("UPDATE sessions SET tries_left = tries_left - 1 WHERE id = ?1"),
                "failure",
            ),
            CodeAnswer::Expired | CodeAnswer::Exhausted => (None, "failure"),
        };
        if let Some(update) = update {
            sqlx::query(update)
                .bind(session)
                .bind(micros(now))
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        }
        append_audit(
            &mut tx,
            &AuditRecord {
                result: result.to_owned(),
                ..audit.clone()
            },
        )
        .await?;
        tx.commit().await.doing(DOING)?;
        Ok(answer)
    }

    async fn add_session_request(
        &self,
        session: Uuid,
        last: Option<RequestId>,
        request: &NewRequest,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a session's request";
        let mut tx = self.write(DOING).await?;
        let taken = sqlx::query(
            "UPDATE sessions SET request_id = ?
             WHERE id = ? AND tenant_id = ? AND user_id = ? AND request_id IS ?
                 AND verified_at IS NOT NULL AND expires_at > ?",
        )
        .bind(request.id.uuid())
        .bind(session)
        .bind(request.tenant.uuid())
        .bind(request.user.uuid())
        .bind(last.map(RequestId::uuid))
        .bind(micros(request.created_at))
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if taken == 0 {
            return Ok(false);
        }
        requests::insert(&mut tx, request, DOING).await?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn end_session(&self, tenant: TenantId, session: Uuid) -> Result<(), StoreError> {
        const DOING: &str = "end a session";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM sessions WHERE id = ? AND tenant_id = ?")
            .bind(session)
            .bind(tenant.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }
}
