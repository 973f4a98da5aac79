//! One batch of an import.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use writeback_model::SourceAnchor;
use writeback_store::StoreError;
use writeback_sync::{Counts, Gone, Problem, Profile};
use writeback_wire::{
    Position,
    http::{ImportBatch, ImportedKind, ImportedObject, RemovedWhy},
};

use super::{import::Import, write};
use crate::{
    forests::{Progress, progress, put_progress},
    row::{Columns, Doing, Hex, json, micros, number},
    runs::note_problems,
};

/// A batch, read through before the write lock is taken.
pub(super) struct Prepared<'a> {
    /// How many objects it brought, before those that came twice were put together.
    uploaded: u64,
    /// Each object once, by anchor: neighbours in the index are written one after the other.
    objects: Vec<Brought<'a>>,
    /// Their anchors and digests, as JSON.
    digests: String,
    removed: BTreeMap<SourceAnchor, RemovedWhy>,
    position: Option<&'a Position>,
}

/// An object of a batch.
pub(super) struct Brought<'a> {
    pub(super) object: &'a ImportedObject,
    /// Its attributes as JSON.
    pub(super) attributes: String,
    /// The beginning of the SHA-256 of all that was imported of it.
    pub(super) digest: Hex,
}

#[derive(Serialize)]
struct RemovedRow {
    anchor: Hex,
    why: &'static str,
}

impl<'a> Brought<'a> {
    fn new(object: &'a ImportedObject) -> Result<Self, StoreError> {
        let attributes = json(&object.attributes)?;
        let digest = digest(object, &attributes)?;
        Ok(Self {
            object,
            attributes,
            digest,
        })
    }
}

fn digest(object: &ImportedObject, attributes_json: &str) -> Result<Hex, StoreError> {
    let ImportedObject {
        anchor: _,
        kind,
        domain,
        netbios,
        dn,
        rid,
        primary_group,
        enabled,
        account_expires,
        consistency_guid,
        attributes: _,
        members,
        problems,
    } = object;
    // The directory gives members in any order.
    let members = members.clone().map(|mut members| {
        members.sort_unstable();
        members
    });
    let place = (domain, netbios, dn, rid, primary_group);
    let state = (kind, enabled, account_expires, consistency_guid);
    let hash = Sha256::new()
        .chain_update(json(&(place, state, members, problems))?)
        .chain_update(attributes_json)
        .finalize();
    let (digest, _) = hash.split_at(16);
    digest.try_into().map(Hex).doing("write a digest")
}

impl<'a> Prepared<'a> {
    pub(super) fn new(batch: &'a ImportBatch) -> Result<Self, StoreError> {
        // Of an object that comes twice the later state counts.
        let last: BTreeMap<_, _> = batch
            .objects
            .iter()
            .map(|object| (object.anchor, object))
            .collect();
        let objects = last
            .into_values()
            .map(Brought::new)
            .collect::<Result<Vec<_>, StoreError>>()?;
        let digests: Vec<_> = objects
            .iter()
            .map(|brought| (Hex::anchor(brought.object.anchor), &brought.digest))
            .collect();
        Ok(Self {
            uploaded: batch.objects.len() as u64,
            digests: json(&digests)?,
            objects,
            removed: batch
                .removed
                .iter()
                .map(|removed| (removed.anchor, removed.why))
                .collect(),
            position: batch.position.as_ref(),
        })
    }

    fn problems(&self) -> impl Iterator<Item = (SourceAnchor, Problem)> {
        self.objects.iter().flat_map(|Brought { object, .. }| {
            object.problems.iter().map(|problem| {
                let problem = Problem::Attribute {
                    attribute: problem.attribute.clone(),
                    why: problem.why.clone(),
                };
                (object.anchor, problem)
            })
        })
    }
}

/// Which objects of a batch are new, and which differ, by their places in it.
struct Differing {
    added: Vec<usize>,
    updated: Vec<usize>,
}

pub(super) const DIFFERING: &str = "SELECT
        json_group_array(new.key) FILTER (WHERE old.id IS NULL) AS added,
        json_group_array(new.key) FILTER (WHERE old.id IS NOT NULL
            AND (old.gone IS NOT NULL OR old.digest <> unhex(new.value ->> 1)))
            AS updated
    FROM jsonb_each(?) AS new
    LEFT JOIN connector_objects AS old
        ON old.tenant_id = ? AND old.forest = ?
            AND old.anchor = unhex(new.value ->> 0)";

async fn differing(
    tx: &mut SqliteConnection,
    import: &Import,
    prepared: &Prepared<'_>,
    doing: &'static str,
) -> Result<Differing, StoreError> {
    let row = sqlx::query(DIFFERING)
        .bind(prepared.digests.as_str())
        .bind(import.tenant.uuid())
        .bind(import.forest.as_str())
        .fetch_one(tx)
        .await
        .doing(doing)?;
    let columns = Columns {
        row: &row,
        table: "connector_objects",
    };
    Ok(Differing {
        added: columns.json("added")?,
        updated: columns.json("updated")?,
    })
}

