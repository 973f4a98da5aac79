//! The ends of imports.

use writeback_model::TenantId;
use writeback_sync::{Gone, Profile, RunResult};
use writeback_wire::http::{ImportBatch, ImportComplete, ImportedObject, RemovedWhy};

use super::{
    Fixture,
    directory::{
        add, anchor, answer, apply, batch, begin, complete, imported, imported_by, listed, new_run,
        object, pending, position, put, removals, renamed, run_id, user, whole, with_problem,
    },
    given::{agent_id, at, at_once, audit, corp, domain, lake, records, with_tenant},
};
use crate::{BatchAnswer, CompleteAnswer, ConnectorStore, Forest, RunEnd, RunStore, Store, Which};

const UNCHANGED: CompleteAnswer = CompleteAnswer::Complete {
    gone: 0,
    changed: false,
};

async fn forest(store: &impl Store, tenant: TenantId) -> Forest {
    store.forests(tenant).await.unwrap().remove(0)
}

/// What was interrupted.
async fn interrupted(store: &impl Store, tenant: TenantId, number: u128) {
    let end = RunEnd {
        at: at(2),
        result: RunResult::Interrupted,
        detail: String::new(),
    };
    let ended = store.end_run(tenant, run_id(number), &end, None).await;
    assert!(ended.unwrap());
}

/// A batch with which a domain was read whole.
fn reaching(domain: &str, sequence: u32, objects: &[ImportedObject]) -> ImportBatch {
    ImportBatch {
        position: Some(position(&super::given::domain(domain), 7)),
        ..batch(sequence, objects)
    }
}

/// A user of another domain of the forest.
fn of_sub(number: u8) -> ImportedObject {
    ImportedObject {
        domain: domain("sub.corp.test"),
        ..user(number)
    }
}

pub async fn a_complete_import_is_noted_in_its_run_and_forest<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let batch = reaching("corp.test", 0, &[user(1)]);
    put(&store, tenant, import, &batch).await;
    let before = records(&store, tenant).await;
    let answer = complete(&store, tenant, import, &whole(1, 1)).await;
    let new = CompleteAnswer::Complete {
        gone: 0,
        changed: true,
    };
    assert_eq!(answer, new);
    assert_eq!(records(&store, tenant).await, before + 1);

    let run = store.run(tenant, import).await.unwrap().unwrap();
    assert_eq!(
        (run.result, run.ended_at),
        (RunResult::Success, Some(at(2)))
    );
    assert_eq!(run.controllers, ["dc1.corp.test"]);
    let after = forest(&store, tenant).await;
    assert_eq!(after.full_import_at, Some(at(2)));
    assert_eq!(after.delta_import_at, None);
    assert_eq!(after.scope.as_deref(), Some("scope"));
    assert!(after.sees_deletions);
    assert_eq!(after.positions, [position(&corp(), 7)]);
    assert_eq!(after.full_import_positions, []);

    // It ended: neither another batch nor another end.
    let late = super::directory::batch(1, &[]);
    let late = super::directory::answer(&store, tenant, import, &late).await;
    assert_eq!(late, BatchAnswer::NotRunning);
    let again = complete(&store, tenant, import, &whole(1, 1)).await;
    assert_eq!(again, CompleteAnswer::NotRunning);
    assert_eq!(records(&store, tenant).await, before + 1);
}

pub async fn a_complete_delta_import_leaves_the_rest_as_it_is<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let first = reaching("corp.test", 0, &[user(1), user(2)]);
    imported_by(&store, tenant, &corp(), 1, Profile::FullImport, &first).await;
    let import = begin(&store, tenant, &corp(), 2, Profile::DeltaImport).await;
    let blind = ImportComplete {
        sees_deletions: false,
        scope: "another".to_owned(),
        ..whole(0, 0)
    };
    assert_eq!(complete(&store, tenant, import, &blind).await, UNCHANGED);
    let after = forest(&store, tenant).await;
    assert_eq!(after.delta_import_at, Some(at(2)));
    assert_eq!(after.positions, [position(&corp(), 7)]);
    assert!(!after.sees_deletions);
    assert_eq!(
        after.scope.as_deref(),
        Some("scope"),
        "of a scope only a full import knows"
    );
    assert_eq!(object(&store, tenant, 2).await.gone, None);
}

