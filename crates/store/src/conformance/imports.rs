//! Imports from their beginning to their end.

use writeback_model::UserId;
use writeback_wire::http::ImportedUser;

use super::{
    Fixture,
    given::{
        agent_id, at, at_once, audit, corp, domain, import, import_id, imported, person, records,
        user_ids, uuid, with_tenant,
    },
};
use crate::{ForestStore, ImportRun, UserStore};

pub async fn an_import_runs_until_it_ends<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    store.report_forest(tenant, &corp(), &[]).await.unwrap();
    let run = ImportRun {
        id: import_id(1),
        forest: corp(),
        agent: agent_id(4),
        began_at: at(9),
    };
    store.begin_import(tenant, &run).await.unwrap();
    assert_eq!(
        store.running_import(tenant, run.id).await.unwrap(),
        Some(run.clone())
    );
    assert_eq!(
        store.running_import(tenant, import_id(2)).await.unwrap(),
        None
    );
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(
        (forest.import_began_at, forest.imported_at),
        (Some(at(9)), None)
    );
    store.abandon_import(tenant, run.id).await.unwrap();
    assert_eq!(store.running_import(tenant, run.id).await.unwrap(), None);
    store.abandon_import(tenant, run.id).await.unwrap();
}

pub async fn users_come_only_in_a_running_import<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let people = [person(1)];
    let ids = user_ids(10, 1);
    let never_begun = import_id(7);
    assert!(
        !store
            .import_users(tenant, never_begun, 0, &people, &ids, at(1))
            .await
            .unwrap()
    );
    let id = import(&store, tenant, &corp(), 1).await;
    store.abandon_import(tenant, id).await.unwrap();
    assert!(
        !store
            .import_users(tenant, id, 0, &people, &ids, at(1))
            .await
            .unwrap()
    );
    assert_eq!(store.count_users(tenant).await.unwrap(), 0);
}

pub async fn a_user_keeps_its_identifier_over_imports<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[person(1), person(2)]).await;
    // The same objects in another order, one under another name, and one in between.
    let renamed = ImportedUser {
        anchor: person(2).anchor,
        ..person(9)
    };
    imported(&store, tenant, 2, &[person(3), renamed.clone(), person(1)]).await;
    for (id, known) in [(10, person(1)), (11, renamed), (20, person(3))] {
        let user = store
            .user(tenant, UserId::from_uuid(uuid(id)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(user.imported, known, "{id}");
    }
    assert_eq!(store.count_users(tenant).await.unwrap(), 3);
}

pub async fn a_repeated_batch_harms_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = import(&store, tenant, &corp(), 1).await;
    let (first, second) = ([person(1), person(2)], [person(3), person(1)]);
    for (sequence, people, new) in [(0, &first, 10), (1, &second, 20), (0, &first, 30)] {
        let ids = user_ids(new, 2);
        assert!(
            store
                .import_users(tenant, id, sequence, people, &ids, at(1))
                .await
                .unwrap()
        );
    }
    let record = audit(tenant, "Imported");
    let removed = store
        .complete_import(tenant, id, 2, 3, at(2), &record)
        .await
        .unwrap();
    assert_eq!(removed, Some(0));
    for (user, known) in [(10, 1), (11, 2), (20, 3)] {
        let user = store
            .user(tenant, UserId::from_uuid(uuid(user)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(user.imported, person(known));
    }
}

pub async fn an_import_with_a_gap_is_not_complete<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[person(7)]).await;
    let before = records(&store, tenant).await;
    let id = import(&store, tenant, &corp(), 2).await;
    for (sequence, number) in [(0, 1), (2, 3), (0, 1)] {
        let ids = user_ids(20 + u128::from(sequence), 1);
        let people = [person(number)];
        assert!(
            store
                .import_users(tenant, id, sequence, &people, &ids, at(3))
                .await
                .unwrap()
        );
    }
    let record = audit(tenant, "Imported");
    assert_eq!(
        store
            .complete_import(tenant, id, 3, 2, at(4), &record)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .complete_import(tenant, id, 2, 2, at(4), &record)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store.count_users(tenant).await.unwrap(),
        3,
        "nothing is changed"
    );
    assert_eq!(records(&store, tenant).await, before);
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(forest.imported_at, Some(at(2)), "of the import before");
    // It still runs: the missing batch may come.
    let late = [person(2)];
    assert!(
        store
            .import_users(tenant, id, 1, &late, &user_ids(30, 1), at(3))
            .await
            .unwrap()
    );
    let removed = store
        .complete_import(tenant, id, 3, 3, at(4), &record)
        .await
        .unwrap();
    assert_eq!(removed, Some(1));
}

pub async fn an_import_with_another_number_of_users_is_not_complete<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = import(&store, tenant, &corp(), 1).await;
    let people = [person(1), person(2), person(1)];
    assert!(
        store
            .import_users(tenant, id, 0, &people, &user_ids(10, 3), at(1))
            .await
            .unwrap()
    );
    let record = audit(tenant, "Imported");
    for users in [0, 1, 3, u64::MAX] {
        let answer = store
            .complete_import(tenant, id, 1, users, at(2), &record)
            .await;
        assert_eq!(answer.unwrap(), None, "{users}");
    }
    let answer = store
        .complete_import(tenant, id, 1, 2, at(2), &record)
        .await
        .unwrap();
    assert_eq!(answer, Some(0));
}

