//! Reading connector spaces.

use writeback_model::TenantId;
use writeback_sync::{Problem, Profile};
use writeback_wire::http::{ImportedObject, RemovedWhy};

use super::{
    Fixture,
    directory::{
        add, anchor, apply, apply_at, attribute_problem, batch, group, imported, imported_by,
        pending, problematic, removals, user, with_problem,
    },
    given::{at, corp, lake, with_tenant},
};
use crate::{ConnectorStore, ObjectCounts, Store, SyncStore, Which};

/// The numbers of the objects that go by a name.
async fn named(store: &impl Store, tenant: TenantId, name: &str) -> Vec<u8> {
    let found = store.objects_by_name(tenant, name).await.unwrap();
    found.iter().map(|it| it.anchor.bytes()[0]).collect()
}

pub async fn objects_come_in_pages_by_anchor<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    // The highest bytes, too: anchors are no signed numbers and no text.
    let numbers = [0, 1, 65, 127, 128, 255];
    imported(&store, tenant, 1, &numbers.map(user)).await;
    for which in [Which::Pending, Which::All] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = store.objects(tenant, &corp(), which, after, 2).await;
            let page = page.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= 2);
            after = Some(last.anchor);
            seen.extend(page.iter().map(|object| object.anchor));
        }
        assert_eq!(seen, numbers.map(anchor));
    }
}

pub async fn an_object_with_an_error_stays_pending<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[1, 2, 3].map(user)).await;
    let suffix = "corp.test".to_owned();
    let decisions = [
        problematic(&corp(), 1, &[Problem::ManyMatches]),
        problematic(&corp(), 2, &[Problem::UpnSuffixNotVerified { suffix }]),
        problematic(&corp(), 3, &[]),
    ];
    for _ in 0..2 {
        apply(&store, tenant, &decisions).await;
        assert_eq!(pending(&store, tenant).await, [anchor(1)]);
    }
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    assert_eq!(pending(&store, tenant).await, []);
}

pub async fn a_changed_group_is_seen<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let is_pending = async |forest| store.group_is_pending(tenant, &forest).await.unwrap();
    imported(&store, tenant, 1, &[user(1)]).await;
    assert!(!is_pending(corp()).await);
    imported(&store, tenant, 2, &[user(1), group(2, &[])]).await;
    assert!(is_pending(corp()).await);
    assert!(!is_pending(lake()).await);
    apply(&store, tenant, &[problematic(&corp(), 2, &[])]).await;
    assert!(!is_pending(corp()).await);
    let gone = removals(0, &[(2, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 3, Profile::DeltaImport, &gone).await;
    assert!(is_pending(corp()).await);
}

pub async fn objects_are_found_by_any_of_their_names<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let mut twin = user(2);
    twin.attributes
        .insert("mail".to_owned(), vec!["ÜSER1@corp.test".to_owned()]);
    // How the rules write an attribute's name is their affair.
    let mail = twin.attributes.remove("mail").unwrap();
    twin.attributes.insert("MAIL".to_owned(), mail);
    imported(&store, tenant, 1, &[user(1), twin, group(3, &[])]).await;
    let other = batch(0, &[user(1)]);
    imported_by(&store, tenant, &lake(), 2, Profile::FullImport, &other).await;

    let dn = user(1).dn.to_uppercase();
    let guid = anchor(1).guid().to_string();
    let guid_in_capitals = guid.to_uppercase();
    for name in [
        "USER1@corp.test",
        "mail1@example.test",
        "uSER1",
        &dn,
        &guid,
        &guid_in_capitals,
        &anchor(1).to_string(),
    ] {
        assert_eq!(named(&store, tenant, name).await, [1, 1], "{name}");
    }
    assert_eq!(named(&store, tenant, "üser1@corp.test").await, [2]);
    assert_eq!(named(&store, tenant, "group3").await, [3]);
    for name in ["nobody", "", "user%", "User1@Corp.Test ", "CN=Üser 1"] {
        assert_eq!(named(&store, tenant, name).await, [0; 0], "{name}");
    }
}