pub async fn an_import_that_is_not_whole_goes_on<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(7)]).await;
    let import = begin(&store, tenant, &corp(), 2, Profile::FullImport).await;
    put(&store, tenant, import, &batch(0, &[user(1), user(2)])).await;
    let gone = removals(1, &[(8, RemovedWhy::Deleted)]);
    put(&store, tenant, import, &gone).await;
    let before = (records(&store, tenant).await, forest(&store, tenant).await);
    for wrong in [
        whole(1, 2),
        whole(3, 2),
        whole(2, 1),
        whole(2, 3),
        whole(0, 0),
    ] {
        let answer = complete(&store, tenant, import, &wrong).await;
        assert_eq!(answer, CompleteAnswer::Incomplete, "{wrong:?}");
    }
    let after = (records(&store, tenant).await, forest(&store, tenant).await);
    assert_eq!(after, before, "nothing is changed");
    assert_eq!(object(&store, tenant, 7).await.gone, None);
    put(&store, tenant, import, &batch(2, &[user(3)])).await;
    let answer = complete(&store, tenant, import, &whole(3, 3)).await;
    assert!(matches!(answer, CompleteAnswer::Complete { gone: 1, .. }));
}

pub async fn an_import_is_ended_by_its_own_agent<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let sync = begin(&store, tenant, &lake(), 2, Profile::FullSync).await;
    let record = audit(tenant, "Import complete");
    for (run, agent) in [(import, 2), (run_id(9), 1), (sync, 1)] {
        let answer = store
            .complete_import(tenant, run, agent_id(agent), &whole(0, 0), at(2), &record)
            .await;
        assert_eq!(answer.unwrap(), CompleteAnswer::NotRunning);
    }
    assert_eq!(store.running(tenant).await.unwrap().len(), 2);
}

pub async fn a_full_import_marks_what_it_did_not_bring_as_gone<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[1, 2, 3, 4].map(user)).await;
    apply(&store, tenant, &[1, 2, 3, 4].map(|n| add(&corp(), n))).await;
    let removed = removals(0, &[(4, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &removed).await;

    let all = imported(&store, tenant, 3, &[user(2)]).await;
    assert_eq!(all, (2, true));
    assert_eq!(object(&store, tenant, 1).await.gone, Some(Gone::NotFound));
    assert_eq!(object(&store, tenant, 2).await.gone, None);
    assert_eq!(
        object(&store, tenant, 4).await.gone,
        Some(Gone::Deleted),
        "it was gone before"
    );
    assert_eq!(pending(&store, tenant).await, [1, 3, 4].map(anchor));
    let run = store.run(tenant, run_id(3)).await.unwrap().unwrap();
    assert_eq!((run.counts.removed, run.counts.unchanged), (2, 1));
    // Once more: they are gone already.
    assert_eq!(imported(&store, tenant, 4, &[user(2)]).await, (0, false));
    // And who comes back is there.
    assert_eq!(
        imported(&store, tenant, 5, &[user(1), user(2)]).await,
        (0, true)
    );
    assert_eq!(object(&store, tenant, 1).await.gone, None);
}

pub async fn an_import_says_whether_anything_differs<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(imported(&store, tenant, 1, &[user(1)]).await, (0, true));
    assert_eq!(imported(&store, tenant, 2, &[user(1)]).await, (0, false));
    let other = renamed(1, "other");
    assert_eq!(imported(&store, tenant, 3, &[other]).await, (0, true));
    for (number, differs) in [(4, true), (5, false)] {
        let removed = removals(0, &[(1, RemovedWhy::Deleted)]);
        let profile = Profile::DeltaImport;
        let delta = imported_by(&store, tenant, &corp(), number, profile, &removed).await;
        assert_eq!(delta, (0, differs));
    }
}

pub async fn an_import_with_problems_says_so<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for (number, object, result) in [
        (1, with_problem(1), RunResult::CompletedWithProblems),
        (2, with_problem(1), RunResult::CompletedWithProblems),
        (3, user(1), RunResult::Success),
    ] {
        imported(&store, tenant, number, &[object]).await;
        let run = store.run(tenant, run_id(number)).await.unwrap().unwrap();
        assert_eq!(run.result, result);
    }
    assert!(forest(&store, tenant).await.full_import_at.is_some());
}

pub async fn a_full_import_that_goes_on_has_brought_what_was_whole<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1), user(2), of_sub(3), of_sub(4)]).await;
    let first = begin(&store, tenant, &corp(), 2, Profile::FullImport).await;
    put(&store, tenant, first, &reaching("corp.test", 0, &[user(1)])).await;
    // The other domain is begun, and one of it is gone before it is read again.
    put(&store, tenant, first, &batch(1, &[of_sub(3), of_sub(4)])).await;
    interrupted(&store, tenant, 2).await;
    let kept = forest(&store, tenant).await.full_import_positions;
    assert_eq!(kept, [position(&corp(), 7)]);

    let second = new_run(&corp(), 3, Profile::FullImport);
    assert!(store.begin_run(tenant, &second, true).await.unwrap());
    let rest = reaching("sub.corp.test", 0, &[of_sub(3)]);
    put(&store, tenant, second.id, &rest).await;
    let answer = complete(&store, tenant, second.id, &whole(1, 1)).await;
    assert!(matches!(answer, CompleteAnswer::Complete { gone: 2, .. }));
    for (number, gone) in [(1, false), (2, true), (3, false), (4, true)] {
        let object = object(&store, tenant, number).await;
        assert_eq!(object.gone.is_some(), gone, "{number}");
    }
    let after = forest(&store, tenant).await;
    assert_eq!(
        (after.positions.len(), after.full_import_positions),
        (2, vec![])
    );
}

