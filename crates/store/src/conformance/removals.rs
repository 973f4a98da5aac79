//! Removals, and the guard.

use jiff::SignedDuration;
use writeback_model::TenantId;
use writeback_sync::{Profile, Removal, RemovalFacts};
use writeback_wire::http::RemovedWhy;

use super::{
    Fixture,
    directory::{
        add, anchor, apply, apply_at, attributes, batch, imported_by, listed, object, pending,
        people, person, problematic, remove, update, user, user_id,
    },
    given::{at, at_once, audit, corp, lake, records, with_tenant},
};
use crate::{AuditStore, ForestStore, StagedRemoval, Store, SyncStore, Which};

const WINDOW: SignedDuration = SignedDuration::from_secs(100);

/// Stages the removal of people of `corp.test` at a time.
async fn stage(store: &impl Store, tenant: TenantId, people: &[u8], second: i64) {
    let decisions: Vec<_> = people
        .iter()
        .map(|number| remove(&corp(), *number, Removal::Deleted))
        .collect();
    apply_at(store, tenant, &corp(), &decisions, at(second)).await;
}

/// Carries staged removals of `corp.test` out.
async fn carry_out(store: &impl Store, tenant: TenantId, only_approved: bool, second: i64) -> u64 {
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), only_approved, at(second), &record)
        .await
        .unwrap()
}

async fn approve(store: &impl Store, tenant: TenantId) -> u64 {
    let record = audit(tenant, "Removals approved");
    store
        .approve_removals(tenant, &corp(), &record)
        .await
        .unwrap()
}

async fn facts(store: &impl Store, tenant: TenantId, second: i64) -> [u64; 3] {
    let facts = store
        .removal_facts(tenant, &corp(), WINDOW, at(second))
        .await;
    let RemovalFacts {
        staged,
        removed_before,
        people,
    } = facts.unwrap();
    [staged, removed_before, people]
}

/// The numbers of the people of `corp.test` whose removal is staged.
async fn staged(store: &impl Store, tenant: TenantId) -> Vec<u8> {
    let staged = store.staged_removals(tenant, &corp(), 99).await.unwrap();
    staged
        .iter()
        .filter_map(|staged| (0..99).find(|number| user_id(*number) == staged.user))
        .collect()
}

pub async fn staged_removals_are_listed_oldest_first<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2, 3, 4]).await;
    let full = batch(0, &[user(5)]);
    imported_by(&store, tenant, &lake(), 2, Profile::FullImport, &full).await;
    apply_at(&store, tenant, &lake(), &[add(&lake(), 5)], at(4)).await;
    let of_lake = [remove(&lake(), 5, Removal::Deleted)];
    apply_at(&store, tenant, &lake(), &of_lake, at(5)).await;
    let reasons = [
        (3, Removal::NotFound, 10),
        (1, Removal::NotInGroup, 11),
        (2, Removal::FilteredOut, 12),
    ];
    for (number, why, second) in reasons {
        let decisions = [remove(&corp(), number, why)];
        apply_at(&store, tenant, &corp(), &decisions, at(second)).await;
    }
    let all = reasons.map(|(number, why, second)| StagedRemoval {
        user: user_id(number),
        name: attributes(number).user_principal_name,
        why,
        staged_at: at(second),
        approved: false,
    });
    let listed = async |limit| store.staged_removals(tenant, &corp(), limit).await.unwrap();
    assert_eq!(listed(9).await, all);
    assert_eq!(listed(2).await, all[..2]);
}

