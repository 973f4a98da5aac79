//! Import runs as the cloud sees them.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;
use writeback_lab::TestUser;
use writeback_model::{Cause, RunId, SourceAnchor};
use writeback_wire::{
    ImportKind, ImportOrder, Position, ToAgent, ToCloud,
    http::{ImportBatch, ImportComplete, ImportedObject, RemovedWhy},
};

use crate::{
    cloud::{Cloud, Link},
    site::{Real, logged},
};

/// How long a test waits for the end of an import.
const PATIENCE: Duration = Duration::from_secs(120);

/// What every test reads besides what is always read.
const ATTRIBUTES: [&str; 5] = [
    "sAMAccountName",
    "userPrincipalName",
    "displayName",
    "mail",
    "otherMailbox",
];

pub(crate) fn attributes() -> Vec<String> {
    ATTRIBUTES.map(str::to_owned).to_vec()
}

/// An import that came to its end.
pub(crate) struct Imported {
    pub(crate) run: RunId,
    pub(crate) batches: Vec<ImportBatch>,
    pub(crate) complete: ImportComplete,
}

/// One that did not.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) cause: Cause,
    pub(crate) detail: String,
    pub(crate) cookie_refused: bool,
}

pub(crate) fn order(kind: ImportKind, positions: Vec<Position>) -> ImportOrder {
    ImportOrder {
        run: RunId::new(&Real, &Real),
        forest: "corp.test".parse().unwrap(),
        kind,
        attributes: attributes(),
        positions,
    }
}

/// Orders a full import and has it to its end.
pub(crate) async fn full(cloud: &Cloud, link: &mut Link) -> Imported {
    run(cloud, link, order(ImportKind::Full, Vec::new()))
        .await
        .unwrap()
}

/// Orders a delta import from where an earlier one ended.
pub(crate) async fn delta(cloud: &Cloud, link: &mut Link, from: &Imported) -> Imported {
    let order = order(ImportKind::Delta, from.positions());
    run(cloud, link, order).await.unwrap()
}

pub(crate) async fn run(
    cloud: &Cloud,
    link: &mut Link,
    order: ImportOrder,
) -> Result<Imported, Failed> {
    let run = order.run;
    link.say(&ToAgent::Import(order)).await;
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(imported) = Imported::of(cloud, run) {
            return Ok(imported);
        }
        assert!(Instant::now() < until, "no end of it: {}", logged());
        match link.hear_within(Duration::from_millis(50)).await {
            Some(ToCloud::ImportFailed {
                run: failed,
                cause,
                detail,
                cookie_refused,
            }) if failed == run => {
                return Err(Failed {
                    cause,
                    detail,
                    cookie_refused,
                });
            }
            // An outcome is told until the agent has heard that it is kept.
            Some(ToCloud::Outcome { .. }) | None => {}
            Some(other) => panic!("not an import's end but {other:?}"),
        }
    }
}

impl Imported {
    fn of(cloud: &Cloud, run: RunId) -> Option<Self> {
        let uploads = cloud.uploads(run);
        let (complete, batches) = uploads.split_last()?;
        if complete.what != "complete" {
            return None;
        }
        let mut known: BTreeMap<u32, ImportBatch> = BTreeMap::new();
        for upload in batches {
            assert_eq!(upload.what, "objects");
            let batch: ImportBatch = serde_json::from_value(upload.body.clone()).unwrap();
            // In order; one that was not answered comes again as it was.
            let number = u32::try_from(known.len()).unwrap();
            assert!(batch.sequence <= number);
            if let Some(before) = known.insert(batch.sequence, batch.clone()) {
                assert_eq!(format!("{before:?}"), format!("{batch:?}"));
            }
        }
        let complete: ImportComplete = serde_json::from_value(complete.body.clone()).unwrap();
        let imported = Self {
            run,
            batches: known.into_values().collect(),
            complete,
        };
        let sizes = imported.batches.iter().map(|batch| batch.objects.len());
        let (objects, batches) = (sizes.sum::<usize>(), imported.batches.len());
        assert_eq!(imported.complete.objects, u64::try_from(objects).unwrap());
        assert_eq!(imported.complete.batches, u32::try_from(batches).unwrap());
        Some(imported)
    }

    /// The objects, by their names of sign-in.
    pub(crate) fn objects(&self) -> BTreeMap<String, ImportedObject> {
        let objects = self.batches.iter().flat_map(|batch| &batch.objects);
        objects
            .map(|object| {
                let name = &object.attributes["sAMAccountName"][0];
                (name.clone(), object.clone())
            })
            .collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.objects().into_keys().collect()
    }

    pub(crate) fn removed(&self) -> BTreeMap<SourceAnchor, RemovedWhy> {
        let removed = self.batches.iter().flat_map(|batch| &batch.removed);
        removed
            .map(|removed| (removed.anchor, removed.why))
            .collect()
    }

    /// Where it got to.
    pub(crate) fn positions(&self) -> Vec<Position> {
        let last = self.batches.iter().rev().find_map(|it| it.position.clone());
        last.into_iter().collect()
    }
}

pub(crate) fn anchor(user: &TestUser) -> SourceAnchor {
    SourceAnchor::try_from_bytes(&user.guid).unwrap()
}

/// Their names of sign-in, sorted.
pub(crate) fn sorted(users: &[&TestUser]) -> Vec<String> {
    let mut names: Vec<_> = users.iter().map(|user| user.sam.clone()).collect();
    names.sort_unstable();
    names
}
