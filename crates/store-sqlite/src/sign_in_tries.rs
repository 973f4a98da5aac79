//! How often somebody tried to sign in.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use writeback_model::{DomainName, SignInId, TenantId};
use writeback_policy::sign_in::{CLOCK_SKEW, DirectoryLockout, REMEMBERED, Tried, Tries, Verdict};
use writeback_store::{SignInTryStore, StoreError, TryAnswer};

use crate::{
    SqliteStore,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "sign_in_tries";

const OF_KEY: &str = "SELECT * FROM sign_in_tries WHERE tenant_id = ? AND key = ?";

/// How long it is kept at most what somebody tried whose directory locks: longer than an
/// observation window can be, which is 99,999 minutes.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 70);

fn directory(columns: &Columns<'_>) -> Result<Option<DirectoryLockout>, StoreError> {
    let Some(threshold) = columns.get::<Option<u32>>("threshold")? else {
        return Ok(None);
    };
    let window = SignedDuration::from_micros(columns.get("window")?);
    Ok(Some(DirectoryLockout { threshold, window }))
}

fn tries(row: &SqliteRow) -> Result<Tries, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(Tries {
        wrong: columns.get("wrong")?,
        wrong_in_directory: columns.get("wrong_in_directory")?,
        last_at: Some(columns.time("last_at")?),
        locked_until: columns.maybe_time("locked_until")?,
        is_under_way: columns.get::<Option<Uuid>>("under_way")?.is_some(),
        directory: directory(&columns)?,
    })
}

async fn put(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    key: &str,
    tries: &Tries,
    id: SignInId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO sign_in_tries
             (tenant_id, key, wrong, wrong_in_directory, last_at, locked_until, under_way,
              threshold, window)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(tenant.uuid())
    .bind(key)
    .bind(tries.wrong)
    .bind(tries.wrong_in_directory)
    .bind(micros(tries.last_at.unwrap_or(now)))
    .bind(tries.locked_until.map(micros))
    .bind(tries.is_under_way.then(|| id.uuid()))
    .bind(tries.directory.map(|it| it.threshold))
    .bind(tries.directory.map(|it| span(it.window)))
    .execute(tx)
    .await
    .doing("keep a try to sign in")?;
    Ok(())
}

/// Keeps the times of tries by a clock that was set back.
async fn keep_times(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    key: &str,
    tries: &Tries,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE sign_in_tries SET last_at = ?, locked_until = ? WHERE tenant_id = ? AND key = ?",
    )
    .bind(micros(tries.last_at.unwrap_or(now)))
    .bind(tries.locked_until.map(micros))
    .bind(tenant.uuid())
    .bind(key)
    .execute(tx)
    .await
    .doing("keep the times of tries to sign in")?;
    Ok(())
}

fn span(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Forgets the tries under a key, inside a transaction.
pub(crate) async fn forgive(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    key: &str,
) -> Result<(), StoreError> {
    // One that is under way may be counted after that.
    sqlx::query(
        "UPDATE sign_in_tries
         SET wrong = (under_way IS NOT NULL), wrong_in_directory = (under_way IS NOT NULL),
             locked_until = NULL
         WHERE tenant_id = ? AND key = ?",
    )
    .bind(tenant.uuid())
    .bind(key)
    .execute(tx)
    .await
    .doing("forget tries to sign in")?;
    Ok(())
}

#[async_trait]
impl SignInTryStore for SqliteStore {
    async fn begin_sign_in(
        &self,
        tenant: TenantId,
        key: &str,
        id: SignInId,
        directory: Option<DirectoryLockout>,
        now: Timestamp,
    ) -> Result<TryAnswer, StoreError> {
        const DOING: &str = "begin a try to sign in";
        let mut tx = self.write(DOING).await?;
        let before = |span| micros(now).saturating_sub(self::span(span));
        // Names that nobody has are counted like others, and must not pile up: anybody makes them.
        sqlx::query(
            "DELETE FROM sign_in_tries
             WHERE last_at < ? AND (window IS NULL OR last_at + min(window, ?) < ?)",
        )
        .bind(before(REMEMBERED))
        .bind(span(KEPT))
        .bind(before(CLOCK_SKEW))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        let row = sqlx::query(OF_KEY)
            .bind(tenant.uuid())
            .bind(key)
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?;
        let kept = row.as_ref().map(tries).transpose()?.unwrap_or_default();
        let mut before = kept.by_clock(now);
        if before != kept {
            keep_times(&mut tx, tenant, key, &before, now).await?;
        }
        before.directory = before.directory.or(directory);
        let answer = match before.one_more(now) {
            Verdict::Go(begun) => {
                put(&mut tx, tenant, key, &begun, id, now).await?;
                TryAnswer::Go
            }
            Verdict::UnderWay => TryAnswer::UnderWay,
            Verdict::Locked { until } => TryAnswer::Locked { until },
        };
        tx.commit().await.doing(DOING)?;
        Ok(answer)
    }

    async fn end_sign_in(
        &self,
        tenant: TenantId,
        key: &str,
        id: SignInId,
        tried: Tried,
        directory: Option<DirectoryLockout>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const DOING: &str = "end a try to sign in";
        let mut tx = self.write(DOING).await?;
        let row = sqlx::query(
            "SELECT * FROM sign_in_tries WHERE tenant_id = ? AND key = ? AND under_way = ?",
        )
        .bind(tenant.uuid())
        .bind(key)
        .bind(id.uuid())
        .fetch_optional(&mut *tx)
        .await
        .doing(DOING)?;
        let Some(row) = row else {
            return Ok(());
        };
        let after = tries(&row)?.answered(tried, directory, now);
        put(&mut tx, tenant, key, &after, id, now).await?;
        tx.commit().await.doing(DOING)
    }

    async fn sign_in_locked_until(
        &self,
        tenant: TenantId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(OF_KEY)
            .bind(tenant.uuid())
            .bind(key)
            .fetch_optional(self.readers())
            .await
            .doing("look for a lock of sign-ins")?;
        let before = row.as_ref().map(tries).transpose()?.unwrap_or_default();
        Ok(match before.one_more(now) {
            Verdict::Locked { until } => Some(until),
            Verdict::Go(_) | Verdict::UnderWay => None,
        })
    }

    async fn forest_lockout(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Result<Option<DirectoryLockout>, StoreError> {
        let row = sqlx::query(
            "SELECT lockout_threshold AS threshold, lockout_window AS window FROM forests
             WHERE tenant_id = ? AND name = ?",
        )
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .fetch_optional(self.readers())
        .await
        .doing("look for the lockout policy of a forest")?;
        let Some(row) = row else {
            return Ok(None);
        };
        let (row, table) = (&row, "forests");
        directory(&Columns { row, table })
    }

    async fn keep_forest_lockout(
        &self,
        tenant: TenantId,
        forest: &DomainName,
        lockout: DirectoryLockout,
    ) -> Result<(), StoreError> {
        const DOING: &str = "keep the lockout policy of a forest";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "UPDATE forests SET lockout_threshold = ?, lockout_window = ?
             WHERE tenant_id = ? AND name = ?",
        )
        .bind(lockout.threshold)
        .bind(span(lockout.window))
        .bind(tenant.uuid())
        .bind(forest.as_str())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn forgive_sign_ins(&self, tenant: TenantId, key: &str) -> Result<(), StoreError> {
        const DOING: &str = "forget tries to sign in";
        let mut tx = self.write(DOING).await?;
        forgive(&mut tx, tenant, key).await?;
        tx.commit().await.doing(DOING)
    }
}
