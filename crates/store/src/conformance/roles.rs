//! Administrators' roles.

use writeback_model::{Role, TenantId, UserId};
use writeback_sync::Keys;

use super::{
    Fixture,
    cloud_groups::cloud_user,
    directory::{attributes, user_id},
    given::{at, at_once, audit, records, with_tenant},
};
use crate::{
    CloudUserAnswer, CloudUserStore, GrantAnswer, NewCloudUser, PasswordHash, RevokeAnswer,
    RoleHolder, RoleStore, Store, UserPassword, UserStore,
};

const GLOBAL: Role = Role::GlobalAdministrator;

async fn grant(store: &impl Store, tenant: TenantId, user: UserId, role: Role) -> GrantAnswer {
    let record = audit(tenant, "Add member to role");
    store
        .grant_role(tenant, user, role, at(1), &record)
        .await
        .unwrap()
}

async fn revoke(store: &impl Store, tenant: TenantId, user: UserId, role: Role) -> RevokeAnswer {
    let record = audit(tenant, "Remove member from role");
    store
        .revoke_role(tenant, user, role, &record)
        .await
        .unwrap()
}

/// Whether synchronisation sees an administrator.
async fn is_administrator(store: &impl Store, tenant: TenantId, user: UserId) -> bool {
    let keys = Keys {
        users: [user].into(),
        ..Keys::default()
    };
    let people = store.people(tenant, &keys).await.unwrap();
    people[0].holds_admin_role
}

pub async fn roles_are_granted_once_and_revoked<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = cloud_user(&store, tenant, 1).await;
    let before = records(&store, tenant).await;
    for (role, answer) in [
        (Role::ReportsReader, GrantAnswer::Granted),
        (Role::HelpdeskAdministrator, GrantAnswer::Granted),
        (Role::ReportsReader, GrantAnswer::AsBefore),
    ] {
        assert_eq!(grant(&store, tenant, user, role).await, answer);
    }
    assert_eq!(
        store.roles_of(tenant, user).await.unwrap(),
        [Role::HelpdeskAdministrator, Role::ReportsReader]
    );
    let holders = store.role_holders(tenant).await.unwrap();
    assert_eq!(
        holders[1],
        RoleHolder {
            user,
            name: "User1@Corp.Test".to_owned(),
            role: Role::ReportsReader,
            granted_at: at(1),
            acts: true,
        }
    );
    assert_eq!(records(&store, tenant).await, before + 2);
    let answer = revoke(&store, tenant, user, Role::ReportsReader).await;
    assert_eq!(answer, RevokeAnswer::Revoked);
    let answer = revoke(&store, tenant, user, Role::ReportsReader).await;
    assert_eq!(answer, RevokeAnswer::AsBefore);
    assert_eq!(records(&store, tenant).await, before + 3);
    let nobody = grant(&store, tenant, user_id(9), GLOBAL).await;
    assert_eq!(nobody, GrantAnswer::NoUser);
}

pub async fn whoever_holds_a_role_is_an_administrator<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = cloud_user(&store, tenant, 1).await;
    assert!(!is_administrator(&store, tenant, user).await);
    for role in [Role::ReportsReader, Role::UserAdministrator] {
        grant(&store, tenant, user, role).await;
        assert!(is_administrator(&store, tenant, user).await);
    }
    revoke(&store, tenant, user, Role::ReportsReader).await;
    assert!(is_administrator(&store, tenant, user).await);
    revoke(&store, tenant, user, Role::UserAdministrator).await;
    assert!(!is_administrator(&store, tenant, user).await);
}

pub async fn who_is_made_an_administrator_holds_the_role<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = NewCloudUser {
        id: user_id(1),
        attributes: attributes(1),
        holds_admin_role: true,
    };
    let record = audit(tenant, "User created");
    store
        .add_cloud_user(tenant, &user, at(0), &record)
        .await
        .unwrap();
    assert_eq!(store.roles_of(tenant, user.id).await.unwrap(), [GLOBAL]);
    assert!(is_administrator(&store, tenant, user.id).await);
}

