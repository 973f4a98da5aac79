//! Carrying out a batch of decisions.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use writeback_model::{RunId, SourceAnchor, TenantId};
use writeback_store::StoreError;
use writeback_sync::{Decision, Problem};

use super::{objects, outcome::outcomes, users};
use crate::{row::json, runs::note_problems};

/// Where decisions are carried out.
pub(super) struct Place<'a> {
    pub(super) tenant: TenantId,
    pub(super) forest: &'a str,
    pub(super) doing: &'static str,
}

/// A batch as SQL takes it; none where there is nothing of the kind.
pub(super) struct Prepared<'a> {
    added: Vec<users::Row<'a>>,
    updated: Option<String>,
    /// Whose standing changes, and nothing else.
    moved: Option<String>,
    staged: Option<String>,
    /// Whose other objects are looked at again.
    touched: Option<String>,
    objects: Vec<objects::Row>,
    problems: Vec<(SourceAnchor, Problem)>,
    now: Timestamp,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(decisions: &'a [Decision], now: Timestamp) -> Result<Self, StoreError> {
        let (people, joints) = outcomes(decisions);
        let (mut added, mut updated, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        let (mut staged, mut touched) = (Vec::new(), Vec::new());
        for (user, outcome) in &people {
            match (outcome.attributes, outcome.standing) {
                (Some(attributes), _) => {
                    let row = users::row(*user, attributes, outcome)?;
                    if outcome.added {
                        added.push(row);
                    } else {
                        updated.push(row);
                    }
                }
                (None, Some(standing)) => moved.push(users::moved(*user, standing)),
                (None, None) => {}
            }
            staged.extend(outcome.staged.map(|why| users::staged(*user, why)));
            touched.extend(
                outcome
                    .through
                    .map(|through| objects::touched(*user, through)),
            );
        }
        let problems = joints.iter().flat_map(|(anchor, joint)| {
            joint
                .problems
                .iter()
                .map(|problem| (*anchor, problem.clone()))
        });
        Ok(Self {
            problems: problems.collect(),
            objects: objects::rows(&joints)?,
            added,
            updated: some_json(&updated)?,
            moved: some_json(&moved)?,
            staged: some_json(&staged)?,
            touched: some_json(&touched)?,
            now,
        })
    }
}

fn some_json(rows: &[impl serde::Serialize]) -> Result<Option<String>, StoreError> {
    (!rows.is_empty()).then(|| json(rows)).transpose()
}

/// Carries it out: people before the objects that are joined to them.
pub(super) async fn put(
    tx: &mut SqliteConnection,
    place: &Place<'_>,
    run: RunId,
    prepared: &Prepared<'_>,
) -> Result<(), StoreError> {
    let now = prepared.now;
    if let Some(rows) = &prepared.updated {
        users::release_names(&mut *tx, place, rows).await?;
    }
    users::add(&mut *tx, place, &prepared.added, now).await?;
    if let Some(rows) = &prepared.updated {
        users::update(&mut *tx, place, rows, now).await?;
    }
    if let Some(rows) = &prepared.moved {
        users::set_standing(&mut *tx, place, rows, now).await?;
    }
    if let Some(rows) = &prepared.staged {
        users::stage(&mut *tx, place, rows, now).await?;
    }
    objects::settle(&mut *tx, place, &prepared.objects).await?;
    if let Some(touched) = &prepared.touched {
        objects::look_again(&mut *tx, place, touched).await?;
    }
    let problems = prepared.problems.iter().cloned();
    note_problems(
        &mut *tx,
        place.tenant,
        place.forest,
        run,
        problems,
        place.doing,
    )
    .await?;
    objects::forget_spent(tx, place.tenant, place.doing).await
}
