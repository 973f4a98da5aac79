//! Agents, their tokens, and the tokens by which they enrol.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use writeback_model::{AgentId, EnrolmentId, TenantId};
use writeback_store::{
    Agent, AgentStore, AuditRecord, Copied, EnrolRefused, Enrolment, KnownTicket, NewAgent,
    StoreError, TokenHash,
};
use writeback_wire::LinkTicket;

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros, number},
};

const TABLE: &str = "agents";

fn agent(row: &SqliteRow) -> Result<Agent, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(Agent {
        id: columns.id("id", AgentId::from_uuid)?,
        tenant: columns.id("tenant_id", TenantId::from_uuid)?,
        public_key: columns.bytes32("public_key")?,
        host: columns.get("host")?,
        version: columns.get("version")?,
        enrolled_at: columns.time("enrolled_at")?,
        seen_at: columns.maybe_time("seen_at")?,
        revoked_at: columns.maybe_time("revoked_at")?,
        copied: match columns.maybe_time("copied_at")? {
            Some(at) => Some(Copied {
                at,
                host: columns.get("copied_host")?,
            }),
            None => None,
        },
    })
}

fn known_ticket(row: &SqliteRow) -> Result<Option<KnownTicket>, StoreError> {
    let columns = Columns { row, table: TABLE };
    let Some(value) = columns.maybe_id("ticket", |uuid| uuid)? else {
        return Ok(None);
    };
    let number = columns.number("ticket_number")?;
    Ok(Some(KnownTicket { number, value }))
}

/// The tenant into which a token enrols, unless it enrols nobody.
fn judge(
    row: Option<&SqliteRow>,
    hash: TokenHash,
    now: Timestamp,
) -> Result<Result<TenantId, EnrolRefused>, StoreError> {
    let Some(row) = row else {
        return Ok(Err(EnrolRefused::Unknown));
    };
    let columns = Columns {
        row,
        table: "enrolments",
    };
    if columns.bytes32("hash")? != *hash.bytes() {
        return Ok(Err(EnrolRefused::Unknown));
    }
    if columns.maybe_time("used_at")?.is_some() {
        return Ok(Err(EnrolRefused::Used));
    }
    if columns.time("expires_at")? <= now {
        return Ok(Err(EnrolRefused::Expired));
    }
    if columns.maybe_time("disabled_at")?.is_some() {
        return Ok(Err(EnrolRefused::TenantDisabled));
    }
    columns.id("tenant_id", TenantId::from_uuid).map(Ok)
}