pub async fn the_last_global_administrator_stays<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (first, second) = (
        cloud_user(&store, tenant, 1).await,
        cloud_user(&store, tenant, 2).await,
    );
    let is_last = async |user| {
        store
            .is_last_global_administrator(tenant, user)
            .await
            .unwrap()
    };
    assert!(!is_last(first).await, "nobody is one yet");
    grant(&store, tenant, first, GLOBAL).await;
    grant(&store, tenant, first, Role::ReportsReader).await;
    assert!(is_last(first).await);
    assert!(!is_last(second).await);
    let before = records(&store, tenant).await;
    assert_eq!(
        revoke(&store, tenant, first, GLOBAL).await,
        RevokeAnswer::LastGlobalAdministrator
    );
    assert_eq!(records(&store, tenant).await, before);
    // Another role of theirs can go.
    let answer = revoke(&store, tenant, first, Role::ReportsReader).await;
    assert_eq!(answer, RevokeAnswer::Revoked);
    grant(&store, tenant, second, GLOBAL).await;
    assert!(!is_last(first).await);
    let answer = revoke(&store, tenant, first, GLOBAL).await;
    assert_eq!(answer, RevokeAnswer::Revoked);
    assert!(is_last(second).await);
}

pub async fn whoever_cannot_sign_in_is_no_other_administrator<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (first, second) = (
        cloud_user(&store, tenant, 1).await,
        cloud_user(&store, tenant, 2).await,
    );
    for user in [first, second] {
        grant(&store, tenant, user, GLOBAL).await;
    }
    let is_last = async |user| {
        store
            .is_last_global_administrator(tenant, user)
            .await
            .unwrap()
    };
    // Nobody can sign in: each acts beside the other.
    assert!(!is_last(first).await && !is_last(second).await);
    set_password(&store, tenant, first).await;
    assert!(is_last(first).await && !is_last(second).await);
    let refused = RevokeAnswer::LastGlobalAdministrator;
    assert_eq!(revoke(&store, tenant, first, GLOBAL).await, refused);
    let record = audit(tenant, "User changed");
    let deleted = store.delete_cloud_user(tenant, first, &record).await;
    assert_eq!(deleted.unwrap(), CloudUserAnswer::LastGlobalAdministrator);
    set_password(&store, tenant, second).await;
    assert!(!is_last(first).await && !is_last(second).await);
    let answer = revoke(&store, tenant, first, GLOBAL).await;
    assert_eq!(answer, RevokeAnswer::Revoked);
    assert!(is_last(second).await);
}

async fn set_password(store: &impl Store, tenant: TenantId, user: UserId) {
    let hash = PasswordHash::from_phc("$argon2id$v=19$m=1,t=1,p=1$salt$hash".to_owned());
    let password = UserPassword {
        hash: hash.unwrap(),
        must_change: false,
        set_at: at(1),
    };
    let record = audit(tenant, "Password set");
    let set = store.set_user_password(tenant, user, &password, None, &record);
    assert!(set.await.unwrap());
}

pub async fn of_many_revocations_at_once_one_administrator_stays<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for number in 1..=8 {
        let user = cloud_user(&store, tenant, number).await;
        grant(&store, tenant, user, GLOBAL).await;
    }
    let answers = at_once(fixture, 8, move |store, turn| async move {
        let user = user_id(u8::try_from(turn + 1).unwrap());
        revoke(&*store, tenant, user, GLOBAL).await
    })
    .await;
    let refused = |answer: &&RevokeAnswer| **answer == RevokeAnswer::LastGlobalAdministrator;
    assert_eq!(answers.iter().filter(refused).count(), 1);
    let holders = store.role_holders(tenant).await.unwrap();
    assert_eq!(holders.len(), 1);
}
