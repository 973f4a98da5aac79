//! Sign-in sessions, passwords of people of the cloud alone, and smart lockout.

use jiff::SignedDuration;
use writeback_model::{Cause, Outcome, Role, SignInId, SignInSessionId, TenantId, UserId};
use writeback_policy::sign_in::{DirectoryLockout, Tried};
use writeback_sync::Attributes;
use writeback_wire::Evidence;

use super::{
    Fixture,
    given::{agent, at, at_once, audit, records, request, tenant, token, uuid, with_tenant},
};
use crate::{
    ClaimAnswer, CloudUserAnswer, CloudUserStore, CodeAnswer, ForestStore, NewCloudUser,
    NewRequest, PasswordHash, RequestStore, RoleStore, SignInSession, SignInSessionStore,
    SignInTryStore, Store, TenantStore, TryAnswer, UserPassword, UserStore,
};

const IDLE: SignedDuration = SignedDuration::from_secs(600);

fn user_id(number: u128) -> UserId {
    UserId::from_uuid(uuid(number))
}

fn session_id(number: u8) -> SignInSessionId {
    SignInSessionId::from_uuid(uuid(number.into()))
}

fn try_id(number: u128) -> SignInId {
    SignInId::from_uuid(uuid(number))
}

fn person(number: u128) -> NewCloudUser {
    NewCloudUser {
        id: user_id(number),
        attributes: Attributes {
            user_principal_name: format!("Person{number}@example.test"),
            mail: Some(format!("person{number}@mail.test")),
            enabled: true,
            ..Attributes::default()
        },
        holds_admin_role: false,
    }
}

/// Somebody of the cloud alone.
async fn user(store: &impl Store, tenant: TenantId, number: u128) -> UserId {
    let record = audit(tenant, "User created");
    assert!(
        store
            .add_cloud_user(tenant, &person(number), at(0), &record)
            .await
            .unwrap()
    );
    user_id(number)
}

fn session(tenant: TenantId, user: UserId, number: u8) -> SignInSession {
    SignInSession {
        id: session_id(number),
        tenant,
        user,
        token: token(number),
        created_at: at(0),
        seen_at: at(0),
        idle_ends_at: at(600),
        expires_at: at(3600),
        address: "192.0.2.1".to_owned(),
        user_agent: "test".to_owned(),
        must_change: false,
        second_factor_at: None,
    }
}

async fn signed_in(store: &impl Store, tenant: TenantId, user: UserId, number: u8) {
    let record = audit(tenant, "Sign-in");
    let session = session(tenant, user, number);
    assert!(store.add_sign_in_session(&session, &record).await.unwrap());
}

async fn is_open(store: &impl Store, number: u8, second: i64) -> bool {
    let found = store.use_sign_in_session(token(number), at(second), IDLE);
    found.await.unwrap().is_some()
}

fn password(number: u8) -> UserPassword {
    let hash = PasswordHash::from_phc(format!("$argon2id$v=19$m=1,t=1,p=1$salt$hash{number}"));
    UserPassword {
        hash: hash.unwrap(),
        must_change: false,
        set_at: at(1),
    }
}

pub async fn a_session_is_found_by_its_token<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = user(&store, tenant, 1).await;
    signed_in(&store, tenant, user, 1).await;
    let found = store.use_sign_in_session(token(1), at(1), IDLE).await;
    assert_eq!(found.unwrap(), Some(session(tenant, user, 1)));
    assert!(!is_open(&store, 2, 1).await);
    let nobody = session(tenant, user_id(9), 3);
    let record = audit(tenant, "Sign-in");
    assert!(!store.add_sign_in_session(&nobody, &record).await.unwrap());
}

pub async fn a_session_ends_when_it_is_idle_and_in_the_end<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = user(&store, tenant, 1).await;
    for number in [1, 2] {
        signed_in(&store, tenant, user, number).await;
    }
    for second in [500, 1000, 1500, 2000, 2500, 3000, 3500, 3599] {
        assert!(is_open(&store, 1, second).await, "{second}");
    }
    assert!(!is_open(&store, 1, 3600).await);
    assert!(is_open(&store, 2, 599).await);
    assert!(!is_open(&store, 2, 1199).await);
    let listed = store
        .sign_in_sessions(tenant, None, at(1199))
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
}