pub async fn problems_are_listed_errors_first<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let objects = [with_problem(1), user(2), user(3), user(4), with_problem(5)];
    imported(&store, tenant, 1, &objects).await;
    let warning = Problem::AnchorChanged;
    let error = Problem::ManyMatches;
    let decisions = [
        add(&corp(), 1),
        problematic(&corp(), 2, std::slice::from_ref(&warning)),
        problematic(&corp(), 3, &[warning.clone(), error.clone()]),
        add(&corp(), 4),
        problematic(&corp(), 5, std::slice::from_ref(&error)),
    ];
    apply(&store, tenant, &decisions).await;
    let all = [
        (anchor(3), user(3).dn, vec![warning.clone(), error.clone()]),
        (anchor(5), user(5).dn, vec![error, attribute_problem()]),
        (anchor(1), user(1).dn, vec![attribute_problem()]),
        (anchor(2), user(2).dn, vec![warning]),
    ];
    assert_eq!(store.problems(tenant, &corp(), 9).await.unwrap(), all);
    assert_eq!(store.problems(tenant, &corp(), 1).await.unwrap(), all[..1]);
    assert_eq!(store.problems(tenant, &lake(), 9).await.unwrap(), []);

    // What is gone has none that anybody should mend.
    let gone = removals(0, &[(3, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &gone).await;
    let left = store.problems(tenant, &corp(), 9).await.unwrap();
    assert_eq!(left, all[1..]);
}

pub async fn objects_are_counted<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let none = store.count_objects(tenant, &corp()).await.unwrap();
    assert_eq!(none, ObjectCounts::default());
    let objects = [user(1), user(2), with_problem(3), group(4, &[]), user(5)];
    imported(&store, tenant, 1, &objects).await;
    let error = problematic(&lake(), 1, &[Problem::ManyMatches]);
    let of_lake = batch(0, &[user(1)]);
    imported_by(&store, tenant, &lake(), 2, Profile::FullImport, &of_lake).await;
    apply_at(&store, tenant, &lake(), &[error], at(3)).await;
    let gone = removals(0, &[(5, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 3, Profile::DeltaImport, &gone).await;
    let counts = |users, groups, with_problems| ObjectCounts {
        users,
        groups,
        with_problems,
    };
    let corp = store.count_objects(tenant, &corp()).await.unwrap();
    assert_eq!(corp, counts(3, 1, 1));
    let lake = store.count_objects(tenant, &lake()).await.unwrap();
    assert_eq!(lake, counts(1, 0, 1));
}

pub async fn what_is_gone_and_settled_is_forgotten<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1), user(2), group(3, &[])]).await;
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    imported(&store, tenant, 2, &[]).await;
    let decisions = [1, 2, 3].map(|number| problematic(&corp(), number, &[]));
    // Joined to somebody, it stays.
    apply(&store, tenant, &decisions).await;
    let all = store.objects(tenant, &corp(), Which::All, None, 9).await;
    let all: Vec<_> = all.unwrap().iter().map(|object| object.anchor).collect();
    assert_eq!(all, [anchor(1)]);
    // And it may come again.
    assert_eq!(imported(&store, tenant, 3, &[user(2)]).await, (0, true));
    assert_eq!(pending(&store, tenant).await, [anchor(2)]);
}

pub async fn users_without_a_consistency_guid_are_listed<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let has_one = ImportedObject {
        consistency_guid: Some(anchor(200)),
        ..user(1)
    };
    let objects = [has_one, user(2), user(3), user(4), user(5), group(6, &[])];
    imported(&store, tenant, 1, &objects).await;
    // The third is joined to nobody.
    apply(&store, tenant, &[1, 2, 4, 5].map(|n| add(&corp(), n))).await;
    let gone = removals(0, &[(5, RemovedWhy::OutOfScope)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &gone).await;
    let without = async |after, limit| {
        store
            .without_consistency_guid(tenant, &corp(), after, limit)
            .await
            .unwrap()
    };
    assert_eq!(
        without(None, 9).await,
        [(corp(), anchor(2)), (corp(), anchor(4))]
    );
    assert_eq!(without(None, 1).await, [(corp(), anchor(2))]);
    assert_eq!(without(Some(anchor(2)), 9).await, [(corp(), anchor(4))]);
}
