//! Groups of the cloud, and the groups that a person is in.

use writeback_model::{GroupId, TenantId, UserId};
use writeback_sync::Profile;
use writeback_wire::http::RemovedWhy;

use super::{
    Fixture,
    directory::{
        add, anchor, apply, attributes, group, imported, imported_by, removals, user, user_id,
    },
    given::{at, audit, corp, records, uuid, with_tenant},
};
use crate::{
    GroupMember, GroupOrigin, GroupRef, GroupStore, MemberAnswer, NewCloudUser, NewGroup, Store,
};

/// The identifier of a group of the cloud.
pub(super) fn cloud_group(number: u128) -> GroupId {
    GroupId::from_uuid(uuid(7000 + number))
}

/// The identifier of a synchronised group.
pub(super) fn synced_group(number: u8) -> GroupId {
    GroupId::from_uuid(anchor(number).guid())
}

/// A new group of the cloud, named by its number.
pub(super) async fn new_group(store: &impl Store, tenant: TenantId, number: u128) -> GroupId {
    let group = NewGroup {
        id: cloud_group(number),
        name: format!("Cloud{number}"),
    };
    let record = audit(tenant, "Add group");
    assert!(
        store
            .add_group(tenant, &group, at(0), &record)
            .await
            .unwrap()
    );
    group.id
}

/// A new person of the cloud alone.
pub(super) async fn cloud_user(store: &impl Store, tenant: TenantId, number: u8) -> UserId {
    let mut attributes = attributes(number);
    attributes.account_name = String::new();
    attributes.netbios = None;
    let user = NewCloudUser {
        id: user_id(number),
        attributes,
        holds_admin_role: false,
    };
    let record = audit(tenant, "User created");
    assert!(
        store
            .add_cloud_user(tenant, &user, at(0), &record)
            .await
            .unwrap()
    );
    user.id
}

pub(super) async fn put_into(
    store: &impl Store,
    tenant: TenantId,
    group: GroupId,
    member: GroupMember,
) -> MemberAnswer {
    let record = audit(tenant, "Add member to group");
    store
        .add_group_member(tenant, group, member, at(1), &record)
        .await
        .unwrap()
}

pub(super) async fn take_out(
    store: &impl Store,
    tenant: TenantId,
    group: GroupId,
    member: GroupMember,
) -> MemberAnswer {
    let record = audit(tenant, "Remove member from group");
    store
        .remove_group_member(tenant, group, member, at(1), &record)
        .await
        .unwrap()
}

async fn names_of(store: &impl Store, tenant: TenantId, user: UserId) -> Vec<String> {
    let groups = store.groups_of(tenant, user).await.unwrap();
    groups.into_iter().map(|group| group.name).collect()
}

pub async fn a_group_comes_back_as_it_was_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = new_group(&store, tenant, 1).await;
    let kept = GroupRef {
        id,
        name: "Cloud1".to_owned(),
        origin: GroupOrigin::Cloud,
    };
    assert_eq!(store.group(tenant, id).await.unwrap(), Some(kept.clone()));
    let by_name = store.groups_by_name(tenant, "cLOUD1").await.unwrap();
    assert_eq!(by_name, std::slice::from_ref(&kept));
    assert_eq!(store.groups(tenant).await.unwrap(), [kept]);
    assert_eq!(store.group(tenant, cloud_group(2)).await.unwrap(), None);
}

pub async fn a_name_is_one_groups_whatever_the_case<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    new_group(&store, tenant, 1).await;
    let before = records(&store, tenant).await;
    let same = NewGroup {
        id: cloud_group(2),
        name: "CLOUD1".to_owned(),
    };
    let record = audit(tenant, "Add group");
    assert!(
        !store
            .add_group(tenant, &same, at(0), &record)
            .await
            .unwrap()
    );
    assert_eq!(records(&store, tenant).await, before);
}

pub async fn synchronised_groups_are_groups_too<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    new_group(&store, tenant, 1).await;
    imported(&store, tenant, 1, &[user(1), group(11, &[1])]).await;
    let synced = GroupRef {
        id: synced_group(11),
        name: "Group11".to_owned(),
        origin: GroupOrigin::Synchronised {
            forest: corp(),
            dn: group(11, &[]).dn,
        },
    };
    let all = store.groups(tenant).await.unwrap();
    assert_eq!((all.len(), &all[1]), (2, &synced));
    let one = store.group(tenant, synced.id).await.unwrap();
    assert_eq!(one, Some(synced.clone()));
    for name in ["group11".to_owned(), group(11, &[]).dn.to_uppercase()] {
        let found = store.groups_by_name(tenant, &name).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&synced), "{name}");
    }
    // Only the directory changes it.
    let member = GroupMember::User(cloud_user(&store, tenant, 9).await);
    let answer = put_into(&store, tenant, synced.id, member).await;
    assert_eq!(answer, MemberAnswer::NoGroup);
    let record = audit(tenant, "Delete group");
    let deleted = store.delete_group(tenant, synced.id, at(1), &record).await;
    assert!(!deleted.unwrap());
}

