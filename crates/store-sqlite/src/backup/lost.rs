//! What the database that is replaced has and the backup has not.

use std::path::Path;

use jiff::Timestamp;
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use writeback_model::AgentId;

use super::make::connect;

/// What is lost, or comes back, by putting a backup in the place of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Requests made since.
    pub requests: u64,
    /// People who became known since.
    pub people: u64,
    /// Tenants made since.
    pub tenants: u64,
    /// Records of the audit trail kept since.
    pub records: u64,
    /// Roles that were taken from somebody since, and come back.
    pub roles_back: u64,
    /// People of the cloud alone whose password was set since, and whose old one comes back.
    pub passwords_back: u64,
    /// Agents that enrolled since: they have to enrol again.
    pub enrolled: Vec<KnownAgent>,
    /// Agents that were revoked since: they have to be revoked again.
    pub revoked: Vec<KnownAgent>,
}

/// An agent as a restored database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAgent {
    /// Which.
    pub id: AgentId,
    /// The name of its host.
    pub host: String,
    /// When it was last connected.
    pub seen_at: Option<Timestamp>,
}

/// Compares a database with the copy that is to take its place. Both may be in use.
pub(super) async fn compare(now: &Path, copy: &Path) -> Result<Lost, sqlx::Error> {
    let mut db = connect(now).await?;
    sqlx::query("ATTACH ? AS copy")
        .bind(copy.to_str().unwrap_or_default())
        .execute(&mut db)
        .await?;
    let lost = Lost {
        requests: count(
            &mut db,
            "SELECT count(*) FROM main.requests WHERE id NOT IN (SELECT id FROM copy.requests)",
        )
        .await?,
        people: count(
            &mut db,
            "SELECT count(*) FROM main.users AS it WHERE NOT EXISTS
                 (SELECT 1 FROM copy.users WHERE tenant_id = it.tenant_id AND id = it.id)",
        )
        .await?,
        tenants: count(
            &mut db,
            "SELECT count(*) FROM main.tenants WHERE id NOT IN (SELECT id FROM copy.tenants)",
        )
        .await?,
        records: count(
            &mut db,
            "SELECT max(0, coalesce((SELECT max(seq) FROM main.audit), 0)
                 - coalesce((SELECT max(seq) FROM copy.audit), 0))",
        )
        .await?,
        roles_back: count(
            &mut db,
            "SELECT count(*) FROM copy.role_assignments AS it WHERE NOT EXISTS
                 (SELECT 1 FROM main.role_assignments WHERE tenant_id = it.tenant_id
                      AND user_id = it.user_id AND role = it.role)",
        )
        .await?,
        passwords_back: count(
            &mut db,
            "SELECT count(*) FROM copy.user_passwords AS it WHERE NOT EXISTS
                 (SELECT 1 FROM main.user_passwords WHERE tenant_id = it.tenant_id
                      AND user_id = it.user_id AND hash = it.hash)",
        )
        .await?,
        enrolled: agents(
            &mut db,
            "SELECT id, host, seen_at FROM main.agents
             WHERE id NOT IN (SELECT id FROM copy.agents) AND revoked_at IS NULL
             ORDER BY enrolled_at",
        )
        .await?,
        revoked: agents(
            &mut db,
            "SELECT it.id, it.host, it.seen_at FROM main.agents AS it
             JOIN copy.agents AS old ON old.id = it.id
             WHERE it.revoked_at IS NOT NULL AND old.revoked_at IS NULL ORDER BY it.revoked_at",
        )
        .await?,
    };
    db.close().await?;
    Ok(lost)
}

/// Agents that a database lets in.
pub(super) async fn live_agents(database: &Path) -> Result<Vec<KnownAgent>, sqlx::Error> {
    let mut db = connect(database).await?;
    let live = agents(
        &mut db,
        "SELECT id, host, seen_at FROM agents WHERE revoked_at IS NULL ORDER BY enrolled_at",
    )
    .await?;
    db.close().await?;
    Ok(live)
}

async fn count(db: &mut SqliteConnection, query: &'static str) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(query).fetch_one(db).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

async fn agents(
    db: &mut SqliteConnection,
    query: &'static str,
) -> Result<Vec<KnownAgent>, sqlx::Error> {
    let rows = sqlx::query(query).fetch_all(db).await?;
    rows.iter().map(agent).collect()
}

fn agent(row: &SqliteRow) -> Result<KnownAgent, sqlx::Error> {
    let seen: Option<i64> = row.try_get("seen_at")?;
    Ok(KnownAgent {
        id: AgentId::from_uuid(row.try_get::<Uuid, _>("id")?),
        host: row.try_get("host")?,
        seen_at: seen.and_then(|micros| Timestamp::from_microsecond(micros).ok()),
    })
}
