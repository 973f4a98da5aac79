//! News that people are owed.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use writeback_model::{RequestId, TenantId};
use writeback_store::{NewsStore, OwedNews, StoreError, TokenHash};

use crate::{
    SqliteStore,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "owed_news";

/// Owes the news of a request that ends.
pub(crate) async fn owe(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    request: RequestId,
    was_in_doubt: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO owed_news (request_id, tenant_id, was_in_doubt, owed_since, due_at)
         VALUES (?1, ?2, ?3, ?4, ?4)",
    )
    .bind(request.uuid())
    .bind(tenant.uuid())
    .bind(was_in_doubt)
    .bind(micros(now))
    .execute(tx)
    .await
    .doing("owe news")?;
    Ok(())
}

fn owed(row: &SqliteRow) -> Result<OwedNews, StoreError> {
    let columns = Columns { row, table: TABLE };
    let tries = columns.number("tries")?;
    Ok(OwedNews {
        tenant: columns.id("tenant_id", TenantId::from_uuid)?,
        request: columns.id("request_id", RequestId::from_uuid)?,
        was_in_doubt: columns.get("was_in_doubt")?,
        owed_since: columns.time("owed_since")?,
        tries: u32::try_from(tries).map_err(|_| columns.bad("tries"))?,
        taken: Vec::new(),
    })
}

async fn taken(
    tx: &mut SqliteConnection,
    request: RequestId,
    doing: &'static str,
) -> Result<Vec<TokenHash>, StoreError> {
    let rows = sqlx::query("SELECT letter FROM owed_news_taken WHERE request_id = ?")
        .bind(request.uuid())
        .fetch_all(tx)
        .await
        .doing(doing)?;
    let columns = |row| Columns {
        row,
        table: "owed_news_taken",
    };
    let letters = rows.iter().map(|row| columns(row).bytes32("letter"));
    letters.map(|letter| letter.map(TokenHash)).collect()
}

#[async_trait]
impl NewsStore for SqliteStore {
    async fn take_due_news(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<OwedNews>, StoreError> {
        const DOING: &str = "take up owed news";
        // Most of the time nothing is due, and nobody has to wait for that to be found out.
        let due = sqlx::query("SELECT 1 FROM owed_news WHERE due_at <= ? LIMIT 1")
            .bind(micros(now))
            .fetch_optional(self.readers())
            .await
            .doing(DOING)?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = self.write(DOING).await?;
        let due = sqlx::query(
            "SELECT request_id FROM owed_news WHERE due_at <= ? ORDER BY due_at, request_id LIMIT ?",
        )
        .bind(micros(now))
        .bind(limit)
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?;
        let mut all = Vec::with_capacity(due.len());
        for row in due {
            let request: &[u8] = row.try_get("request_id").doing(DOING)?;
            let row = sqlx::query(
                "UPDATE owed_news SET due_at = ?, tries = tries + 1 WHERE request_id = ?
                 RETURNING *",
            )
            .bind(micros(until))
            .bind(request)
            .fetch_one(&mut *tx)
            .await
            .doing(DOING)?;
            let mut news = owed(&row)?;
            news.taken = taken(&mut tx, news.request, DOING).await?;
            all.push(news);
        }
        tx.commit().await.doing(DOING)?;
        Ok(all)
    }

    async fn note_letter_taken(
        &self,
        tenant: TenantId,
        request: RequestId,
        letter: TokenHash,
    ) -> Result<(), StoreError> {
        const DOING: &str = "note that a letter was taken";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "INSERT OR IGNORE INTO owed_news_taken (request_id, letter)
             SELECT request_id, ? FROM owed_news WHERE request_id = ? AND tenant_id = ?",
        )
        .bind(letter.bytes().as_slice())
        .bind(request.uuid())
        .bind(tenant.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn put_off_news(
        &self,
        tenant: TenantId,
        request: RequestId,
        due_at: Timestamp,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "put off owed news";
        let mut tx = self.write(DOING).await?;
        let done =
            sqlx::query("UPDATE owed_news SET due_at = ? WHERE request_id = ? AND tenant_id = ?")
                .bind(micros(due_at))
                .bind(request.uuid())
                .bind(tenant.uuid())
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        tx.commit().await.doing(DOING)?;
        Ok(done.rows_affected() == 1)
    }

    async fn settle_news(&self, tenant: TenantId, request: RequestId) -> Result<bool, StoreError> {
        const DOING: &str = "settle owed news";
        let mut tx = self.write(DOING).await?;
        let done = sqlx::query("DELETE FROM owed_news WHERE request_id = ? AND tenant_id = ?")
            .bind(request.uuid())
            .bind(tenant.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)?;
        Ok(done.rows_affected() == 1)
    }
}