#[async_trait]
impl AgentStore for SqliteStore {
    async fn add_enrolment(
        &self,
        enrolment: &Enrolment,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "keep an enrolment token";
        let mut tx = self.write(DOING).await?;
        sqlx::query(
            "INSERT INTO enrolments (id, tenant_id, hash, created_at, expires_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(enrolment.id.uuid())
        .bind(enrolment.tenant.uuid())
        .bind(enrolment.hash.bytes().as_slice())
        .bind(micros(enrolment.created_at))
        .bind(micros(enrolment.expires_at))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }

    async fn enrol(
        &self,
        id: EnrolmentId,
        hash: TokenHash,
        agent: &NewAgent,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Result<Agent, EnrolRefused>, StoreError> {
        const DOING: &str = "enrol an agent";
        let mut tx = self.write(DOING).await?;
        let token = sqlx::query(
            "SELECT enrolments.*, tenants.disabled_at FROM enrolments
             JOIN tenants ON tenants.id = enrolments.tenant_id
             WHERE enrolments.id = ?",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *tx)
        .await
        .doing(DOING)?;
        let tenant = match judge(token.as_ref(), hash, now)? {
            Ok(tenant) => tenant,
            Err(refused) => return Ok(Err(refused)),
        };
        sqlx::query("UPDATE enrolments SET used_at = ? WHERE id = ?")
            .bind(micros(now))
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        let row = sqlx::query(
            "INSERT INTO agents (id, tenant_id, public_key, host, version, enrolled_at)
             VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(agent.id.uuid())
        .bind(tenant.uuid())
        .bind(agent.public_key.as_slice())
        .bind(agent.host.as_str())
        .bind(agent.version.as_str())
        .bind(micros(now))
        .fetch_one(&mut *tx)
        .await
        .doing(DOING)?;
        let enrolled = self::agent(&row)?;
        append_audit(
            &mut tx,
            &AuditRecord {
                tenant: Some(tenant),
                ..audit.clone()
            },
        )
        .await?;
        tx.commit().await.doing(DOING)?;
        Ok(Ok(enrolled))
    }

    async fn agent(&self, id: AgentId) -> Result<Option<Agent>, StoreError> {
        sqlx::query("SELECT * FROM agents WHERE id = ?")
            .bind(id.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find an agent")?
            .as_ref()
            .map(agent)
            .transpose()
    }

    async fn agents(&self, tenant: TenantId) -> Result<Vec<Agent>, StoreError> {
        sqlx::query("SELECT * FROM agents WHERE tenant_id = ? ORDER BY enrolled_at, id")
            .bind(tenant.uuid())
            .fetch_all(self.readers())
            .await
            .doing("list the agents")?
            .iter()
            .map(agent)
            .collect()
    }

    async fn agent_seen(
        &self,
        id: AgentId,
        version: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const DOING: &str = "note that an agent is connected";
        let mut tx = self.write(DOING).await?;
        sqlx::query("UPDATE agents SET seen_at = ?, version = ? WHERE id = ?")
            .bind(micros(now))
            .bind(version)
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn spend_link_ticket(
        &self,
        tenant: TenantId,
        id: AgentId,
        ticket: Option<&LinkTicket>,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "spend the ticket of a link";
        let mut tx = self.write(DOING).await?;
        let row =
            sqlx::query("SELECT ticket_number, ticket FROM agents WHERE tenant_id = ? AND id = ?")
                .bind(tenant.uuid())
                .bind(id.uuid())
                .fetch_optional(&mut *tx)
                .await
                .doing(DOING)?;
        let Some(row) = row else { return Ok(false) };
        let known = known_ticket(&row)?;
        match KnownTicket::judge(known, ticket) {
            Err(_) => Ok(false),
            Ok(next) if next == known => Ok(true),
            Ok(next) => {
                sqlx::query(
                    "UPDATE agents SET ticket_number = ?, ticket = ? WHERE tenant_id = ? AND id = ?",
                )
                .bind(next.map(|next| number(next.number)))
                .bind(next.map(|next| next.value))
                .bind(tenant.uuid())
                .bind(id.uuid())
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
                tx.commit().await.doing(DOING)?;
                Ok(true)
            }
        }
    }

    async fn note_copied(
        &self,
        tenant: TenantId,
        id: AgentId,
        copied: &Copied,
        audit: &AuditRecord,
    ) -> Result<(), StoreError> {
        const DOING: &str = "note a copy of an agent";
        let mut tx = self.write(DOING).await?;
        let noted = sqlx::query(
            "UPDATE agents SET copied_at = ?, copied_host = ? WHERE tenant_id = ? AND id = ?",
        )
        .bind(micros(copied.at))
        .bind(copied.host.as_str())
        .bind(tenant.uuid())
        .bind(id.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        if noted.rows_affected() == 0 {
            return Ok(());
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)
    }

    async fn revoked_agents(&self) -> Result<Vec<AgentId>, StoreError> {
        const DOING: &str = "list revoked agents";
        sqlx::query("SELECT id FROM agents WHERE revoked_at IS NOT NULL")
            .fetch_all(self.readers())
            .await
            .doing(DOING)?
            .iter()
            .map(|row| Columns { row, table: TABLE }.id("id", AgentId::from_uuid))
            .collect()
    }

    async fn revoke_agent(
        &self,
        tenant: TenantId,
        id: AgentId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "revoke an agent";
        let mut tx = self.write(DOING).await?;
        let row = sqlx::query("SELECT * FROM agents WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?;
        let Some(row) = row else { return Ok(false) };
        if agent(&row)?.revoked_at.is_some() {
            return Ok(true);
        }
        sqlx::query("UPDATE agents SET revoked_at = ? WHERE id = ?")
            .bind(micros(now))
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        sqlx::query("DELETE FROM access_tokens WHERE agent_id = ?")
            .bind(id.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn spend_assertion(
        &self,
        agent: AgentId,
        assertion: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "spend a client assertion";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM spent_assertions WHERE expires_at < ?")
            .bind(micros(now))
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        let spent = sqlx::query(
            "INSERT INTO spent_assertions (agent_id, assertion, expires_at) VALUES (?, ?, ?)
             ON CONFLICT (agent_id, assertion) DO NOTHING",
        )
        .bind(agent.uuid())
        .bind(assertion.bytes().as_slice())
        .bind(micros(expires_at))
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        tx.commit().await.doing(DOING)?;
        Ok(spent == 1)
    }

    async fn add_access_token(
        &self,
        agent: AgentId,
        hash: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const DOING: &str = "keep an access token";
        let mut tx = self.write(DOING).await?;
        sqlx::query("DELETE FROM access_tokens WHERE expires_at < ?")
            .bind(micros(now))
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        sqlx::query("INSERT INTO access_tokens (hash, agent_id, expires_at) VALUES (?, ?, ?)")
            .bind(hash.bytes().as_slice())
            .bind(agent.uuid())
            .bind(micros(expires_at))
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    async fn agent_by_access_token(
        &self,
        hash: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Agent>, StoreError> {
        sqlx::query(
            "SELECT agents.* FROM access_tokens JOIN agents ON agents.id = agent_id
             WHERE hash = ? AND expires_at > ? AND revoked_at IS NULL",
        )
        .bind(hash.bytes().as_slice())
        .bind(micros(now))
        .fetch_optional(self.readers())
        .await
        .doing("find the agent of an access token")?
        .as_ref()
        .map(agent)
        .transpose()
    }
}