pub async fn sessions_are_revoked_one_or_all<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (one, two) = (user(&store, tenant, 1).await, user(&store, tenant, 2).await);
    for number in [1, 2, 3] {
        signed_in(&store, tenant, one, number).await;
    }
    signed_in(&store, tenant, two, 4).await;
    let record = audit(tenant, "Session revoked");
    let kept = records(&store, tenant).await;
    let revoke = async |user, id| {
        let done = store.revoke_sign_in_session(tenant, user, session_id(id), &record);
        done.await.unwrap()
    };
    assert!(!revoke(Some(two), 1).await, "it is somebody else's");
    assert!(revoke(Some(one), 1).await);
    assert!(!revoke(None, 1).await);
    assert_eq!(records(&store, tenant).await, kept + 1);
    let all = async |keep| {
        let done = store.revoke_sign_in_sessions(tenant, one, keep, &record);
        done.await.unwrap()
    };
    assert_eq!(all(Some(session_id(2))).await, 1);
    assert!(is_open(&store, 2, 1).await && !is_open(&store, 3, 1).await);
    assert_eq!(all(None).await, 1);
    assert_eq!(all(None).await, 0);
    assert_eq!(records(&store, tenant).await, kept + 3);
    assert!(is_open(&store, 4, 1).await, "somebody else's");
}

pub async fn who_is_disabled_removed_or_of_a_disabled_tenant_is_out<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let record = audit(tenant, "Something");
    for number in [1, 2, 3] {
        let user = user(&store, tenant, number).await;
        let number = u8::try_from(number).unwrap();
        signed_in(&store, tenant, user, number).await;
    }
    let mut attributes = person(1).attributes;
    for enabled in [false, true] {
        attributes.enabled = enabled;
        let changed = store
            .change_cloud_user(tenant, user_id(1), &attributes, at(2), &record)
            .await;
        assert_eq!(changed.unwrap(), CloudUserAnswer::Done);
        assert!(!is_open(&store, 1, 3).await, "enabling opens nothing again");
    }
    let removed = store.delete_cloud_user(tenant, user_id(2), &record).await;
    assert_eq!(removed.unwrap(), CloudUserAnswer::Done);
    assert!(!is_open(&store, 2, 3).await);
    assert!(is_open(&store, 3, 3).await);
    store.disable_tenant(tenant, at(3), &record).await.unwrap();
    assert!(!is_open(&store, 3, 4).await);
}

pub async fn a_second_factor_is_tried_so_many_times<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = user(&store, tenant, 1).await;
    signed_in(&store, tenant, user, 1).await;
    let record = audit(tenant, "Second factor");
    let attempt = async |code, second| {
        let answer =
            store.try_second_factor_code(tenant, session_id(1), token(code), at(second), &record);
        answer.await.unwrap()
    };
    assert_eq!(attempt(7, 1).await, CodeAnswer::Expired, "there is none");
    let set = async |code| {
        let done = store.set_second_factor_code(tenant, session_id(1), token(code), at(100), 2);
        assert!(done.await.unwrap());
    };
    set(7).await;
    assert_eq!(attempt(8, 1).await, CodeAnswer::Wrong { tries_left: 1 });
    assert_eq!(attempt(8, 1).await, CodeAnswer::Wrong { tries_left: 0 });
    let kept = records(&store, tenant).await;
    assert_eq!(attempt(7, 1).await, CodeAnswer::Exhausted);
    assert_eq!(
        records(&store, tenant).await,
        kept + 1,
        "recorded all the same"
    );
    set(7).await;
    assert_eq!(attempt(7, 100).await, CodeAnswer::Expired);
    assert_eq!(attempt(7, 99).await, CodeAnswer::Right);
    assert_eq!(attempt(7, 99).await, CodeAnswer::Expired, "it is spent");
    let found = store.use_sign_in_session(token(1), at(99), IDLE).await;
    assert_eq!(found.unwrap().unwrap().second_factor_at, Some(at(99)));
}

pub async fn a_new_password_ends_sessions_and_forgives<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = user(&store, tenant, 1).await;
    assert_eq!(store.user_password(tenant, user).await.unwrap(), None);
    for number in [1, 2] {
        signed_in(&store, tenant, user, number).await;
    }
    let key = user.to_string();
    lock(&store, tenant, &key).await;
    let record = audit(tenant, "Password changed");
    let set = async |user, number, keep| {
        let password = password(number);
        let done = store.set_user_password(tenant, user, &password, keep, &record);
        done.await.unwrap()
    };
    assert!(!set(user_id(9), 1, None).await, "nobody");
    assert!(set(user, 1, Some(session_id(2))).await);
    assert!(!is_open(&store, 1, 2).await && is_open(&store, 2, 2).await);
    assert!(set(user, 2, None).await);
    assert!(!is_open(&store, 2, 2).await);
    assert_eq!(
        store.user_password(tenant, user).await.unwrap(),
        Some(password(2))
    );
    let answer = store
        .begin_sign_in(tenant, &key, try_id(50), None, at(2))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::Go);
}