pub async fn what_is_staged_again_keeps_its_time_and_approval<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    stage(&store, tenant, &[1], 10).await;
    assert_eq!(approve(&store, tenant).await, 1);
    let other_reason = [remove(&corp(), 1, Removal::OutOfScope)];
    apply_at(&store, tenant, &corp(), &other_reason, at(20)).await;
    let staged = store.staged_removals(tenant, &corp(), 9).await.unwrap();
    assert_eq!(staged.len(), 1);
    assert_eq!((staged[0].staged_at, staged[0].approved), (at(10), true));
    assert_eq!(staged[0].why, Removal::OutOfScope);
    // Taken back and staged anew, it is another removal.
    apply(&store, tenant, &[update(&corp(), 1, attributes(1))]).await;
    stage(&store, tenant, &[1], 30).await;
    let staged = store.staged_removals(tenant, &corp(), 9).await.unwrap();
    assert_eq!((staged[0].staged_at, staged[0].approved), (at(30), false));
}

pub async fn removed_people_can_be_told_from_those_who_stay<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2, 3]).await;
    stage(&store, tenant, &[1, 3], 10).await;
    let before = records(&store, tenant).await;
    assert_eq!(carry_out(&store, tenant, false, 20).await, 2);
    assert_eq!(staged(&store, tenant).await, [0; 0]);
    for (number, removed_at) in [(1, Some(at(20))), (2, None), (3, Some(at(20)))] {
        let known = person(&store, tenant, user_id(number)).await.unwrap();
        assert_eq!(known.removed_at, removed_at);
        let joined = object(&store, tenant, number).await.joined;
        assert_eq!(joined.is_none(), removed_at.is_some());
    }
    // One record for each of them, with their name on it.
    assert_eq!(records(&store, tenant).await, before + 2);
    let lines = store.last_audit_lines(tenant, 2).await.unwrap();
    for number in [1, 3] {
        let named = |line: &&String| line.contains(&user_id(number).to_string());
        assert_eq!(lines.iter().filter(named).count(), 1);
    }
    // There is nobody left to remove.
    assert_eq!(carry_out(&store, tenant, false, 30).await, 0);
    assert_eq!(records(&store, tenant).await, before + 2);
    let first = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(first.removed_at, Some(at(20)));
}

pub async fn removals_are_carried_out_forest_by_forest<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let full = batch(0, &[user(5)]);
    imported_by(&store, tenant, &lake(), 2, Profile::FullImport, &full).await;
    apply_at(&store, tenant, &lake(), &[add(&lake(), 5)], at(4)).await;
    let of_lake = [remove(&lake(), 5, Removal::Deleted)];
    apply_at(&store, tenant, &lake(), &of_lake, at(5)).await;
    assert_eq!(facts(&store, tenant, 6).await, [0, 0, 1]);
    assert_eq!(approve(&store, tenant).await, 0);
    assert_eq!(carry_out(&store, tenant, false, 6).await, 0);
    stage(&store, tenant, &[1], 7).await;
    assert_eq!(carry_out(&store, tenant, false, 8).await, 1);
    let other = person(&store, tenant, user_id(5)).await.unwrap();
    assert_eq!(
        (other.removal, other.removed_at),
        (Some(Removal::Deleted), None)
    );
}

pub async fn approved_removals_go_first<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2, 3]).await;
    stage(&store, tenant, &[1, 2], 10).await;
    let before = records(&store, tenant).await;
    assert_eq!(carry_out(&store, tenant, true, 11).await, 0);
    assert_eq!(approve(&store, tenant).await, 2);
    assert_eq!(records(&store, tenant).await, before + 1);
    // Staged later: not approved.
    stage(&store, tenant, &[3], 12).await;
    assert_eq!(carry_out(&store, tenant, true, 13).await, 2);
    assert_eq!(staged(&store, tenant).await, [3]);
    assert_eq!(carry_out(&store, tenant, false, 14).await, 1);
}

