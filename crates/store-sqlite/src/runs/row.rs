//! The rows of a run.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use writeback_model::{AgentId, RunId, SourceAnchor, TenantId};
use writeback_store::{Run, RunEnd, RunProblem, StoreError, WantedCycle};
use writeback_sync::{Counts, Problem, Profile, RunResult};

use crate::row::{Columns, Doing, Hex, json, micros, number};

pub(crate) const TABLE: &str = "runs";

/// How many problems of a run are kept: more than anybody reads, and a forest in which
/// everything is wrong fills no disk.
const PROBLEMS_MAX: i64 = 1000;

pub(super) fn run(row: &SqliteRow) -> Result<Run, StoreError> {
    let columns = Columns { row, table: TABLE };
    let expected: Option<i64> = columns.get("expected")?;
    Ok(Run {
        id: columns.id("id", RunId::from_uuid)?,
        cycle: columns.id("cycle", RunId::from_uuid)?,
        forest: columns.parsed("forest")?,
        profile: columns.named("profile", Profile::from_name)?,
        started_by: columns.get("started_by")?,
        agent: columns.maybe_id("agent_id", AgentId::from_uuid)?,
        controllers: columns.json("controllers")?,
        began_at: columns.time("began_at")?,
        progress_at: columns.time("progress_at")?,
        ended_at: columns.maybe_time("ended_at")?,
        result: columns.named("result", RunResult::from_name)?,
        counts: Counts {
            read: columns.number("read")?,
            added: columns.number("added")?,
            updated: columns.number("updated")?,
            removed: columns.number("removed")?,
            unchanged: columns.number("unchanged")?,
            problems: columns.number("problems")?,
        },
        expected: expected.map(i64::unsigned_abs),
        detail: columns.get("detail")?,
    })
}

pub(super) fn wanted(row: &SqliteRow) -> Result<WantedCycle, StoreError> {
    let columns = Columns {
        row,
        table: "wanted_cycles",
    };
    Ok(WantedCycle {
        cycle: columns.id("cycle", RunId::from_uuid)?,
        forest: columns.parsed("forest")?,
        profiles: columns.json("profiles")?,
        by: columns.get("wanted_by")?,
        at: columns.time("wanted_at")?,
    })
}

pub(super) fn problem(row: &SqliteRow) -> Result<RunProblem, StoreError> {
    let columns = Columns {
        row,
        table: "run_problems",
    };
    Ok(RunProblem {
        anchor: columns.anchor("anchor")?,
        dn: columns.get("dn")?,
        problem: columns.json("problem")?,
    })
}

/// Keeps a run that begins, unless another one of its forest is under way.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    run: &Run,
    doing: &'static str,
) -> Result<bool, StoreError> {
    let begun = sqlx::query(
        "INSERT INTO runs
             (id, tenant_id, cycle, forest, profile, started_by, agent_id, controllers, began_at,
              progress_at, ended_at, result, read, added, updated, removed, unchanged, problems,
              expected, detail)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant_id, forest) WHERE ended_at IS NULL DO NOTHING",
    )
    .bind(run.id.uuid())
    .bind(tenant.uuid())
    .bind(run.cycle.uuid())
    .bind(run.forest.as_str())
    .bind(run.profile.name())
    .bind(run.started_by.as_str())
    .bind(run.agent.map(AgentId::uuid))
    .bind(json(&run.controllers)?)
    .bind(micros(run.began_at))
    .bind(micros(run.progress_at))
    .bind(run.ended_at.map(micros))
    .bind(run.result.name())
    .bind(number(run.counts.read))
    .bind(number(run.counts.added))
    .bind(number(run.counts.updated))
    .bind(number(run.counts.removed))
    .bind(number(run.counts.unchanged))
    .bind(number(run.counts.problems))
    .bind(run.expected.map(number))
    .bind(run.detail.as_str())
    .execute(tx)
    .await
    .doing(doing)?
    .rows_affected();
    Ok(begun == 1)
}

/// Ends a run that is under way; answers its forest and profile.
pub(super) async fn end(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    run: RunId,
    end: &RunEnd,
    doing: &'static str,
) -> Result<Option<(String, Profile)>, StoreError> {
    let ended = sqlx::query(
        "UPDATE runs SET ended_at = ?, result = ?, detail = ?
         WHERE id = ? AND tenant_id = ? AND ended_at IS NULL RETURNING forest, profile",
    )
    .bind(micros(end.at))
    .bind(end.result.name())
    .bind(end.detail.as_str())
    .bind(run.uuid())
    .bind(tenant.uuid())
    .fetch_optional(tx)
    .await
    .doing(doing)?;
    ended
        .map(|row| {
            let columns = Columns {
                row: &row,
                table: TABLE,
            };
            Ok((
                columns.get("forest")?,
                columns.named("profile", Profile::from_name)?,
            ))
        })
        .transpose()
}

/// Sets the time at which a profile was last complete in a forest.
pub(super) async fn set_time(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &str,
    profile: Profile,
    at: Timestamp,
    doing: &'static str,
) -> Result<(), StoreError> {
    let statement = match profile {
        Profile::FullImport => {
            "UPDATE forests SET full_import_at = ? WHERE tenant_id = ? AND name = ?"
        }
        Profile::DeltaImport => {
            "UPDATE forests SET delta_import_at = ? WHERE tenant_id = ? AND name = ?"
        }
        Profile::FullSync => "UPDATE forests SET full_sync_at = ? WHERE tenant_id = ? AND name = ?",
        Profile::DeltaSync => {
            "UPDATE forests SET delta_sync_at = ? WHERE tenant_id = ? AND name = ?"
        }
        Profile::Export => "UPDATE forests SET export_at = ? WHERE tenant_id = ? AND name = ?",
    };
    sqlx::query(statement)
        .bind(micros(at))
        .bind(tenant.uuid())
        .bind(forest)
        .execute(tx)
        .await
        .doing(doing)?;
    Ok(())
}

#[derive(Serialize)]
struct ProblemRow {
    anchor: Hex,
    problem: String,
}

pub(super) const NOTE_PROBLEMS: &str = "INSERT INTO run_problems (run_id, seq, anchor, dn, problem)
    SELECT runs.id, before.next + new.key, objects.anchor, objects.dn, new.value ->> 'problem'
    FROM runs
    CROSS JOIN (SELECT coalesce(max(seq) + 1, 0) AS next FROM run_problems WHERE run_id = ?1)
        AS before
    CROSS JOIN jsonb_each(?2) AS new
    CROSS JOIN connector_objects AS objects
    WHERE runs.id = ?1 AND runs.tenant_id = ?3 AND before.next + new.key < ?5
        AND objects.tenant_id = ?3 AND objects.forest = ?4
        AND objects.anchor = unhex(new.value ->> 'anchor')";

/// Notes problems of objects in a run of the tenant, until it has enough of them.
pub(crate) async fn note_problems(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    forest: &str,
    run: RunId,
    problems: impl Iterator<Item = (SourceAnchor, Problem)>,
    doing: &'static str,
) -> Result<(), StoreError> {
    let most = usize::try_from(PROBLEMS_MAX).unwrap_or(usize::MAX);
    let rows = problems
        .take(most)
        .map(|(anchor, problem)| {
            Ok(ProblemRow {
                anchor: Hex::anchor(anchor),
                problem: json(&problem)?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(NOTE_PROBLEMS)
        .bind(run.uuid())
        .bind(json(&rows)?)
        .bind(tenant.uuid())
        .bind(forest)
        .bind(PROBLEMS_MAX)
        .execute(tx)
        .await
        .doing(doing)?;
    Ok(())
}