pub async fn a_complete_import_removes_whom_it_did_not_bring<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(
        imported(&store, tenant, 1, &[person(1), person(2), person(3)]).await,
        0
    );
    assert_eq!(imported(&store, tenant, 2, &[person(2)]).await, 2);
    assert_eq!(store.count_users(tenant).await.unwrap(), 1);
    assert_eq!(
        store
            .user(tenant, UserId::from_uuid(uuid(10)))
            .await
            .unwrap(),
        None
    );
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(forest.imported_at, Some(at(2)));
    // Who comes back is another person to the cloud: the old identifier is gone.
    imported(&store, tenant, 3, &[person(1), person(2)]).await;
    assert_eq!(
        store
            .user(tenant, UserId::from_uuid(uuid(10)))
            .await
            .unwrap(),
        None
    );
    assert!(
        store
            .user(tenant, UserId::from_uuid(uuid(30)))
            .await
            .unwrap()
            .is_some()
    );
}

pub async fn a_complete_import_ends<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[person(1)]).await;
    let before = records(&store, tenant).await;
    let (id, record) = (import_id(1), audit(tenant, "Imported"));
    assert_eq!(store.running_import(tenant, id).await.unwrap(), None);
    assert_eq!(
        store
            .complete_import(tenant, id, 1, 1, at(9), &record)
            .await
            .unwrap(),
        None
    );
    let ids = user_ids(20, 1);
    assert!(
        !store
            .import_users(tenant, id, 1, &[person(2)], &ids, at(9))
            .await
            .unwrap()
    );
    assert_eq!(records(&store, tenant).await, before);
    assert_eq!(
        store.forests(tenant).await.unwrap()[0].imported_at,
        Some(at(2))
    );
}

pub async fn an_abandoned_import_removes_nobody<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[person(1), person(2)]).await;
    let id = import(&store, tenant, &corp(), 2).await;
    let people = [person(3), person(1)];
    assert!(
        store
            .import_users(tenant, id, 0, &people, &user_ids(20, 2), at(3))
            .await
            .unwrap()
    );
    store.abandon_import(tenant, id).await.unwrap();
    let record = audit(tenant, "Imported");
    assert_eq!(
        store
            .complete_import(tenant, id, 1, 2, at(4), &record)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store.count_users(tenant).await.unwrap(),
        3,
        "what it brought stays"
    );
    assert_eq!(
        store.forests(tenant).await.unwrap()[0].imported_at,
        Some(at(2))
    );
}

pub async fn another_import_ends_the_one_before<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let first = import(&store, tenant, &corp(), 1).await;
    let people = [person(1)];
    assert!(
        store
            .import_users(tenant, first, 0, &people, &user_ids(10, 1), at(1))
            .await
            .unwrap()
    );
    let second = import(&store, tenant, &corp(), 2).await;
    let record = audit(tenant, "Imported");
    assert_eq!(store.running_import(tenant, first).await.unwrap(), None);
    assert!(
        !store
            .import_users(tenant, first, 1, &people, &user_ids(11, 1), at(1))
            .await
            .unwrap()
    );
    assert_eq!(
        store
            .complete_import(tenant, first, 1, 1, at(2), &record)
            .await
            .unwrap(),
        None
    );
    // Neither batches nor users of the first count for the second.
    assert_eq!(
        store
            .complete_import(tenant, second, 1, 1, at(2), &record)
            .await
            .unwrap(),
        None
    );
    let people = [person(2)];
    assert!(
        store
            .import_users(tenant, second, 0, &people, &user_ids(20, 1), at(3))
            .await
            .unwrap()
    );
    let removed = store
        .complete_import(tenant, second, 1, 1, at(4), &record)
        .await
        .unwrap();
    assert_eq!(removed, Some(1));
}

pub async fn imports_of_two_forests_run_side_by_side<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let corp = import(&store, tenant, &corp(), 1).await;
    let lake = import(&store, tenant, &domain("lake.test"), 2).await;
    let record = audit(tenant, "Imported");
    // The same anchor in both: two people.
    for (id, new) in [(corp, 10), (lake, 20)] {
        let ids = user_ids(new, 1);
        assert!(
            store
                .import_users(tenant, id, 0, &[person(1)], &ids, at(1))
                .await
                .unwrap()
        );
        let removed = store
            .complete_import(tenant, id, 1, 1, at(2), &record)
            .await
            .unwrap();
        assert_eq!(removed, Some(0));
    }
    assert_eq!(store.count_users(tenant).await.unwrap(), 2);
}

pub async fn of_two_that_complete_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = import(&store, tenant, &corp(), 1).await;
    assert!(
        store
            .import_users(tenant, id, 0, &[person(1)], &user_ids(10, 1), at(1))
            .await
            .unwrap()
    );
    let answers = at_once(fixture, 8, move |store, _| async move {
        store
            .complete_import(tenant, id, 1, 1, at(2), &audit(tenant, "Imported"))
            .await
            .unwrap()
    })
    .await;
    assert_eq!(answers.iter().flatten().count(), 1);
}