pub async fn a_full_import_that_begins_anew_has_brought_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1)]).await;
    let first = begin(&store, tenant, &corp(), 2, Profile::FullImport).await;
    put(&store, tenant, first, &reaching("corp.test", 0, &[user(1)])).await;
    interrupted(&store, tenant, 2).await;
    let second = begin(&store, tenant, &corp(), 3, Profile::FullImport).await;
    assert_eq!(forest(&store, tenant).await.full_import_positions, []);
    let answer = complete(&store, tenant, second, &whole(0, 0)).await;
    assert!(matches!(answer, CompleteAnswer::Complete { gone: 1, .. }));

    // Nor does one go on from one that was complete.
    imported(&store, tenant, 4, &[user(1)]).await;
    let third = new_run(&corp(), 5, Profile::FullImport);
    assert!(store.begin_run(tenant, &third, true).await.unwrap());
    let answer = complete(&store, tenant, third.id, &whole(0, 0)).await;
    assert!(matches!(answer, CompleteAnswer::Complete { gone: 1, .. }));
}

pub async fn what_a_delta_import_brings_meanwhile_is_there<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let first = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    put(&store, tenant, first, &reaching("corp.test", 0, &[user(1)])).await;
    interrupted(&store, tenant, 1).await;
    let new = batch(0, &[user(2)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &new).await;
    let second = new_run(&corp(), 3, Profile::FullImport);
    assert!(store.begin_run(tenant, &second, true).await.unwrap());
    let answer = complete(&store, tenant, second.id, &whole(0, 0)).await;
    assert_eq!(answer, UNCHANGED);
    assert_eq!(object(&store, tenant, 2).await.gone, None);
}

pub async fn imports_of_two_forests_run_side_by_side<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for (number, forest) in [(1, lake()), (2, corp())] {
        let objects = batch(0, &[user(1)]);
        imported_by(
            &store,
            tenant,
            &forest,
            number,
            Profile::FullImport,
            &objects,
        )
        .await;
    }
    let corp_import = begin(&store, tenant, &corp(), 3, Profile::FullImport).await;
    let lake_import = begin(&store, tenant, &lake(), 4, Profile::FullImport).await;
    assert_eq!(
        complete(&store, tenant, lake_import, &whole(0, 0)).await,
        gone(1)
    );
    assert_eq!(
        object(&store, tenant, 1).await.gone,
        None,
        "of the other forest"
    );
    put(&store, tenant, corp_import, &batch(0, &[user(1)])).await;
    let answer = complete(&store, tenant, corp_import, &whole(1, 1)).await;
    assert_eq!(answer, UNCHANGED);
    let of_lake = listed(&store, tenant, &lake(), Which::All).await;
    assert_eq!(of_lake[0].gone, Some(Gone::NotFound));
}

const fn gone(gone: u64) -> CompleteAnswer {
    CompleteAnswer::Complete {
        gone,
        changed: true,
    }
}

pub async fn of_many_that_complete_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    put(&store, tenant, import, &batch(0, &[user(1)])).await;
    let before = records(&store, tenant).await;
    let answers = at_once(fixture, 8, move |store, _| async move {
        complete(&*store, tenant, import, &whole(1, 1)).await
    })
    .await;
    let done = |answer: &&CompleteAnswer| **answer == gone(0);
    assert_eq!(answers.iter().filter(done).count(), 1);
    assert_eq!(records(&store, tenant).await, before + 1);
}

pub async fn a_batch_and_an_interruption_exclude_each_other<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let answers = at_once(fixture, 12, move |store, turn| async move {
        if turn == 5 {
            interrupted(&*store, tenant, 1).await;
            return None;
        }
        Some(answer(&*store, tenant, import, &batch(0, &[user(1)])).await)
    })
    .await;
    let kept = answers.contains(&Some(BatchAnswer::Kept));
    let all = listed(&store, tenant, &corp(), Which::All).await;
    assert_eq!(
        all.len(),
        usize::from(kept),
        "what was refused is not there"
    );
    let run = store.run(tenant, import).await.unwrap().unwrap();
    assert_eq!(run.counts.added, u64::from(kept));
}
