//! Tenants know nothing of each other's groups, roles and licences.

use writeback_model::{Role, TenantId, UserId};
use writeback_policy::licence::{SetState, Term};

use super::{
    Fixture,
    cloud_groups::{cloud_group, new_group, put_into, synced_group, take_out},
    directory::{add_as, apply, attributes, group, imported, user},
    given::{at, audit, corp, tenant, uuid, with_tenant},
    licences::{assign, bought},
};
use crate::{
    AssignAnswer, Assignee, GrantAnswer, GroupMember, GroupStore, LicenceStore, MemberAnswer,
    RevokeAnswer, RoleStore, Store,
};

/// Fills a tenant: a person of its own, who is in a synchronised group in a group of the cloud,
/// is an administrator, and has the only seat of a licence by that group. Groups, objects and
/// SKUs have the same identifiers in every tenant.
async fn fill(store: &impl Store, tenant: TenantId, number: u128) -> UserId {
    imported(store, tenant, number, &[user(1), group(11, &[1])]).await;
    let person = UserId::from_uuid(uuid(9000 + number));
    let mut add = add_as(&corp(), 1, attributes(1));
    if let writeback_sync::Change::Add { user, .. } = &mut add.change {
        *user = person;
    }
    apply(store, tenant, &[add]).await;
    let cloud = new_group(store, tenant, 1).await;
    put_into(store, tenant, cloud, GroupMember::Group(synced_group(11))).await;
    put_into(store, tenant, cloud, GroupMember::User(person)).await;
    let record = audit(tenant, "Add member to role");
    let granted = store.grant_role(tenant, person, Role::GlobalAdministrator, at(1), &record);
    assert_eq!(granted.await.unwrap(), GrantAnswer::Granted);
    let sku = bought(store, tenant, Some(1)).await;
    let answer = assign(store, tenant, sku, Assignee::Group(cloud), at(1)).await;
    assert_eq!(answer, AssignAnswer::Assigned { without_seat: 0 });
    person
}

/// All that a tenant has, as text.
async fn all_of(store: &impl Store, tenant: TenantId, person: UserId) -> Vec<String> {
    let mut all = vec![
        format!("{:?}", store.groups(tenant).await.unwrap()),
        format!("{:?}", store.groups_of(tenant, person).await.unwrap()),
        format!("{:?}", store.roles_of(tenant, person).await.unwrap()),
        format!("{:?}", store.role_holders(tenant).await.unwrap()),
        format!(
            "{:?}",
            store
                .is_last_global_administrator(tenant, person)
                .await
                .unwrap()
        ),
        format!("{:?}", store.skus(tenant, at(1)).await.unwrap()),
        format!("{:?}", store.licence_assignments(tenant).await.unwrap()),
        format!(
            "{:?}",
            store.held_licences(tenant, person, at(1)).await.unwrap()
        ),
    ];
    for group in [cloud_group(1), synced_group(11)] {
        all.push(format!("{:?}", store.group(tenant, group).await.unwrap()));
        let users = store.users_in_group(tenant, group).await.unwrap();
        all.push(format!("{users:?}"));
    }
    let members = store.group_members(tenant, cloud_group(1)).await.unwrap();
    all.push(format!("{members:?}"));
    let by_name = store.groups_by_name(tenant, "cloud1").await.unwrap();
    all.push(format!("{by_name:?}"));
    all
}

pub async fn a_tenant_sees_none_of_anothers_groups_roles_and_licences<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let nobody = UserId::from_uuid(uuid(9001));
    let nothing = all_of(&store, other, nobody).await;
    let person = fill(&store, mine, 1).await;
    assert_eq!(person, nobody);
    for (mine, nothing) in all_of(&store, mine, person).await.iter().zip(&nothing) {
        assert_ne!(mine, nothing, "there is something to be seen");
    }
    assert_eq!(all_of(&store, other, person).await, nothing);
    // And with the same groups and SKUs in both, each sees its own people.
    let theirs = fill(&store, other, 2).await;
    let inside = store.users_in_group(other, cloud_group(1)).await.unwrap();
    assert_eq!(inside, [theirs]);
    assert_eq!(store.groups_of(other, person).await.unwrap(), []);
    assert_eq!(store.held_licences(other, person, at(1)).await.unwrap(), []);
}

pub async fn a_tenant_changes_none_of_anothers_groups_roles_and_licences<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let person = fill(&store, mine, 1).await;
    fill(&store, other, 2).await;
    let before = all_of(&store, mine, person).await;
    let record = audit(other, "Something");
    let sku = bought_in(&store, mine).await;
    let them = GroupMember::User(person);
    let answer = put_into(&store, other, cloud_group(1), them).await;
    assert_eq!(answer, MemberAnswer::NoMember);
    let answer = take_out(&store, other, cloud_group(1), them).await;
    assert_eq!(answer, MemberAnswer::AsBefore);
    let role = Role::GlobalAdministrator;
    let granted = store.grant_role(other, person, role, at(1), &record).await;
    assert_eq!(granted.unwrap(), GrantAnswer::NoUser);
    let revoked = store.revoke_role(other, person, role, &record).await;
    assert_eq!(revoked.unwrap(), RevokeAnswer::AsBefore);
    let to = Assignee::User(person);
    let answer = assign(&store, other, sku, to, at(1)).await;
    assert_eq!(answer, AssignAnswer::NoAssignee);
    let taken = store.unassign_licence(other, sku, to, at(1), &record).await;
    assert!(!taken.unwrap());
    // What it does to its own of the same identifiers stays with it.
    let none = Term {
        set: SetState::Expired,
        ends_at: None,
    };
    assert!(store.set_term(other, sku, none, &record).await.unwrap());
    store
        .set_seats(other, sku, Some(0), at(1), &record)
        .await
        .unwrap();
    store
        .settle_seats(other, at(9_000_000), &record)
        .await
        .unwrap();
    let group = Assignee::Group(cloud_group(1));
    let taken = store
        .unassign_licence(other, sku, group, at(1), &record)
        .await;
    assert!(taken.unwrap());
    let deleted = store
        .delete_group(other, cloud_group(1), at(1), &record)
        .await;
    assert!(deleted.unwrap());
    assert_eq!(all_of(&store, mine, person).await, before);
}

/// The SKU that both have bought.
async fn bought_in(store: &impl Store, tenant: TenantId) -> writeback_policy::licence::SkuId {
    let skus = store.skus(tenant, at(1)).await.unwrap();
    let bought = skus.iter().find(|sku| sku.sku.prepaid.is_some());
    bought.unwrap().sku.id
}
