//! Forests.

use writeback_wire::ServedDomain;

use super::{
    Fixture,
    given::{at, corp, domain, import, imported, person, with_tenant},
};
use crate::ForestStore;

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
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!((forest.name, &forest.domains), (corp(), &domains));
    assert_eq!(forest.imported_at, None);
    assert_eq!(forest.import_wanted_at, None);
    assert_eq!(forest.import_began_at, None);

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

pub async fn a_report_leaves_the_imports_as_they_are<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[person(1)]).await;
    assert!(store.want_import(tenant, &corp(), at(3)).await.unwrap());
    let before = store.forests(tenant).await.unwrap().remove(0);
    store
        .report_forest(tenant, &corp(), &[served("corp.test")])
        .await
        .unwrap();
    let after = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(after.imported_at, Some(at(2)));
    assert_eq!(after.import_wanted_at, Some(at(3)));
    assert_eq!(after.import_began_at, before.import_began_at);
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

pub async fn an_import_is_wanted_of_a_known_forest_only<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert!(!store.want_import(tenant, &corp(), at(1)).await.unwrap());
    assert_eq!(store.forests(tenant).await.unwrap(), []);
    import(&store, tenant, &corp(), 1).await;
    assert!(store.want_import(tenant, &corp(), at(1)).await.unwrap());
    assert!(store.want_import(tenant, &corp(), at(2)).await.unwrap());
    let forest = store.forests(tenant).await.unwrap().remove(0);
    assert_eq!(forest.import_wanted_at, Some(at(2)));
}
