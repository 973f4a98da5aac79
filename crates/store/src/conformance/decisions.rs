//! Carrying out decisions.

use writeback_model::{Target, TenantId};
use writeback_sync::{Attributes, Change, Decision, Origin, Problem, Profile, Removal, Standing};

use super::{
    Fixture,
    directory::{
        account, add, add_as, anchor, apply, apply_at, attributes, batch, decision, imported,
        imported_by, listed, named, object, pending, people, person, problematic, remove, run_id,
        update, user, user_id,
    },
    given::{at, audit, corp, lake, with_tenant},
};
use crate::{ConnectorStore, NewCloudUser, RunStore, Store, SyncStore, UserStore, Which};

/// A person with two accounts: object 1 of `corp.test` and object 2 of `lake.test`.
async fn with_two_accounts(store: &impl Store, tenant: TenantId) {
    people(store, tenant, 1, &[1]).await;
    let full = batch(0, &[user(2)]);
    imported_by(store, tenant, &lake(), 2, Profile::FullImport, &full).await;
    let joined = Change::Update {
        user: user_id(1),
        source_anchor: None,
        attributes: attributes(1),
        standing: Standing::EnabledTwice,
    };
    let joined = decision(&lake(), 2, joined);
    apply_at(store, tenant, &lake(), &[joined], at(4)).await;
    apply(store, tenant, &[problematic(&corp(), 1, &[])]).await;
}

async fn pending_in_lake(store: &impl Store, tenant: TenantId) -> usize {
    listed(store, tenant, &lake(), Which::Pending).await.len()
}

pub async fn an_added_person_is_joined<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1)]).await;
    apply(&store, tenant, &[add(&corp(), 1)]).await;
    assert_eq!(object(&store, tenant, 1).await.joined, Some(user_id(1)));
    assert_eq!(pending(&store, tenant).await, []);
    assert!(store.user(tenant, user_id(1)).await.unwrap().is_some());
    // What is imported later leaves it joined.
    imported(&store, tenant, 2, &[]).await;
    assert_eq!(object(&store, tenant, 1).await.joined, Some(user_id(1)));
}

pub async fn an_updated_person_has_the_new_attributes<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let other = Attributes {
        netbios: None,
        display_name: None,
        mail: None,
        other_mail: vec![],
        mobile: None,
        language: None,
        enabled: false,
        account_expires: None,
        ..attributes(2)
    };
    let decision = update(&corp(), 1, other.clone());
    apply_at(&store, tenant, &corp(), &[decision], at(8)).await;
    let user = store.user(tenant, user_id(1)).await.unwrap().unwrap();
    assert_eq!((user.attributes, user.changed_at), (other, at(8)));
    assert_eq!(user.source_anchor, Some(anchor(1)));
}

pub async fn a_matched_person_of_the_cloud_becomes_a_synchronised_one<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let cloud = NewCloudUser {
        id: user_id(7),
        attributes: Attributes {
            account_name: String::new(),
            ..attributes(7)
        },
        holds_admin_role: false,
    };
    let record = audit(tenant, "User added");
    assert!(
        store
            .add_cloud_user(tenant, &cloud, at(0), &record)
            .await
            .unwrap()
    );
    imported(&store, tenant, 1, &[user(1)]).await;
    let matched = |source_anchor, attributes| {
        let change = Change::Update {
            user: user_id(7),
            source_anchor: Some(source_anchor),
            attributes,
            standing: Standing::Target(account(&corp(), 1)),
        };
        decision(&corp(), 1, change)
    };
    apply(&store, tenant, &[matched(anchor(1), attributes(1))]).await;
    let user = store.user(tenant, user_id(7)).await.unwrap().unwrap();
    assert_eq!(user.origin, Origin::Synchronised);
    assert_eq!(user.source_anchor, Some(anchor(1)));
    assert_eq!(user.attributes, attributes(1));
    assert_eq!(object(&store, tenant, 1).await.joined, Some(user_id(7)));
    // A source anchor stays, once there is one.
    apply(&store, tenant, &[matched(anchor(9), attributes(1))]).await;
    let user = store.user(tenant, user_id(7)).await.unwrap().unwrap();
    assert_eq!(user.source_anchor, Some(anchor(1)));
}

pub async fn the_standing_says_where_a_password_goes<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let target = |forest| Target {
        forest,
        domain: corp(),
        anchor: anchor(1),
    };
    let standings = [
        (Standing::EnabledTwice, None, true),
        (
            Standing::Target(account(&lake(), 1)),
            Some(target(lake())),
            false,
        ),
        (Standing::None, None, false),
        (
            Standing::Target(account(&corp(), 1)),
            Some(target(corp())),
            false,
        ),
    ];
    for (standing, target, enabled_twice) in standings {
        let change = Change::Update {
            user: user_id(1),
            source_anchor: None,
            attributes: attributes(1),
            standing,
        };
        apply(&store, tenant, &[decision(&corp(), 1, change)]).await;
        let user = store.user(tenant, user_id(1)).await.unwrap().unwrap();
        assert_eq!((user.target, user.enabled_twice), (target, enabled_twice));
    }
}