pub async fn people_are_changed_and_removed<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let record = audit(tenant, "User changed");
    for number in [1, 2] {
        user(&store, tenant, number).await;
    }
    let change = async |number, attributes: &Attributes| {
        let done = store.change_cloud_user(tenant, user_id(number), attributes, at(2), &record);
        done.await.unwrap()
    };
    let mut attributes = person(1).attributes;
    attributes.user_principal_name = "PERSON2@example.test".to_owned();
    assert_eq!(change(1, &attributes).await, CloudUserAnswer::NameTaken);
    assert_eq!(change(9, &attributes).await, CloudUserAnswer::Unknown);
    attributes.user_principal_name = "other@example.test".to_owned();
    assert_eq!(change(1, &attributes).await, CloudUserAnswer::Done);
    let found = store.user(tenant, user_id(1)).await.unwrap().unwrap();
    assert_eq!(
        (found.attributes, found.changed_at),
        (attributes.clone(), at(2))
    );

    let role = Role::GlobalAdministrator;
    let granted = store.grant_role(tenant, user_id(1), role, at(2), &record);
    granted.await.unwrap();
    attributes.enabled = false;
    let last = CloudUserAnswer::LastGlobalAdministrator;
    assert_eq!(change(1, &attributes).await, last);
    let removed = store.delete_cloud_user(tenant, user_id(1), &record).await;
    assert_eq!(removed.unwrap(), last);
    let removed = store.delete_cloud_user(tenant, user_id(2), &record).await;
    assert_eq!(removed.unwrap(), CloudUserAnswer::Done);
    assert_eq!(store.user(tenant, user_id(2)).await.unwrap(), None);
}

pub async fn many_people_are_kept_at_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    user(&store, tenant, 5).await;
    let record = audit(tenant, "User created");
    let people: Vec<_> = (100..240).map(person).collect();
    let mut with_taken = people.clone();
    with_taken.push(NewCloudUser {
        id: user_id(999),
        ..person(5)
    });
    let before = records(&store, tenant).await;
    let add = async |people: &[NewCloudUser], all| {
        let done = store.add_cloud_users(tenant, people, all, at(1), &record);
        done.await.unwrap()
    };
    assert_eq!(add(&with_taken, true).await, ["Person5@example.test"]);
    assert_eq!(records(&store, tenant).await, before, "all or none");
    assert_eq!(add(&with_taken, false).await, ["Person5@example.test"]);
    assert_eq!(records(&store, tenant).await, before + 140);
    let found = store.user(tenant, user_id(100)).await.unwrap().unwrap();
    assert_eq!(found.attributes, person(100).attributes);
    let names = ["person100@example.test", "nobody@example.test"].map(str::to_owned);
    let taken = store.taken_names(tenant, &names).await.unwrap();
    assert_eq!(taken, ["person100@example.test"]);
}

/// Ten wrong passwords.
async fn lock(store: &impl Store, tenant: TenantId, key: &str) {
    for number in 0..10 {
        let begun = store
            .begin_sign_in(tenant, key, try_id(number), None, at(0))
            .await;
        assert_eq!(begun.unwrap(), TryAnswer::Go);
        wrong(store, tenant, key, number, None).await;
    }
    let until = at(60);
    let answer = store
        .begin_sign_in(tenant, key, try_id(20), None, at(0))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::Locked { until });
}

async fn wrong(
    store: &impl Store,
    tenant: TenantId,
    key: &str,
    number: u128,
    directory: Option<DirectoryLockout>,
) {
    store
        .end_sign_in(tenant, key, try_id(number), Tried::Wrong, directory, at(0))
        .await
        .unwrap();
}

pub async fn wrong_passwords_lock_over_restarts<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    lock(&store, tenant, "k").await;
    let other = fixture.open().await;
    let answer = other
        .begin_sign_in(tenant, "k", try_id(30), None, at(59))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::Locked { until: at(60) });
    let answer = other
        .begin_sign_in(tenant, "j", try_id(30), None, at(59))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::Go);
    store.forgive_sign_ins(tenant, "k").await.unwrap();
    let answer = other
        .begin_sign_in(tenant, "k", try_id(31), None, at(59))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::Go);
}

