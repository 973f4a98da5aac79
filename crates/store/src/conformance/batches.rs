//! Batches of imports.

use std::collections::BTreeMap;

use writeback_model::TenantId;
use writeback_sync::{Counts, Gone, Object, ObjectKind, Problem, Profile, RunResult};
use writeback_wire::http::{ImportBatch, ImportedObject, RemovedWhy};

use super::{
    Fixture,
    directory::{
        add, anchor, answer, apply, attribute_problem, batch, begin, group, imported, listed,
        object, pending, position, problematic, put, removals, renamed, run_id, user, with_problem,
    },
    given::{agent_id, at, at_once, corp, domain, lake, with_tenant},
};
use crate::{BatchAnswer, ConnectorStore, ForestStore, RunEnd, RunStore, Store, Which};

/// What a run has counted.
async fn counts(store: &impl Store, tenant: TenantId, run: u128) -> Counts {
    let run = store.run(tenant, run_id(run)).await.unwrap();
    run.unwrap().counts
}

pub async fn a_batch_belongs_to_an_import_of_that_agent_that_is_under_way<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let batch = batch(0, &[user(1)]);
    let refused = [(import, 2), (run_id(9), 1)];
    for (run, agent) in refused {
        let answer = store.put_batch(tenant, run, agent_id(agent), &batch, at(1));
        assert_eq!(answer.await.unwrap(), BatchAnswer::NotRunning);
    }
    assert_eq!(listed(&store, tenant, &corp(), Which::All).await, []);
    put(&store, tenant, import, &batch).await;

    let end = RunEnd {
        at: at(2),
        result: RunResult::Interrupted,
        detail: String::new(),
    };
    assert!(store.end_run(tenant, import, &end, None).await.unwrap());
    for late in [&batch, &super::directory::batch(1, &[user(2)])] {
        let answer = answer(&store, tenant, import, late).await;
        assert_eq!(answer, BatchAnswer::NotRunning);
    }
    let all = listed(&store, tenant, &corp(), Which::All).await;
    assert_eq!(all.len(), 1, "what came in time stays");
}

pub async fn batches_come_in_turn<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::DeltaImport).await;
    let early = answer(&store, tenant, import, &batch(1, &[user(1)])).await;
    assert_eq!(early, BatchAnswer::OutOfOrder { due: 0 });
    put(&store, tenant, import, &batch(0, &[user(1)])).await;
    put(&store, tenant, import, &batch(1, &[user(2)])).await;
    let early = answer(&store, tenant, import, &batch(u32::MAX, &[user(1)])).await;
    assert_eq!(early, BatchAnswer::OutOfOrder { due: 2 });
    let before = counts(&store, tenant, 1).await;

    // One that was kept before may look otherwise now: nothing of it counts.
    for sequence in [0, 1] {
        let again = ImportBatch {
            position: Some(position(&corp(), 9)),
            ..batch(sequence, &[renamed(1, "other"), user(3)])
        };
        let answer = answer(&store, tenant, import, &again).await;
        assert_eq!(answer, BatchAnswer::Repeated);
    }
    assert_eq!(counts(&store, tenant, 1).await, before);
    assert_eq!(object(&store, tenant, 1).await.dn, user(1).dn);
    assert_eq!(listed(&store, tenant, &corp(), Which::All).await.len(), 2);
    assert_eq!(store.forests(tenant).await.unwrap()[0].positions, []);
}

pub async fn of_many_that_bring_a_batch_at_once_one_is_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let answers = at_once(fixture, 8, move |store, _| async move {
        answer(&*store, tenant, import, &batch(0, &[user(1), user(2)])).await
    })
    .await;
    let kept = |answer: &&BatchAnswer| **answer == BatchAnswer::Kept;
    assert_eq!(answers.iter().filter(kept).count(), 1);
    let repeated = |answer: &&BatchAnswer| **answer == BatchAnswer::Repeated;
    assert_eq!(answers.iter().filter(repeated).count(), 7);
    assert_eq!(counts(&store, tenant, 1).await.added, 2);
}

