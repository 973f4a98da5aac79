//! Who is signed in.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use writeback_model::{SignInSessionId, TenantId, UserId};
use writeback_store::{
    AuditRecord, CodeAnswer, SignInSession, SignInSessionStore, StoreError, TokenHash,
};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "sign_in_sessions";

/// How exactly the last use is kept: a write for every call would cost more than the call.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

fn session(row: &SqliteRow) -> Result<SignInSession, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(SignInSession {
        id: columns.id("id", SignInSessionId::from_uuid)?,
        tenant: columns.id("tenant_id", TenantId::from_uuid)?,
        user: columns.id("user_id", UserId::from_uuid)?,
        token: TokenHash(columns.bytes32("token")?),
        created_at: columns.time("created_at")?,
        seen_at: columns.time("seen_at")?,
        idle_ends_at: columns.time("idle_ends_at")?,
        expires_at: columns.time("expires_at")?,
        address: columns.get("address")?,
        user_agent: columns.get("user_agent")?,
        must_change: columns.get("must_change")?,
        second_factor_at: columns.maybe_time("second_factor_at")?,
    })
}

/// Ends all sessions of a person but one, inside a transaction, and tells how many.
pub(crate) async fn revoke(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    user: UserId,
    keep: Option<SignInSessionId>,
) -> Result<u64, StoreError> {
    let ended = sqlx::query(
        "DELETE FROM sign_in_sessions WHERE tenant_id = ? AND user_id = ? AND id IS NOT ?",
    )
    .bind(tenant.uuid())
    .bind(user.uuid())
    .bind(keep.map(SignInSessionId::uuid))
    .execute(tx)
    .await
    .doing("end sign-in sessions")?;
    Ok(ended.rows_affected())
}

/// What a code is, to a session's row as it stands.
fn judge(columns: &Columns<'_>, code: TokenHash, now: Timestamp) -> Result<CodeAnswer, StoreError> {
    if columns.time("expires_at")? <= now || columns.time("idle_ends_at")? <= now {
        return Ok(CodeAnswer::Expired);
    }
    let (Some(kept), Some(ends)) = (
        columns.maybe_hash("code")?,
        columns.maybe_time("code_expires_at")?,
    ) else {
        return Ok(CodeAnswer::Expired);
    };
    let Some(tries_left) = columns.get::<u8>("code_tries_left")?.checked_sub(1) else {
        return Ok(CodeAnswer::Exhausted);
    };
    Ok(if ends <= now {
        CodeAnswer::Expired
    } else if kept == code {
        CodeAnswer::Right
    } else {
        CodeAnswer::Wrong { tries_left }
    })
}

