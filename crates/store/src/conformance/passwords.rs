//! Banned passwords and limits.

use writeback_model::BannedMode;
use writeback_policy::{LimitChange, LimitChanges};

use super::{
    Fixture,
    given::{at_once, audit, records, with_tenant},
};
use crate::{BannedRules, PasswordRulesStore};

pub async fn banned_passwords_are_the_default_until_they_are_set<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(
        store.banned_rules(tenant).await.unwrap(),
        BannedRules::default()
    );
    let before = records(&store, tenant).await;
    for mode in [BannedMode::Audit, BannedMode::Off, BannedMode::Enforce] {
        let rules = BannedRules {
            mode,
            terms: vec!["gudang".to_owned(), "Büro 🙂".to_owned()],
        };
        let record = audit(tenant, "Banned passwords set");
        store
            .set_banned_rules(tenant, &rules, &record)
            .await
            .unwrap();
        // By any handle: another process's is in force at once.
        let other = fixture.open().await;
        assert_eq!(other.banned_rules(tenant).await.unwrap(), rules);
    }
    assert_eq!(records(&store, tenant).await, before + 3);
}

pub async fn limits_are_the_installations_until_they_are_set<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(
        store.limit_changes(tenant).await.unwrap(),
        LimitChanges::default()
    );
    let before = records(&store, tenant).await;
    let change = LimitChange {
        times: Some(3),
        block_minutes: Some(7),
        ..LimitChange::default()
    };
    for (change, changes) in [
        (
            Some(change),
            LimitChanges::from([("codes_per_name".to_owned(), change)]),
        ),
        (None, LimitChanges::default()),
    ] {
        let record = audit(tenant, "Limits set");
        store
            .set_limit_change(tenant, "codes_per_name", change, &record)
            .await
            .unwrap();
        let other = fixture.open().await;
        assert_eq!(other.limit_changes(tenant).await.unwrap(), changes);
    }
    assert_eq!(records(&store, tenant).await, before + 2);
}

pub async fn limits_that_are_set_at_once_are_all_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    at_once(fixture, 12, move |store, turn| async move {
        let change = LimitChange {
            times: Some(turn),
            ..LimitChange::default()
        };
        let record = audit(tenant, "Limits set");
        let setting = format!("limit{turn}");
        let set = store.set_limit_change(tenant, &setting, Some(change), &record);
        set.await.unwrap();
    })
    .await;
    assert_eq!(store.limit_changes(tenant).await.unwrap().len(), 12);
}