pub async fn an_object_comes_back_as_it_was_imported<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let bare = ImportedObject {
        domain: domain("sub.corp.test"),
        netbios: None,
        rid: None,
        primary_group: None,
        enabled: false,
        account_expires: None,
        consistency_guid: Some(anchor(200)),
        attributes: BTreeMap::new(),
        ..user(2)
    };
    imported(&store, tenant, 1, &[user(1), bare, group(3, &[1])]).await;
    let expected = |kind, number, imported: ImportedObject| Object {
        forest: corp(),
        domain: corp(),
        netbios: Some("CORP".to_owned()),
        anchor: anchor(number),
        kind,
        dn: imported.dn,
        consistency_guid: None,
        enabled: kind == ObjectKind::User,
        account_expires: imported.account_expires,
        attributes: imported.attributes,
        joined: None,
        in_group_scope: true,
        gone: None,
    };
    assert_eq!(
        listed(&store, tenant, &corp(), Which::All).await,
        [
            expected(ObjectKind::User, 1, user(1)),
            Object {
                domain: domain("sub.corp.test"),
                netbios: None,
                consistency_guid: Some(anchor(200)),
                enabled: false,
                account_expires: None,
                attributes: BTreeMap::new(),
                ..expected(ObjectKind::User, 2, user(2))
            },
            expected(ObjectKind::Group, 3, group(3, &[])),
        ]
    );
}

pub async fn what_is_new_or_differs_is_pending_and_the_rest_is_not<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let all = [1, 2, 3, 4, 5, 6].map(user);
    imported(&store, tenant, 1, &all).await;
    assert_eq!(
        pending(&store, tenant).await,
        [1, 2, 3, 4, 5, 6].map(anchor)
    );
    apply(&store, tenant, &[1, 2, 3, 4, 5, 6].map(|n| add(&corp(), n))).await;
    assert_eq!(pending(&store, tenant).await, []);

    // Each thing that can differ, one at a time.
    let import = begin(&store, tenant, &corp(), 2, Profile::DeltaImport).await;
    let mut attribute = user(2);
    attribute
        .attributes
        .insert("mobile".to_owned(), vec!["1".to_owned()]);
    let disabled = ImportedObject {
        enabled: false,
        ..user(3)
    };
    let expired = ImportedObject {
        account_expires: None,
        ..user(4)
    };
    let anchored = ImportedObject {
        consistency_guid: Some(anchor(200)),
        ..user(5)
    };
    let batch = batch(
        0,
        &[user(1), attribute, disabled, expired, anchored, user(7)],
    );
    put(&store, tenant, import, &batch).await;
    assert_eq!(pending(&store, tenant).await, [2, 3, 4, 5, 7].map(anchor));
    assert_eq!(
        counts(&store, tenant, 2).await,
        Counts {
            read: 6,
            added: 1,
            updated: 4,
            unchanged: 1,
            ..Counts::default()
        }
    );
    // Pending stays pending, however often it comes.
    put(
        &store,
        tenant,
        import,
        &super::directory::batch(1, &[user(7)]),
    )
    .await;
    assert_eq!(pending(&store, tenant).await, [2, 3, 4, 5, 7].map(anchor));
    assert_eq!(counts(&store, tenant, 2).await.unchanged, 2);
}

pub async fn the_members_of_a_group_are_a_part_of_it<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[group(1, &[2, 3])]).await;
    let nothing = problematic(&corp(), 1, &[]);
    apply(&store, tenant, std::slice::from_ref(&nothing)).await;
    assert_eq!(pending(&store, tenant).await, []);
    imported(&store, tenant, 2, &[group(1, &[3, 2])]).await;
    assert_eq!(pending(&store, tenant).await, [], "their order is nothing");
    imported(&store, tenant, 3, &[group(1, &[3])]).await;
    assert_eq!(pending(&store, tenant).await, [anchor(1)]);
}

pub async fn a_removed_object_is_gone_until_it_comes_again<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1), user(2), user(3)]).await;
    apply(&store, tenant, &[1, 2, 3].map(|n| add(&corp(), n))).await;
    let import = begin(&store, tenant, &corp(), 2, Profile::DeltaImport).await;
    let gone = [(1, RemovedWhy::Deleted), (2, RemovedWhy::OutOfScope)];
    put(&store, tenant, import, &removals(0, &gone)).await;
    assert_eq!(pending(&store, tenant).await, [anchor(1), anchor(2)]);
    let of = async |number| object(&store, tenant, number).await.gone;
    assert_eq!(of(1).await, Some(Gone::Deleted));
    assert_eq!(of(2).await, Some(Gone::OutOfScope));
    assert_eq!(of(3).await, None);
    assert_eq!(counts(&store, tenant, 2).await.removed, 2);

    // To be told again changes nothing; to come again, as it was, does.
    put(&store, tenant, import, &removals(1, &gone)).await;
    assert_eq!(counts(&store, tenant, 2).await.removed, 2);
    assert_eq!(counts(&store, tenant, 2).await.unchanged, 2);
    put(&store, tenant, import, &batch(2, &[user(1)])).await;
    assert_eq!(of(1).await, None);
    assert_eq!(pending(&store, tenant).await, [anchor(1), anchor(2)]);
    assert_eq!(counts(&store, tenant, 2).await.updated, 1);
}

