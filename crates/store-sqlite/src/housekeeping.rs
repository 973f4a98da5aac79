//! Forgetting what is over.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::AgentId;
use writeback_store::{FORGOTTEN_AT_ONCE, Forgotten, HousekeepingStore, StoreError};

use crate::{
    SqliteStore,
    row::{Doing, micros},
};

#[async_trait]
impl HousekeepingStore for SqliteStore {
    async fn forget_ended(
        &self,
        requests_before: Timestamp,
        sessions_before: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        const DOING: &str = "forget what is over";
        let mut tx = self.write(DOING).await?;
        let mut forgotten = Forgotten::default();
        for delete in [
            "DELETE FROM sessions WHERE id IN
                 (SELECT id FROM sessions WHERE expires_at < ? LIMIT ?)",
            "DELETE FROM sign_in_sessions WHERE id IN
                 (SELECT id FROM sign_in_sessions WHERE expires_at < ? LIMIT ?)",
        ] {
            let done = sqlx::query(delete)
                .bind(micros(sessions_before))
                .bind(FORGOTTEN_AT_ONCE)
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
            forgotten.sessions += done.rows_affected();
        }
        let done = sqlx::query(
            "DELETE FROM requests WHERE id IN
                 (SELECT id FROM requests
                      WHERE (state IN ('done', 'expired') AND ended_at < ?1
                              OR state = 'unknown' AND claimed_by = ?3 AND created_at < ?1)
                          AND id NOT IN
                              (SELECT request_id FROM sessions WHERE request_id IS NOT NULL)
                      LIMIT ?2)",
        )
        .bind(micros(requests_before))
        .bind(FORGOTTEN_AT_ONCE)
        .bind(AgentId::NOT_KNOWN.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        forgotten.requests = done.rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(forgotten)
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        const DOING: &str = "see whether it can write";
        let mut tx = self.write(DOING).await?;
        // Nothing else uses this number. SQLite writes the page, also where it stays the same.
        sqlx::query("PRAGMA user_version = 0")
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }
}
