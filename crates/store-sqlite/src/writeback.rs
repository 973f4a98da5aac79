//! Writeback's switches, and sealing keys that are to be rolled.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use writeback_model::{AgentId, DomainName, KeyId, TenantId};
use writeback_store::{AuditRecord, KeyRoll, StoreError, Switch, Writeback, WritebackStore};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros},
};

fn roll(row: &SqliteRow) -> Result<KeyRoll, StoreError> {
    let columns = Columns {
        row,
        table: "key_rolls",
    };
    let key = columns.maybe_id("key_id", KeyId::from_uuid)?;
    Ok(KeyRoll {
        agent: columns.id("agent_id", AgentId::from_uuid)?,
        wanted_at: columns.time("wanted_at")?,
        rolled: key.zip(columns.maybe_time("rolled_at")?),
    })
}

#[async_trait]
impl WritebackStore for SqliteStore {
    async fn writeback(&self, tenant: TenantId) -> Result<Writeback, StoreError> {
        let rows = sqlx::query("SELECT * FROM writeback_switches WHERE tenant_id = ?")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("read whether passwords are written back")?;
        let mut writeback = Writeback::default();
        for row in &rows {
            let columns = Columns {
                row,
                table: "writeback_switches",
            };
            let switch = Switch {
                is_on: columns.get("is_on")?,
                changed_at: Some(columns.time("changed_at")?),
            };
            if columns.get::<&str>("forest")?.is_empty() {
                writeback.tenant = switch;
            } else {
                writeback.forests.insert(columns.parsed("forest")?, switch);
            }
        }
        Ok(writeback)
    }

    async fn switch_writeback(
        &self,
        tenant: TenantId,
        forest: Option<&DomainName>,
        is_on: bool,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "switch writeback";
        let mut tx = self.write(DOING).await?;
        // What was never switched is on.
        let switched = sqlx::query(
            "INSERT INTO writeback_switches (tenant_id, forest, is_on, changed_at)
             SELECT ?1, ?2, ?3, ?4 WHERE ?3 <> ifnull(
                 (SELECT is_on FROM writeback_switches WHERE tenant_id = ?1 AND forest = ?2), 1)
             ON CONFLICT (tenant_id, forest) DO UPDATE
                 SET is_on = excluded.is_on, changed_at = excluded.changed_at",
        )
        .bind(tenant.uuid())
        .bind(forest.map_or("", DomainName::as_str))
        .bind(is_on)
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if switched == 0 {
            return Ok(false);
        }
        if is_on {
            sqlx::query(
                "INSERT INTO key_rolls (tenant_id, agent_id, wanted_at)
                 SELECT tenant_id, id, ?2 FROM agents
                 WHERE tenant_id = ?1 AND revoked_at IS NULL
                 ON CONFLICT (tenant_id, agent_id) DO UPDATE
                     SET wanted_at = excluded.wanted_at, rolled_at = NULL, key_id = NULL",
            )
            .bind(tenant.uuid())
            .bind(micros(now))
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn key_rolls(&self, tenant: TenantId) -> Result<Vec<KeyRoll>, StoreError> {
        sqlx::query("SELECT * FROM key_rolls WHERE tenant_id = ? ORDER BY agent_id")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list the keys that are to be rolled")?
            .iter()
            .map(roll)
            .collect()
    }

    async fn key_rolled(
        &self,
        tenant: TenantId,
        agent: AgentId,
        key: KeyId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "note a rolled key";
        let mut tx = self.write(DOING).await?;
        let noted = sqlx::query(
            "UPDATE key_rolls SET rolled_at = ?, key_id = ?
             WHERE tenant_id = ? AND agent_id = ? AND rolled_at IS NULL",
        )
        .bind(micros(now))
        .bind(key.uuid())
        .bind(tenant.uuid())
        .bind(agent.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if noted == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }
}
