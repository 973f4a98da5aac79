//! What is no longer true in a database that was put back, and is ended there before anybody reads
//! it.
//!
//! After the backup was made, its open requests may have been executed, or ended, or not: only the
//! agents that had them in hand, and the directory, can tell. So none of them is pending any more, and
//! nothing that an agent could say for want of knowledge ends one: where the claimant had not said what
//! was true before its write, nobody counts as the claimant. The journal of whoever has the outcome
//! still tells it.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use writeback_model::{AgentId, TenantId, UserId};
use writeback_store::{Actor, AuditRecord, StoreError, activity};

use super::Manifest;
use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Doing, micros},
};

const DOING: &str = "end what was open in a backup";

/// What was ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Requests of which it is not known what became of them.
    pub requests: u64,
    /// Ways through the portal.
    pub sessions: u64,
    /// Sign-ins.
    pub sign_ins: u64,
    /// Enrolment tokens.
    pub enrolments: u64,
}

/// Ends it, in one transaction, with the records of it.
pub(super) async fn mark(
    store: &SqliteStore,
    manifest: &Manifest,
    now: jiff::Timestamp,
) -> Result<Ended, StoreError> {
    let mut tx = store.write(DOING).await?;
    let requests = doubt_requests(&mut tx, now).await?;
    let mut run = async |statement: &'static str| {
        let done = sqlx::query(statement).execute(&mut *tx).await;
        done.doing(DOING).map(|done| done.rows_affected())
    };
    let sessions = run("DELETE FROM sessions").await?;
    let sign_ins = run("DELETE FROM sign_in_sessions").await?;
    // What was owed may have been sent since.
    run("DELETE FROM owed_news").await?;
    // Whose it was given back to since would lose a password to a test.
    run("DELETE FROM test_accounts").await?;
    // Agents get new ones with their keys.
    run("DELETE FROM access_tokens").await?;
    let enrolments = sqlx::query(
        "UPDATE enrolments SET expires_at = ?1 WHERE used_at IS NULL AND expires_at > ?1",
    )
    .bind(micros(now))
    .execute(&mut *tx)
    .await
    .doing(DOING)?
    .rows_affected();
    let ended = Ended {
        requests,
        sessions,
        sign_ins,
        enrolments,
    };
    let detail = format!(
        "as of {:.0}; not known: {requests} requests; ended: {sessions} sessions, {sign_ins} sign-ins, \
         {enrolments} enrolment tokens, of all tenants",
        manifest.made_at
    );
    let tenants: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM tenants ORDER BY id")
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?;
    let chains = std::iter::once(None).chain(tenants.into_iter().map(Some));
    for chain in chains {
        let record = AuditRecord {
            tenant: chain.map(TenantId::from_uuid),
            at: now,
            actor: Actor::Operator,
            activity: activity::BACKUP_RESTORED,
            user: None,
            correlation: Some(manifest.id.uuid()),
            address: None,
            result: "success".to_owned(),
            detail: match chain {
                None => detail.clone(),
                // What others had under way is none of a tenant's business.
                Some(_) => format!("as of {:.0}", manifest.made_at),
            },
        };
        append_audit(&mut tx, &record).await?;
    }
    tx.commit().await.doing(DOING)?;
    Ok(ended)
}

/// How many are not known now.
async fn doubt_requests(
    tx: &mut SqliteConnection,
    now: jiff::Timestamp,
) -> Result<u64, StoreError> {
    let open = sqlx::query(
        "SELECT id, tenant_id, user_id, state FROM requests
         WHERE state IN ('pending', 'claimed', 'unknown') ORDER BY created_at, id",
    )
    .fetch_all(&mut *tx)
    .await
    .doing(DOING)?;
    for statement in [
        "UPDATE requests SET state = 'claimed', claimed_by = ?, claimed_at = created_at
         WHERE state = 'pending'",
        // It is not asked as the one that would know: its journal forgot what is recorded.
        "UPDATE requests SET claimed_by = ?
         WHERE state IN ('claimed', 'unknown') AND begun IS NULL",
    ] {
        sqlx::query(statement)
            .bind(AgentId::NOT_KNOWN.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
    }
    sqlx::query("UPDATE requests SET state = 'unknown' WHERE state = 'claimed'")
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
    for row in &open {
        let record = in_doubt(row, now).doing(DOING)?;
        append_audit(&mut *tx, &record).await?;
    }
    Ok(open.len() as u64)
}

fn in_doubt(row: &SqliteRow, now: jiff::Timestamp) -> Result<AuditRecord, sqlx::Error> {
    let state: String = row.try_get("state")?;
    Ok(AuditRecord {
        tenant: Some(TenantId::from_uuid(row.try_get("tenant_id")?)),
        at: now,
        actor: Actor::Operator,
        activity: activity::REQUEST_IN_DOUBT,
        user: Some(UserId::from_uuid(row.try_get("user_id")?)),
        correlation: Some(row.try_get("id")?),
        address: None,
        result: "unknown".to_owned(),
        detail: format!("a backup was put back in which it was {state}"),
    })
}