pub async fn a_person_who_is_left_stays_through_the_other_account<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    with_two_accounts(&store, tenant).await;
    apply_at(
        &store,
        tenant,
        &lake(),
        &[problematic(&lake(), 2, &[])],
        at(5),
    )
    .await;
    assert_eq!(pending_in_lake(&store, tenant).await, 0);
    let left = Change::Leave {
        user: user_id(1),
        standing: Standing::None,
    };
    apply_at(
        &store,
        tenant,
        &corp(),
        &[decision(&corp(), 1, left)],
        at(6),
    )
    .await;
    let known = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(known.accounts, [account(&lake(), 2)]);
    assert_eq!(known.standing, Standing::None);
    assert_eq!(
        known.attributes,
        attributes(1),
        "until the other is looked at"
    );
    assert_eq!(object(&store, tenant, 1).await.joined, None);
    assert_eq!(pending(&store, tenant).await, []);
    assert_eq!(pending_in_lake(&store, tenant).await, 1, "looked at again");
    let user = store.user(tenant, user_id(1)).await.unwrap().unwrap();
    assert_eq!(user.changed_at, at(6));
}

pub async fn the_other_objects_of_a_changed_person_are_looked_at_again<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    with_two_accounts(&store, tenant).await;
    apply_at(
        &store,
        tenant,
        &lake(),
        &[problematic(&lake(), 2, &[])],
        at(5),
    )
    .await;
    imported_by(
        &store,
        tenant,
        &lake(),
        3,
        Profile::DeltaImport,
        &batch(0, &[user(3)]),
    )
    .await;
    apply_at(&store, tenant, &lake(), &[add(&lake(), 3)], at(5)).await;
    apply(&store, tenant, &[update(&corp(), 1, attributes(1))]).await;
    let again = listed(&store, tenant, &lake(), Which::Pending).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].anchor, anchor(2));
    assert_eq!(
        pending(&store, tenant).await,
        [],
        "this one was just decided"
    );
}

pub async fn a_staged_removal_is_taken_back_by_an_update<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    apply(&store, tenant, &[remove(&corp(), 1, Removal::OutOfScope)]).await;
    let staged = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(staged.removal, Some(Removal::OutOfScope));
    assert_eq!(staged.accounts, [account(&corp(), 1)], "still joined");
    assert!(
        staged.standing.target().is_some(),
        "and nothing else changes"
    );
    apply(&store, tenant, &[update(&corp(), 1, attributes(1))]).await;
    let back = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!((back.removal, back.removed_at), (None, None));
    let staged = store.staged_removals(tenant, &corp(), 9).await.unwrap();
    assert_eq!(staged, []);
}

pub async fn a_removed_person_is_restored_with_the_same_identifier<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    apply(&store, tenant, &[remove(&corp(), 1, Removal::Deleted)]).await;
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(5), &record)
        .await
        .unwrap();
    assert_eq!(object(&store, tenant, 1).await.joined, None);
    apply(&store, tenant, &[update(&corp(), 1, attributes(1))]).await;
    let back = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!((back.removal, back.removed_at), (None, None));
    assert_eq!(back.accounts, [account(&corp(), 1)]);
    let name = "user1@corp.test".parse().unwrap();
    let found = store.users_by_name(tenant, &name).await.unwrap();
    assert_eq!((found.len(), found[0].id), (1, user_id(1)));
}

pub async fn problems_take_the_place_of_those_before<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1)]).await;
    let with = user_id(2);
    let all = [
        vec![Problem::ManyMatches, Problem::DuplicateUpn { with }],
        vec![Problem::AnchorChanged],
        vec![],
    ];
    for problems in all {
        apply(&store, tenant, &[problematic(&corp(), 1, &problems)]).await;
        let found = store.problems(tenant, &corp(), 9).await.unwrap();
        let found: Vec<_> = found.into_iter().flat_map(|(_, _, found)| found).collect();
        assert_eq!(found, problems);
    }
}