/// Keeps a batch that is due.
pub(super) async fn put(
    tx: &mut SqliteConnection,
    import: &Import,
    prepared: &Prepared<'_>,
    now: Timestamp,
    doing: &'static str,
) -> Result<(), StoreError> {
    let differing = differing(&mut *tx, import, prepared, doing).await?;
    let pick = |places: &[usize]| -> Vec<&Brought<'_>> {
        places
            .iter()
            .filter_map(|place| prepared.objects.get(*place))
            .collect()
    };
    let (added, updated) = (pick(&differing.added), pick(&differing.updated));
    write::add(&mut *tx, import, &added, doing).await?;
    write::update(&mut *tx, import, &updated, doing).await?;
    for Brought { object, .. } in added.iter().chain(&updated) {
        if object.kind == ImportedKind::Group {
            write::set_members(&mut *tx, import, object, doing).await?;
        }
    }
    let removed = remove(&mut *tx, import, prepared, doing).await?;
    keep_position(&mut *tx, import, prepared, doing).await?;
    note_problems(
        &mut *tx,
        import.tenant,
        &import.forest,
        import.run,
        prepared.problems(),
        doing,
    )
    .await?;

    let read = prepared.uploaded + prepared.removed.len() as u64;
    let (added, updated) = (added.len() as u64, updated.len() as u64);
    let counts = Counts {
        read,
        added,
        updated,
        removed,
        unchanged: read.saturating_sub(added + updated + removed),
        problems: prepared.problems().count() as u64,
    };
    count(tx, import, prepared.uploaded, counts, now, doing).await
}

const fn gone(why: RemovedWhy) -> Gone {
    match why {
        RemovedWhy::Deleted => Gone::Deleted,
        RemovedWhy::OutOfScope => Gone::OutOfScope,
    }
}

pub(super) const REMOVE: &str =
    "UPDATE OR FAIL connector_objects SET gone = value ->> 'why', due = 1
    FROM jsonb_each(?1)
    WHERE connector_objects.id = (SELECT id FROM connector_objects AS known
        WHERE known.tenant_id = ?2 AND known.forest = ?3
            AND known.anchor = unhex(value ->> 'anchor'))
        AND gone IS NULL";

/// Marks objects as gone; answers how many were not before.
async fn remove(
    tx: &mut SqliteConnection,
    import: &Import,
    prepared: &Prepared<'_>,
    doing: &'static str,
) -> Result<u64, StoreError> {
    if prepared.removed.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = prepared
        .removed
        .iter()
        .map(|(anchor, why)| RemovedRow {
            anchor: Hex::anchor(*anchor),
            why: gone(*why).name(),
        })
        .collect();
    let removed = sqlx::query(REMOVE)
        .bind(json(&rows)?)
        .bind(import.tenant.uuid())
        .bind(import.forest.as_str())
        .execute(tx)
        .await
        .doing(doing)?
        .rows_affected();
    Ok(removed)
}

pub(super) const SEE: &str = "INSERT INTO full_import_seen (object_id, number)
    SELECT known.id, ?1 FROM jsonb_each(?2)
    CROSS JOIN connector_objects AS known
    WHERE known.tenant_id = ?3 AND known.forest = ?4
        AND known.anchor = unhex(value ->> 0)
    ON CONFLICT (object_id) DO UPDATE SET number = excluded.number";

/// Keeps how far the domain was read, and which objects a full import has seen.
async fn keep_position(
    tx: &mut SqliteConnection,
    import: &Import,
    prepared: &Prepared<'_>,
    doing: &'static str,
) -> Result<(), StoreError> {
    let mut progress = progress(&mut *tx, import.tenant, &import.forest, doing).await?;
    let full = import.profile == Profile::FullImport;
    // What a delta import brings while a full import is interrupted is there as well: the full
    // one does not read its domain again.
    if full || !progress.full_import_positions.is_empty() {
        sqlx::query(SEE)
            .bind(progress.number)
            .bind(prepared.digests.as_str())
            .bind(import.tenant.uuid())
            .bind(import.forest.as_str())
            .execute(&mut *tx)
            .await
            .doing(doing)?;
    }
    let Some(position) = prepared.position else {
        return Ok(());
    };
    if full {
        Progress::put(&mut progress.full_import_positions, position);
    } else {
        Progress::put(&mut progress.positions, position);
    }
    put_progress(tx, import.tenant, &import.forest, &progress, doing).await
}

async fn count(
    tx: &mut SqliteConnection,
    import: &Import,
    uploaded: u64,
    counts: Counts,
    now: Timestamp,
    doing: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE runs SET next_sequence = next_sequence + 1, uploaded = uploaded + ?,
             read = read + ?, added = added + ?, updated = updated + ?, removed = removed + ?,
             unchanged = unchanged + ?, problems = problems + ?, progress_at = ?
         WHERE id = ? AND tenant_id = ?",
    )
    .bind(number(uploaded))
    .bind(number(counts.read))
    .bind(number(counts.added))
    .bind(number(counts.updated))
    .bind(number(counts.removed))
    .bind(number(counts.unchanged))
    .bind(number(counts.problems))
    .bind(micros(now))
    .bind(import.run.uuid())
    .bind(import.tenant.uuid())
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(())
}