pub async fn of_many_tries_at_once_one_goes<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let answers = at_once(fixture, 50, move |store, turn| async move {
        let id = try_id(u128::from(turn) + 1);
        let answer = store.begin_sign_in(tenant, "k", id, None, at(0)).await;
        answer.unwrap()
    })
    .await;
    let went = answers.iter().filter(|it| **it == TryAnswer::Go).count();
    assert_eq!(went, 1);
    assert_eq!(
        answers
            .iter()
            .filter(|it| **it == TryAnswer::UnderWay)
            .count(),
        49
    );
    // Lost: an answer to another one changes nothing.
    wrong(&store, tenant, "k", 999, None).await;
    let answer = store
        .begin_sign_in(tenant, "k", try_id(99), None, at(44))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::UnderWay);
}

pub async fn a_directorys_threshold_is_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let directory = Some(DirectoryLockout {
        threshold: 2,
        window: SignedDuration::from_mins(10),
    });
    let begun = store
        .begin_sign_in(tenant, "k", try_id(1), None, at(0))
        .await;
    assert_eq!(begun.unwrap(), TryAnswer::Go);
    wrong(&store, tenant, "k", 1, directory).await;
    let until = at(900);
    for second in [0, 86_400 - 1] {
        let answer = store
            .begin_sign_in(tenant, "k", try_id(2), None, at(second))
            .await;
        if second == 0 {
            assert_eq!(answer.unwrap(), TryAnswer::Locked { until });
        } else {
            assert_eq!(answer.unwrap(), TryAnswer::Go);
        }
    }
}

pub async fn a_clock_that_was_set_back_locks_nobody_for_longer<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let day = 86_400;
    let begin = async |key, number, second| {
        let begun = store.begin_sign_in(tenant, key, try_id(number), None, at(second));
        begun.await.unwrap()
    };
    // One that was lost, and a lock.
    assert_eq!(begin("lost", 1, 0).await, TryAnswer::Go);
    lock(&store, tenant, "locked").await;
    assert_eq!(begin("lost", 2, -day).await, TryAnswer::UnderWay);
    let answer = begin("locked", 3, -day).await;
    let TryAnswer::Locked { until } = answer else {
        panic!("{answer:?}")
    };
    assert!(until > at(-day) && until <= at(3600 - day), "{until}");
    assert_eq!(begin("lost", 4, 45 - day).await, TryAnswer::Go);
    assert_eq!(begin("locked", 5, 3600 - day).await, TryAnswer::Go);
}

pub async fn a_key_goes_by_the_policy_given_until_its_own_is_known<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let policy = |threshold| {
        Some(DirectoryLockout {
            threshold,
            window: SignedDuration::from_mins(10),
        })
    };
    let begin = async |key, number, given, second| {
        let begun = store.begin_sign_in(tenant, key, try_id(number), given, at(second));
        begun.await.unwrap()
    };
    let until = at(900);
    // Nobody's: what is given holds.
    assert_eq!(begin("nobody", 1, policy(2), 0).await, TryAnswer::Go);
    wrong(&store, tenant, "nobody", 1, None).await;
    let locked = TryAnswer::Locked { until };
    assert_eq!(begin("nobody", 2, policy(9), 0).await, locked);
    // Somebody's own, as the directory told it, is not replaced by what is given.
    assert_eq!(begin("somebody", 3, policy(9), 0).await, TryAnswer::Go);
    wrong(&store, tenant, "somebody", 3, policy(2)).await;
    assert_eq!(begin("somebody", 4, policy(9), 0).await, locked);
    // Once no directory counts it any more nothing is left of it.
    let later = 2 * 86_400;
    for number in [5, 6] {
        let answer = begin("nobody", number, None, later).await;
        assert_eq!(answer, TryAnswer::Go, "{number}");
        wrong(&store, tenant, "nobody", number, None).await;
    }
}