pub async fn members_come_and_go<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (outer, inner) = (
        new_group(&store, tenant, 1).await,
        new_group(&store, tenant, 2).await,
    );
    let user = GroupMember::User(cloud_user(&store, tenant, 1).await);
    let group = GroupMember::Group(inner);
    for (member, answer) in [
        (group, MemberAnswer::Done),
        (user, MemberAnswer::Done),
        (user, MemberAnswer::AsBefore),
        (group, MemberAnswer::AsBefore),
        (GroupMember::User(user_id(9)), MemberAnswer::NoMember),
        (GroupMember::Group(cloud_group(9)), MemberAnswer::NoMember),
    ] {
        let before = records(&store, tenant).await;
        assert_eq!(put_into(&store, tenant, outer, member).await, answer);
        let kept = usize::from(answer == MemberAnswer::Done);
        assert_eq!(records(&store, tenant).await, before + kept);
    }
    let members = store.group_members(tenant, outer).await.unwrap();
    assert_eq!(members, [user, group]);
    let nowhere = put_into(&store, tenant, cloud_group(9), user).await;
    assert_eq!(nowhere, MemberAnswer::NoGroup);
    assert_eq!(
        take_out(&store, tenant, outer, user).await,
        MemberAnswer::Done
    );
    assert_eq!(
        take_out(&store, tenant, outer, user).await,
        MemberAnswer::AsBefore
    );
    let members = store.group_members(tenant, outer).await.unwrap();
    assert_eq!(members, [group]);
}

pub async fn a_person_is_in_the_groups_of_their_groups<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    // Groups of the directory in groups of the cloud, in groups of the cloud.
    let objects = [user(1), user(2), group(11, &[12]), group(12, &[1])];
    imported(&store, tenant, 1, &objects).await;
    apply(&store, tenant, &[1, 2].map(|n| add(&corp(), n))).await;
    let (first, second) = (
        new_group(&store, tenant, 1).await,
        new_group(&store, tenant, 2).await,
    );
    let inner = GroupMember::Group(synced_group(11));
    put_into(&store, tenant, first, inner).await;
    put_into(&store, tenant, second, GroupMember::Group(first)).await;
    put_into(&store, tenant, second, GroupMember::User(user_id(2))).await;
    assert_eq!(
        names_of(&store, tenant, user_id(1)).await,
        ["Cloud1", "Cloud2", "Group11", "Group12"]
    );
    assert_eq!(names_of(&store, tenant, user_id(2)).await, ["Cloud2"]);
    for (group, users) in [
        (second, vec![user_id(1), user_id(2)]),
        (first, vec![user_id(1)]),
        (synced_group(11), vec![user_id(1)]),
        (cloud_group(9), vec![]),
    ] {
        let inside = store.users_in_group(tenant, group).await.unwrap();
        assert_eq!(inside, users);
    }
    // Out of the directory's group, out of all.
    let gone = removals(0, &[(12, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &corp(), 2, Profile::DeltaImport, &gone).await;
    assert_eq!(names_of(&store, tenant, user_id(1)).await, [""; 0]);
}

pub async fn members_by_primary_group_are_in_the_clouds_groups_too<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let mut everybody = group(11, &[]);
    everybody.rid = Some(513);
    imported(&store, tenant, 1, &[user(1), everybody]).await;
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    let outer = new_group(&store, tenant, 1).await;
    put_into(&store, tenant, outer, GroupMember::Group(synced_group(11))).await;
    let inside = store.users_in_group(tenant, outer).await.unwrap();
    assert_eq!(inside, [user_id(1)]);
    assert_eq!(
        names_of(&store, tenant, user_id(1)).await,
        ["Cloud1", "Group11"]
    );
}

pub async fn circles_end_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = cloud_user(&store, tenant, 1).await;
    let mut groups = Vec::new();
    for number in 1..=5 {
        groups.push(new_group(&store, tenant, number).await);
    }
    // 1 in 2 in … in 5 in 1, and 3 in itself.
    for (position, group) in groups.iter().enumerate() {
        let next = groups[(position + 1) % groups.len()];
        put_into(&store, tenant, next, GroupMember::Group(*group)).await;
    }
    let third = GroupMember::Group(groups[2]);
    let answer = put_into(&store, tenant, groups[2], third).await;
    assert_eq!(answer, MemberAnswer::Done);
    put_into(&store, tenant, groups[3], GroupMember::User(user)).await;
    let names = names_of(&store, tenant, user).await;
    assert_eq!(names, ["Cloud1", "Cloud2", "Cloud3", "Cloud4", "Cloud5"]);
    for group in groups {
        let inside = store.users_in_group(tenant, group).await.unwrap();
        assert_eq!(inside, [user]);
    }
}

pub async fn a_deleted_group_is_nowhere<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = cloud_user(&store, tenant, 1).await;
    let (outer, inner) = (
        new_group(&store, tenant, 1).await,
        new_group(&store, tenant, 2).await,
    );
    put_into(&store, tenant, outer, GroupMember::Group(inner)).await;
    put_into(&store, tenant, inner, GroupMember::User(user)).await;
    let record = audit(tenant, "Delete group");
    let deleted = store.delete_group(tenant, inner, at(1), &record).await;
    assert!(deleted.unwrap());
    let again = store.delete_group(tenant, inner, at(1), &record).await;
    assert!(!again.unwrap());
    assert_eq!(store.group_members(tenant, outer).await.unwrap(), []);
    assert_eq!(store.groups_of(tenant, user).await.unwrap(), []);
    // Made anew under its name, it is another.
    new_group(&store, tenant, 2).await;
    assert_eq!(store.groups_of(tenant, user).await.unwrap(), []);
}