pub async fn decisions_are_carried_out_in_their_order<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2]).await;
    imported(&store, tenant, 2, &[user(1), user(2), user(3)]).await;
    let standing = || Standing::Target(account(&corp(), 3));
    let joins = |attributes| {
        let change = Change::Update {
            user: user_id(1),
            source_anchor: None,
            attributes,
            standing: standing(),
        };
        decision(&corp(), 3, change)
    };
    let leaves = Change::Leave {
        user: user_id(1),
        standing: Standing::None,
    };
    // Left, found again under another object, changed once more; staged and taken back; taken
    // back and staged.
    let decisions = [
        remove(&corp(), 1, Removal::Deleted),
        decision(&corp(), 1, leaves),
        joins(attributes(8)),
        joins(attributes(9)),
        update(&corp(), 2, attributes(2)),
        remove(&corp(), 2, Removal::FilteredOut),
    ];
    apply(&store, tenant, &decisions).await;
    let first = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(first.attributes, attributes(9));
    assert_eq!(first.standing, standing());
    assert_eq!(first.accounts, [account(&corp(), 3)]);
    assert_eq!(first.removal, None);
    assert_eq!(object(&store, tenant, 1).await.joined, None);
    let second = person(&store, tenant, user_id(2)).await.unwrap();
    assert_eq!(second.removal, Some(Removal::FilteredOut));
}

pub async fn an_added_person_may_be_changed_at_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[user(1)]).await;
    let decisions = [
        add(&corp(), 1),
        update(&corp(), 1, attributes(2)),
        remove(&corp(), 1, Removal::NotInGroup),
    ];
    apply(&store, tenant, &decisions).await;
    let known = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(known.attributes, attributes(2));
    assert_eq!(known.source_anchor, Some(anchor(1)));
    assert_eq!(known.removal, Some(Removal::NotInGroup));
    assert_eq!(pending(&store, tenant).await, []);
}

pub async fn names_can_go_from_one_to_another<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let numbers = [1, 2, 3];
    people(&store, tenant, 1, &numbers).await;
    imported(&store, tenant, 2, &[user(1), user(2), user(3), user(4)]).await;
    let name = |number| attributes(number).user_principal_name;
    // The third makes room for the second, and so on: in whatever order they are written.
    let decisions = [
        update(&corp(), 3, named(3, "new@corp.test")),
        update(&corp(), 2, named(2, &name(3))),
        update(&corp(), 1, named(1, &name(2))),
        add_as(&corp(), 4, named(4, &name(1))),
    ];
    apply(&store, tenant, &decisions).await;
    for (number, name) in [(4, name(1)), (1, name(2)), (2, name(3))] {
        let typed = name.parse().unwrap();
        let found = store.users_by_name(tenant, &typed).await.unwrap();
        assert_eq!((found.len(), found[0].id), (1, user_id(number)), "{name}");
    }
}

pub async fn all_of_a_batch_is_carried_out_or_none<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    imported(&store, tenant, 2, &[user(1), user(2), user(3)]).await;
    let before = person(&store, tenant, user_id(1)).await;
    let refused: [&[Decision]; 3] = [
        // The name is somebody else's.
        &[add_as(&corp(), 2, named(2, "USER1@corp.test"))],
        // The source anchor is.
        &[Decision {
            change: match add(&corp(), 3).change {
                Change::Add {
                    user,
                    attributes,
                    standing,
                    ..
                } => Change::Add {
                    user,
                    source_anchor: anchor(1),
                    attributes,
                    standing,
                },
                other => other,
            },
            ..add(&corp(), 3)
        }],
        // There is no such person.
        &[update(&corp(), 9, attributes(9)), {
            let nobody = update(&corp(), 9, attributes(9)).change;
            decision(&corp(), 2, nobody)
        }],
    ];
    for refused in refused {
        let good = [
            update(&corp(), 1, named(5, &attributes(1).user_principal_name)),
            problematic(&corp(), 3, &[Problem::ManyMatches]),
        ];
        let decisions = [&good[..], refused].concat();
        let answer = store
            .apply(tenant, &corp(), run_id(2), &decisions, at(9))
            .await;
        assert!(answer.is_err(), "{refused:?}");
        assert_eq!(person(&store, tenant, user_id(1)).await, before);
        for number in [2, 3] {
            assert_eq!(person(&store, tenant, user_id(number)).await, None);
        }
        assert_eq!(pending(&store, tenant).await, [anchor(2), anchor(3)]);
        assert_eq!(store.problems(tenant, &corp(), 9).await.unwrap(), []);
        assert_eq!(store.run_problems(tenant, run_id(2)).await.unwrap(), []);
    }
}

pub async fn nothing_to_carry_out_changes_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let before = person(&store, tenant, user_id(1)).await;
    apply(&store, tenant, &[]).await;
    // An object that is not there any more is nobody's.
    apply(
        &store,
        tenant,
        &[problematic(&corp(), 9, &[Problem::ManyMatches])],
    )
    .await;
    assert_eq!(person(&store, tenant, user_id(1)).await, before);
    assert_eq!(store.problems(tenant, &corp(), 9).await.unwrap(), []);
}
