//! Counting of what must not happen too often.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use writeback_model::TenantId;
use writeback_store::{AuditRecord, StoreError, ThrottleAnswer, ThrottleRule, ThrottleStore};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros},
};

/// A span as it is reckoned with here.
fn span(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[async_trait]
impl ThrottleStore for SqliteStore {
    async fn count(
        &self,
        tenant: TenantId,
        rule: &ThrottleRule,
        key: &str,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<ThrottleAnswer, StoreError> {
        const DOING: &str = "count an event";
        let mut tx = self.write(DOING).await?;
        let until = micros(now).saturating_add(span(rule.block));
        // A clock that was set back: what lies ahead of it is of now, and no block is longer than
        // one that begins now.
        sqlx::query(
            "UPDATE throttle_events SET at = ?1 WHERE tenant_id = ?2 AND rule = ?3 AND at > ?1",
        )
        .bind(micros(now))
        .bind(tenant.uuid())
        .bind(rule.name)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        sqlx::query(
            "UPDATE throttle_blocks SET blocked_until = ?1
             WHERE tenant_id = ?2 AND rule = ?3 AND key = ?4 AND blocked_until > ?1",
        )
        .bind(until)
        .bind(tenant.uuid())
        .bind(rule.name)
        .bind(key)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        let blocked = sqlx::query(
            "SELECT blocked_until FROM throttle_blocks
             WHERE tenant_id = ? AND rule = ? AND key = ? AND blocked_until > ?",
        )
        .bind(tenant.uuid())
        .bind(rule.name)
        .bind(key)
        .bind(micros(now))
        .fetch_optional(&mut *tx)
        .await
        .doing(DOING)?;
        if let Some(row) = blocked {
            let until = Columns {
                row: &row,
                table: "throttle_blocks",
            }
            .time("blocked_until")?;
            tx.commit().await.doing(DOING)?;
            return Ok(ThrottleAnswer::Blocked { until });
        }

        // What no window sees any more goes, also of keys that never come again.
        let window_began = micros(now).saturating_sub(span(rule.window));
        sqlx::query("DELETE FROM throttle_events WHERE tenant_id = ? AND rule = ? AND at <= ?")
            .bind(tenant.uuid())
            .bind(rule.name)
            .bind(window_began)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        sqlx::query(
            "DELETE FROM throttle_blocks WHERE tenant_id = ? AND rule = ? AND blocked_until <= ?",
        )
        .bind(tenant.uuid())
        .bind(rule.name)
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;

        let counted = sqlx::query(
            "INSERT INTO throttle_events (tenant_id, rule, key, at)
             SELECT ?1, ?2, ?3, ?4 WHERE
                 (SELECT count(*) FROM throttle_events
                      WHERE tenant_id = ?1 AND rule = ?2 AND key = ?3) < ?5",
        )
        .bind(tenant.uuid())
        .bind(rule.name)
        .bind(key)
        .bind(micros(now))
        .bind(rule.limit)
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if counted == 1 {
            tx.commit().await.doing(DOING)?;
            return Ok(ThrottleAnswer::Allowed);
        }

        // Answered as it is kept, so that whoever asks next hears the same.
        let until = Timestamp::from_microsecond(until).unwrap_or(Timestamp::MAX);
        sqlx::query(
            "INSERT INTO throttle_blocks (tenant_id, rule, key, blocked_until)
             VALUES (?, ?, ?, ?)
             ON CONFLICT (tenant_id, rule, key) DO UPDATE
                 SET blocked_until = excluded.blocked_until",
        )
        .bind(tenant.uuid())
        .bind(rule.name)
        .bind(key)
        .bind(micros(until))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(ThrottleAnswer::Blocked { until })
    }

    async fn forgive(
        &self,
        tenant: TenantId,
        rule: &ThrottleRule,
        key: &str,
    ) -> Result<(), StoreError> {
        const DOING: &str = "forget what was counted";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM throttle_events WHERE tenant_id = ? AND rule = ? AND key = ?")
            .bind(tenant.uuid())
            .bind(rule.name)
            .bind(key)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        sqlx::query("DELETE FROM throttle_blocks WHERE tenant_id = ? AND rule = ? AND key = ?")
            .bind(tenant.uuid())
            .bind(rule.name)
            .bind(key)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn blocked_until(
        &self,
        tenant: TenantId,
        rule: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(
            "SELECT blocked_until FROM throttle_blocks
             WHERE tenant_id = ? AND rule = ? AND key = ? AND blocked_until > ?",
        )
        .bind(tenant.uuid())
        .bind(rule)
        .bind(key)
        .bind(micros(now))
        .fetch_optional(self.readers())
        .await
        .doing("ask whether a limit is used up")?;
        row.map(|row| {
            Columns {
                row: &row,
                table: "throttle_blocks",
            }
            .time("blocked_until")
        })
        .transpose()
    }
}
