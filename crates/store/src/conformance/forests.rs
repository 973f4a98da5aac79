//! Forests.

use writeback_sync::Profile;
use writeback_wire::{ServedDomain, http::ImportBatch};

use super::{
    Fixture,
    directory::{batch, imported_by, new_run, position, user},
    given::{at, corp, domain, with_tenant},
};
use crate::{Forest, ForestStore, RunStore, SyncStore};

fn served(name: &str) -> ServedDomain {
    ServedDomain {
        name: domain(name),
        netbios: Some("CORP".to_owned()),
        upn_suffixes: vec!["example.org".to_owned()],
    }
}

pub async fn a_report_adds_a_forest_or_replaces_its_domains<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let mut domains = vec![served("corp.test"), served("sub.corp.test")];
    store
        .report_forest(tenant, &corp(), &domains)
        .await
        .unwrap();
    let new = Forest {
        name: corp(),
        domains: domains.clone(),
        full_import_at: None,
        delta_import_at: None,
        full_sync_at: None,
        delta_sync_at: None,
        export_at: None,
        scope: None,
        sees_deletions: false,
        positions: vec![],
        full_import_positions: vec![],
        guard_stopped_at: None,
    };
    assert_eq!(store.forests(tenant).await.unwrap(), [new]);

    domains.remove(0);
    for _ in 0..2 {
        store
            .report_forest(tenant, &corp(), &domains)
            .await
            .unwrap();
        let forests = store.forests(tenant).await.unwrap();
        assert_eq!((forests.len(), &forests[0].domains), (1, &domains));
    }
}

pub async fn a_report_leaves_all_else_as_it_is<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let batch = ImportBatch {
        position: Some(position(&corp(), 7)),
        ..batch(0, &[user(1)])
    };
    for (number, profile) in [(1, Profile::FullImport), (2, Profile::DeltaImport)] {
        imported_by(&store, tenant, &corp(), number, profile, &batch).await;
    }
    store
        .guard_waits(tenant, &corp(), Some(at(9)))
        .await
        .unwrap();
    let before = store.forests(tenant).await.unwrap().remove(0);
    assert!(before.full_import_at.is_some() && before.guard_stopped_at.is_some());
    store
        .report_forest(tenant, &corp(), &[served("corp.test")])
        .await
        .unwrap();
    let after = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(
        after,
        Forest {
            domains: vec![served("corp.test")],
            ..before
        }
    );
}

pub async fn forests_are_listed_by_name<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for name in ["lake.test", "corp.test", "air.test"] {
        store
            .report_forest(tenant, &domain(name), &[])
            .await
            .unwrap();
    }
    let forests = store.forests(tenant).await.unwrap();
    let names: Vec<&str> = forests.iter().map(|forest| forest.name.as_str()).collect();
    assert_eq!(names, ["air.test", "corp.test", "lake.test"]);
}

pub async fn forgotten_positions_are_gone_and_nothing_else_is<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let batch = ImportBatch {
        position: Some(position(&corp(), 7)),
        ..batch(0, &[user(1)])
    };
    for forest in [corp(), domain("lake.test")] {
        imported_by(&store, tenant, &forest, 1, Profile::FullImport, &batch).await;
        store
            .forget_run(tenant, new_run(&forest, 1, Profile::FullImport).id)
            .await
            .unwrap();
    }
    let before = store.forests(tenant).await.unwrap();
    assert_eq!(before[0].positions, [position(&corp(), 7)]);
    store.forget_positions(tenant, &corp()).await.unwrap();
    let after = store.forests(tenant).await.unwrap();
    assert_eq!(
        after[0],
        Forest {
            positions: vec![],
            ..before[0].clone()
        }
    );
    assert_eq!(after[1], before[1]);
    // A forest that is not known has none.
    store
        .forget_positions(tenant, &domain("air.test"))
        .await
        .unwrap();
}