pub async fn the_removal_of_what_was_never_known_is_ignored<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::DeltaImport).await;
    let unknown = removals(0, &[(9, RemovedWhy::Deleted)]);
    put(&store, tenant, import, &unknown).await;
    assert_eq!(listed(&store, tenant, &corp(), Which::All).await, []);
    assert_eq!(
        counts(&store, tenant, 1).await,
        Counts {
            read: 1,
            unchanged: 1,
            ..Counts::default()
        }
    );
}

pub async fn of_an_object_that_comes_twice_the_later_state_counts<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let twice = batch(0, &[user(1), renamed(1, "later")]);
    put(&store, tenant, import, &twice).await;
    let is_later = |object: Object| object.dn == renamed(1, "later").dn;
    assert!(is_later(object(&store, tenant, 1).await));
    let counted = counts(&store, tenant, 1).await;
    assert_eq!((counted.read, counted.added, counted.unchanged), (2, 1, 1));
}

pub async fn the_same_object_in_two_forests_is_two<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for (number, forest, name) in [(1, corp(), "corp"), (2, lake(), "lake")] {
        let import = begin(&store, tenant, &forest, number, Profile::FullImport).await;
        put(&store, tenant, import, &batch(0, &[renamed(1, name)])).await;
    }
    for (forest, name) in [(corp(), "corp"), (lake(), "lake")] {
        let all = listed(&store, tenant, &forest, Which::All).await;
        assert_eq!((all.len(), &all[0].dn), (1, &renamed(1, name).dn));
    }
}

pub async fn a_delta_imports_position_is_the_forests_at_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sub = domain("sub.corp.test");
    let import = begin(&store, tenant, &corp(), 1, Profile::DeltaImport).await;
    let positions = [(&corp(), 1), (&sub, 2), (&corp(), 3)];
    for (sequence, (domain, usn)) in (0..).zip(positions) {
        let batch = ImportBatch {
            position: Some(position(domain, usn)),
            ..batch(sequence, &[])
        };
        put(&store, tenant, import, &batch).await;
    }
    let forest = store.forests(tenant).await.unwrap().remove(0);
    let mut known = forest.positions;
    known.sort_by_key(|position| position.usn);
    assert_eq!(known, [position(&sub, 2), position(&corp(), 3)]);
    assert_eq!(forest.full_import_positions, []);
}

pub async fn a_full_imports_position_is_kept_aside<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    let batch = ImportBatch {
        position: Some(position(&corp(), 1)),
        ..batch(0, &[user(1)])
    };
    put(&store, tenant, import, &batch).await;
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(forest.positions, []);
    assert_eq!(forest.full_import_positions, [position(&corp(), 1)]);
}

pub async fn an_import_keeps_what_a_synchronisation_found<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[with_problem(1)]).await;
    apply(
        &store,
        tenant,
        &[problematic(&corp(), 1, &[Problem::ManyMatches])],
    )
    .await;
    let found = async || {
        let mut found = store.problems(tenant, &corp(), 9).await.unwrap();
        found.pop().map(|(_, _, problems)| problems)
    };
    let both = vec![Problem::ManyMatches, attribute_problem()];
    assert_eq!(found().await, Some(both));
    imported(&store, tenant, 2, &[renamed(1, "other")]).await;
    assert_eq!(found().await, Some(vec![Problem::ManyMatches]));
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    assert_eq!(found().await, None);
}

pub async fn a_batch_is_progress<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = begin(&store, tenant, &corp(), 1, Profile::FullImport).await;
    put(&store, tenant, import, &batch(0, &[with_problem(1)])).await;
    let run = store.run(tenant, import).await.unwrap().unwrap();
    assert_eq!(run.progress_at, at(1));
    assert_eq!((run.counts.added, run.counts.problems), (1, 1));
    let noted = store.run_problems(tenant, import).await.unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].anchor, anchor(1));
    assert_eq!(noted[0].dn, user(1).dn);
    assert_eq!(noted[0].problem, attribute_problem());
}