pub async fn the_lockout_policy_of_a_forest_is_kept<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let forest = "corp.test".parse().unwrap();
    let policy = |threshold| DirectoryLockout {
        threshold,
        window: SignedDuration::from_mins(30),
    };
    let keep = async |tenant, threshold| {
        let kept = store.keep_forest_lockout(tenant, &forest, policy(threshold));
        kept.await.unwrap();
    };
    let known = async |tenant| store.forest_lockout(tenant, &forest).await.unwrap();
    keep(mine, 5).await;
    assert_eq!(known(mine).await, None, "no such forest");
    for tenant in [mine, other] {
        store.report_forest(tenant, &forest, &[]).await.unwrap();
    }
    assert_eq!(known(mine).await, None, "not told yet");
    keep(mine, 5).await;
    keep(mine, 0).await;
    keep(other, 7).await;
    // What an agent reports of a forest leaves it as it is.
    store.report_forest(mine, &forest, &[]).await.unwrap();
    assert_eq!(known(mine).await, Some(policy(0)));
    assert_eq!(known(other).await, Some(policy(7)));
}

pub async fn a_changed_password_forgives_and_signs_out<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = user(&store, tenant, 1).await;
    let agent = agent(&store, tenant, 7).await;
    signed_in(&store, tenant, user, 1).await;
    lock(&store, tenant, &user.to_string()).await;
    let record = audit(tenant, "Something");
    let none = Evidence::default();
    for (number, outcome, out) in [
        (50, Outcome::from(Cause::AccountDisabled), false),
        (51, Outcome::Changed { remarks: vec![] }, true),
    ] {
        let asked = NewRequest {
            user,
            ..request(tenant, number)
        };
        store.add_request(&asked, &record).await.unwrap();
        let claimed = store.claim_request(tenant, asked.id, agent, at(1)).await;
        assert_eq!(claimed.unwrap(), ClaimAnswer::Granted);
        let done = store
            .finish_request(tenant, asked.id, &outcome, &none, at(2), &record)
            .await;
        assert!(done.unwrap());
        assert_eq!(is_open(&store, 1, 3).await, !out);
        let answer = store
            .begin_sign_in(tenant, &user.to_string(), try_id(70), None, at(3))
            .await;
        assert_eq!(answer.unwrap() == TryAnswer::Go, out);
    }
}

pub async fn another_tenant_reaches_no_account<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let user = user(&store, mine, 1).await;
    signed_in(&store, mine, user, 1).await;
    let record = audit(other, "Something");
    let one = password(1);
    let kept = store.set_user_password(mine, user, &one, Some(session_id(1)), &record);
    assert!(kept.await.unwrap());
    lock(&store, mine, "k").await;

    let session = session_id(1);
    assert!(
        !store
            .set_user_password(other, user, &password(2), None, &record)
            .await
            .unwrap()
    );
    assert_eq!(store.user_password(other, user).await.unwrap(), None);
    assert_eq!(
        store.sign_in_sessions(other, None, at(1)).await.unwrap(),
        []
    );
    assert_eq!(
        store
            .sign_in_sessions(other, Some(user), at(1))
            .await
            .unwrap(),
        []
    );
    assert!(
        !store
            .revoke_sign_in_session(other, None, session, &record)
            .await
            .unwrap()
    );
    let all = store.revoke_sign_in_sessions(other, user, None, &record);
    assert_eq!(all.await.unwrap(), 0);
    let code = store.set_second_factor_code(other, session, token(9), at(50), 5);
    assert!(!code.await.unwrap());
    let code = store.try_second_factor_code(other, session, token(9), at(1), &record);
    assert_eq!(code.await.unwrap(), CodeAnswer::Expired);
    let attributes = person(1).attributes;
    let change = store.change_cloud_user(other, user, &attributes, at(1), &record);
    assert_eq!(change.await.unwrap(), CloudUserAnswer::Unknown);
    let remove = store.delete_cloud_user(other, user, &record);
    assert_eq!(remove.await.unwrap(), CloudUserAnswer::Unknown);
    let names = ["person1@example.test".to_owned()];
    let taken: Vec<String> = store.taken_names(other, &names).await.unwrap();
    assert_eq!(taken, Vec::<String>::new());
    let stranger = SignInSession {
        id: session_id(5),
        token: token(5),
        ..self::session(other, user, 5)
    };
    assert!(!store.add_sign_in_session(&stranger, &record).await.unwrap());
    store.forgive_sign_ins(other, "k").await.unwrap();

    assert!(is_open(&store, 1, 1).await);
    assert_eq!(
        store.user_password(mine, user).await.unwrap(),
        Some(password(1))
    );
    let answer = store
        .begin_sign_in(mine, "k", try_id(40), None, at(1))
        .await;
    assert!(matches!(answer.unwrap(), TryAnswer::Locked { .. }));
    let answer = store
        .begin_sign_in(other, "k", try_id(40), None, at(1))
        .await;
    assert_eq!(answer.unwrap(), TryAnswer::Go);
}