#[async_trait]
impl SignInSessionStore for SqliteStore {
    async fn add_sign_in_session(
        &self,
        session: &SignInSession,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a sign-in session";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM sign_in_sessions WHERE expires_at <= ?")
            .bind(micros(session.created_at))
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        let kept = sqlx::query(
            "INSERT INTO sign_in_sessions
                 (id, tenant_id, user_id, token, created_at, seen_at, idle_ends_at, expires_at,
                  address, user_agent, must_change, second_factor_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
             WHERE EXISTS (SELECT 1 FROM users
                 WHERE tenant_id = ?2 AND id = ?3 AND enabled AND removed_at IS NULL)",
        )
        .bind(session.id.uuid())
        .bind(session.tenant.uuid())
        .bind(session.user.uuid())
        .bind(session.token.bytes().as_slice())
        .bind(micros(session.created_at))
        .bind(micros(session.seen_at))
        .bind(micros(session.idle_ends_at))
        .bind(micros(session.expires_at))
        .bind(session.address.as_str())
        .bind(session.user_agent.as_str())
        .bind(session.must_change)
        .bind(session.second_factor_at.map(micros))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        if kept.rows_affected() == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn use_sign_in_session(
        &self,
        token: TokenHash,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<SignInSession>, StoreError> {
        const DOING: &str = "find a sign-in session";
        // A tenant names itself by its token: nobody else's is asked for.
        let row = sqlx::query(
            "SELECT * FROM sign_in_sessions
             WHERE token = ?1 AND expires_at > ?2 AND idle_ends_at > ?2
                 AND EXISTS (SELECT 1 FROM tenants WHERE id = tenant_id AND disabled_at IS NULL)",
        )
        .bind(token.bytes().as_slice())
        .bind(micros(now))
        .fetch_optional(self.readers())
        .await
        .doing(DOING)?;
        let Some(row) = row else {
            return Ok(None);
        };
        let mut session = session(&row)?;
        if now.duration_since(session.seen_at) < SEEN_EVERY {
            return Ok(Some(session));
        }
        session.seen_at = now;
        session.idle_ends_at = now
            .saturating_add(idle)
            .unwrap_or(session.expires_at)
            .min(session.expires_at);
        let mut tx = self.write(DOING).await?;
        let kept = sqlx::query(
            "UPDATE sign_in_sessions SET seen_at = ?, idle_ends_at = ?
             WHERE id = ? AND tenant_id = ?",
        )
        .bind(micros(session.seen_at))
        .bind(micros(session.idle_ends_at))
        .bind(session.id.uuid())
        .bind(session.tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        tx.commit().await.doing(DOING)?;
        // Revoked in between.
        Ok((kept.rows_affected() > 0).then_some(session))
    }

    async fn sign_in_sessions(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<Vec<SignInSession>, StoreError> {
        sqlx::query(
            "SELECT * FROM sign_in_sessions
             WHERE tenant_id = ?1 AND (?2 IS NULL OR user_id = ?2)
                 AND expires_at > ?3 AND idle_ends_at > ?3
             ORDER BY created_at DESC, id DESC",
        )
        .bind(tenant.uuid())
        .bind(user.map(UserId::uuid))
        .bind(micros(now))
        .fetch_all(self.readers())
        .await
        .doing("list sign-in sessions")?
        .iter()
        .map(session)
        .collect()
    }

    async fn revoke_sign_in_session(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        session: SignInSessionId,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "end a sign-in session";
        let mut tx = self.write(DOING).await?;
        let ended = sqlx::query(
            "DELETE FROM sign_in_sessions
             WHERE id = ?1 AND tenant_id = ?2 AND (?3 IS NULL OR user_id = ?3)",
        )
        .bind(session.uuid())
        .bind(tenant.uuid())
        .bind(user.map(UserId::uuid))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn revoke_sign_in_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        keep: Option<SignInSessionId>,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError> {
        const DOING: &str = "end sign-in sessions";
        let mut tx = self.write(DOING).await?;
        let ended = revoke(&mut tx, tenant, user, keep).await?;
        if ended > 0 {
            append_audit(&mut tx, audit).await?;
            tx.commit().await.doing(DOING)?;
        }
        Ok(ended)
    }

    async fn set_second_factor_code(
        &self,
        tenant: TenantId,
        session: SignInSessionId,
        code: TokenHash,
        expires_at: Timestamp,
        tries: u8,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a second factor's code";
        let mut tx = self.write(DOING).await?;
        let kept = sqlx::query(
            "UPDATE sign_in_sessions SET code = ?, code_expires_at = ?, code_tries_left = ?
             WHERE id = ? AND tenant_id = ?",
        )
        .bind(code.bytes().as_slice())
        .bind(micros(expires_at))
        .bind(tries)
        .bind(session.uuid())
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        tx.commit().await.doing(DOING)?;
        Ok(kept.rows_affected() > 0)
    }

    async fn try_second_factor_code(
        &self,
        tenant: TenantId,
        session: SignInSessionId,
        code: TokenHash,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CodeAnswer, StoreError> {
        const DOING: &str = "try a second factor's code";
        let mut tx = self.write(DOING).await?;
        let row = sqlx::query("SELECT * FROM sign_in_sessions WHERE id = ? AND tenant_id = ?")
            .bind(session.uuid())
            .bind(tenant.uuid())
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?;
        let Some(row) = row else {
            return Ok(CodeAnswer::Expired);
        };
        let columns = Columns {
            row: &row,
            table: TABLE,
        };
        let answer = judge(&columns, code, now)?;
        let (update, result) = match answer {
            CodeAnswer::Right => (
                Some(
                    "UPDATE sign_in_sessions SET code = NULL, code_expires_at = NULL,
                         code_tries_left = 0, second_factor_at = ?3
                     WHERE id = ?1 AND tenant_id = ?2",
                ),
                "success",
            ),
            CodeAnswer::Wrong { .. } => (
                Some(
                    "UPDATE sign_in_sessions SET code_tries_left = code_tries_left - 1
                     WHERE id = ?1 AND tenant_id = ?2 AND ?3 IS NOT NULL",
                ),
                "wrong-code",
            ),
            CodeAnswer::Expired => (None, "code-expired"),
            CodeAnswer::Exhausted => (None, "code-exhausted"),
        };
        if let Some(update) = update {
            sqlx::query(update)
                .bind(session.uuid())
                .bind(tenant.uuid())
                .bind(micros(now))
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        }
        let audit = AuditRecord {
            result: result.to_owned(),
            ..audit.clone()
        };
        append_audit(&mut tx, &audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(answer)
    }
}
