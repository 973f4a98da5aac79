//! Who is in which group.

use writeback_model::{DomainName, SourceAnchor, TenantId};
use writeback_sync::{Change, Profile, Standing};
use writeback_wire::http::{ImportedObject, RemovedWhy};

use super::{
    Fixture,
    directory::{
        account, add, anchor, apply, apply_at, batch, decision, group, imported, imported_by,
        removals, user, user_id,
    },
    given::{at, corp, domain, lake, with_tenant},
};
use crate::{ConnectorStore, Group, Store};

async fn members(store: &impl Store, tenant: TenantId, number: u8) -> Option<Vec<SourceAnchor>> {
    let guid = anchor(number).guid().to_string();
    store
        .members_of_group(tenant, &corp(), &guid)
        .await
        .unwrap()
}

fn users(numbers: &[u8]) -> Option<Vec<SourceAnchor>> {
    Some(numbers.iter().copied().map(anchor).collect())
}

fn as_read(forest: &DomainName, number: u8) -> Group {
    Group {
        forest: forest.clone(),
        anchor: anchor(number),
        name: format!("Group{number}"),
        dn: group(number, &[]).dn,
    }
}

/// A group that is the primary one of those whose `primaryGroupID` is its `rid`.
fn primary(number: u8, rid: u32) -> ImportedObject {
    ImportedObject {
        rid: Some(rid),
        ..group(number, &[])
    }
}

pub async fn members_come_through_other_groups_too<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let objects = [
        user(1),
        user(2),
        user(3),
        user(4),
        group(11, &[1, 12]),
        group(12, &[2, 13, 1]),
        group(13, &[3]),
        group(14, &[]),
    ];
    imported(&store, tenant, 1, &objects).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[1, 2, 3]));
    assert_eq!(members(&store, tenant, 13).await, users(&[3]));
    assert_eq!(members(&store, tenant, 14).await, users(&[]));
}

pub async fn groups_that_contain_each_other_end_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let objects = [
        user(1),
        group(11, &[11, 12]),
        group(12, &[13]),
        group(13, &[11, 1]),
    ];
    imported(&store, tenant, 1, &objects).await;
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    for number in [11, 12, 13] {
        assert_eq!(members(&store, tenant, number).await, users(&[1]));
    }
    let groups = store.groups_of_user(tenant, user_id(1)).await.unwrap();
    assert_eq!(groups, [11, 12, 13].map(|number| as_read(&corp(), number)));
}

pub async fn members_by_primary_group_count<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let of_other_domain = ImportedObject {
        domain: domain("sub.corp.test"),
        ..user(2)
    };
    let of_other_group = ImportedObject {
        primary_group: Some(514),
        ..user(3)
    };
    let objects = [
        user(1),
        of_other_domain,
        of_other_group,
        user(4),
        primary(11, 513),
        group(12, &[11, 3]),
    ];
    imported(&store, tenant, 1, &objects).await;
    apply(&store, tenant, &[1, 2].map(|n| add(&corp(), n))).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[1, 4]));
    assert_eq!(members(&store, tenant, 12).await, users(&[1, 3, 4]));
    let groups = store.groups_of_user(tenant, user_id(1)).await.unwrap();
    assert_eq!(groups, [11, 12].map(|number| as_read(&corp(), number)));
    let groups = store.groups_of_user(tenant, user_id(2)).await.unwrap();
    assert_eq!(groups, []);
}

pub async fn a_group_is_named_by_dn_or_guid<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1), group(11, &[1])]).await;
    let of = async |forest: &DomainName, name: &str| {
        store.members_of_group(tenant, forest, name).await.unwrap()
    };
    for name in [
        group(11, &[]).dn,
        group(11, &[]).dn.to_uppercase(),
        anchor(11).guid().to_string(),
    ] {
        assert_eq!(of(&corp(), &name).await, users(&[1]), "{name}");
        assert_eq!(of(&lake(), &name).await, None);
    }
    for name in [user(1).dn, anchor(1).guid().to_string(), String::new()] {
        assert_eq!(of(&corp(), &name).await, None, "{name}");
    }
    // There is no such group any more.
    let gone = removals(0, &[(11, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &gone).await;
    assert_eq!(of(&corp(), &group(11, &[]).dn).await, None);
}

pub async fn memberships_change_with_the_group<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(
        &store,
        tenant,
        1,
        &[user(1), user(2), user(3), group(11, &[1, 2])],
    )
    .await;
    let change = async |number, group| {
        let delta = batch(0, &[group]);
        imported_by(
            &store,
            tenant,
            &corp(),
            number,
            Profile::DeltaImport,
            &delta,
        )
        .await;
    };
    change(2, group(11, &[3, 2])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[2, 3]));
    let named_twice = group(11, &[3, 3]);
    change(3, named_twice).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[3]));
    change(4, group(11, &[])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[]));
}

pub async fn a_member_may_come_after_its_group_and_go_before_it<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let import = async |number, delta| {
        imported_by(
            &store,
            tenant,
            &corp(),
            number,
            Profile::DeltaImport,
            &delta,
        )
        .await;
    };
    import(1, batch(0, &[group(11, &[1, 12])])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[]));
    import(2, batch(0, &[group(12, &[2]), user(1), user(2)])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[1, 2]));
    import(3, removals(0, &[(1, RemovedWhy::Deleted)])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[2]));
    import(4, removals(0, &[(12, RemovedWhy::OutOfScope)])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[]));
    // As it was: its members, too.
    import(5, batch(0, &[group(12, &[2])])).await;
    assert_eq!(members(&store, tenant, 11).await, users(&[2]));
}

pub async fn a_persons_groups_are_those_of_all_forests<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1), group(11, &[1])]).await;
    // The same anchors in the other forest are other objects.
    let of_lake = batch(0, &[user(1), user(2), group(12, &[2]), group(13, &[1])]);
    imported_by(&store, tenant, &lake(), 2, Profile::FullImport, &of_lake).await;
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    let of = async || store.groups_of_user(tenant, user_id(1)).await.unwrap();
    assert_eq!(of().await, [as_read(&corp(), 11)]);

    let second_account = Change::Update {
        user: user_id(1),
        source_anchor: None,
        attributes: super::directory::attributes(1),
        standing: Standing::Target(account(&corp(), 1)),
    };
    let joined = decision(&lake(), 2, second_account);
    apply_at(&store, tenant, &lake(), &[joined], at(4)).await;
    assert_eq!(of().await, [as_read(&corp(), 11), as_read(&lake(), 12)]);
    // An account that is gone is in no group.
    let gone = removals(0, &[(2, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &lake(), 3, Profile::DeltaImport, &gone).await;
    assert_eq!(of().await, [as_read(&corp(), 11)]);
    let nobody = store.groups_of_user(tenant, user_id(9)).await.unwrap();
    assert_eq!(nobody, []);
}