pub async fn the_guard_counts_what_nobody_approved<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2, 3, 4, 5, 6]).await;
    assert_eq!(facts(&store, tenant, 10).await, [0, 0, 6]);
    stage(&store, tenant, &[1, 2], 10).await;
    assert_eq!(
        facts(&store, tenant, 10).await,
        [2, 0, 6],
        "staged, still people"
    );
    assert_eq!(carry_out(&store, tenant, false, 20).await, 2);
    assert_eq!(facts(&store, tenant, 20).await, [0, 2, 4]);
    stage(&store, tenant, &[3], 30).await;
    assert_eq!(approve(&store, tenant).await, 1);
    stage(&store, tenant, &[4], 30).await;
    assert_eq!(facts(&store, tenant, 30).await, [1, 2, 4]);
    assert_eq!(carry_out(&store, tenant, true, 40).await, 1);
    assert_eq!(
        facts(&store, tenant, 40).await,
        [1, 2, 3],
        "approved, not counted"
    );
    // The window slides over the first two.
    assert_eq!(facts(&store, tenant, 119).await, [1, 2, 3]);
    assert_eq!(facts(&store, tenant, 120).await, [1, 0, 3]);
    // Who came back was not removed.
    apply_at(
        &store,
        tenant,
        &corp(),
        &[update(&corp(), 1, attributes(1))],
        at(50),
    )
    .await;
    assert_eq!(facts(&store, tenant, 60).await, [1, 1, 4]);
}

pub async fn the_guard_waits_until_a_person_has_spoken<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let waits = async |since| store.guard_waits(tenant, &corp(), since).await.unwrap();
    let since = async || {
        let forest = store.forests(tenant).await.unwrap().remove(0);
        forest.guard_stopped_at
    };
    waits(None).await;
    assert_eq!(since().await, None);
    waits(Some(at(1))).await;
    waits(Some(at(2))).await;
    assert_eq!(since().await, Some(at(1)), "the first time stays");
    waits(None).await;
    assert_eq!(since().await, None);
    waits(Some(at(3))).await;
    assert_eq!(approve(&store, tenant).await, 0);
    assert_eq!(since().await, None);
}

pub async fn of_many_that_remove_at_once_each_person_is_removed_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let all: Vec<u8> = (1..=20).collect();
    people(&store, tenant, 1, &all).await;
    stage(&store, tenant, &all, 10).await;
    let before = records(&store, tenant).await;
    let answers = at_once(fixture, 8, move |store, _| async move {
        carry_out(&*store, tenant, false, 20).await
    })
    .await;
    assert_eq!(answers.iter().sum::<u64>(), 20);
    assert_eq!(records(&store, tenant).await, before + 20);
}

pub async fn an_object_that_is_gone_goes_with_its_person<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2]).await;
    let gone = super::directory::removals(0, &[(1, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &gone).await;
    stage(&store, tenant, &[1, 2], 10).await;
    assert_eq!(pending(&store, tenant).await, []);
    assert_eq!(carry_out(&store, tenant, false, 20).await, 2);
    let left = listed(&store, tenant, &corp(), Which::All).await;
    assert_eq!((left.len(), left[0].anchor), (1, anchor(2)));
    // The other one is in the directory still, and nobody's.
    apply(&store, tenant, &[problematic(&corp(), 2, &[])]).await;
    assert_eq!(object(&store, tenant, 2).await.joined, None);
}

pub async fn removed_people_are_forgotten_in_the_end<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2, 3]).await;
    for (number, second) in [(1, 10), (2, 20)] {
        stage(&store, tenant, &[number], second).await;
        assert_eq!(carry_out(&store, tenant, false, second).await, 1);
    }
    assert_eq!(store.purge_removed(tenant, at(20)).await.unwrap(), 1);
    assert_eq!(person(&store, tenant, user_id(1)).await, None);
    assert!(person(&store, tenant, user_id(2)).await.is_some());
    assert_eq!(store.purge_removed(tenant, at(99)).await.unwrap(), 1);
    assert!(person(&store, tenant, user_id(3)).await.is_some());
    // They are new to the cloud when they come back.
    let anew = [add(&corp(), 1)];
    apply_at(&store, tenant, &corp(), &anew, at(99)).await;
    let back = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(back.removed_at, None);
}
