//! People and their names.

use writeback_model::{Target, TenantId};
use writeback_sync::{Attributes, Change, Origin, Removal, Standing};

use super::{
    Fixture,
    directory::{
        account, add, add_as, anchor, apply, attributes, decision, imported, named, people,
        people_as, remove, update, user, user_id,
    },
    given::{at, at_once, audit, corp, records, with_tenant},
};
use crate::{NewCloudUser, PeopleCounts, Store, SyncStore, User, UserStore};

/// Somebody of the cloud alone.
fn of_the_cloud(number: u8, name: &str) -> NewCloudUser {
    NewCloudUser {
        id: user_id(number),
        attributes: Attributes {
            account_name: String::new(),
            netbios: None,
            ..named(number, name)
        },
        holds_admin_role: false,
    }
}

async fn add_cloud_user(store: &impl Store, tenant: TenantId, user: &NewCloudUser) -> bool {
    let record = audit(tenant, "User added");
    store
        .add_cloud_user(tenant, user, at(5), &record)
        .await
        .unwrap()
}

/// The principal names of those who go by a name.
async fn found(store: &impl Store, tenant: TenantId, name: &str) -> Vec<String> {
    let mut found: Vec<String> = store
        .users_by_name(tenant, &name.parse().unwrap())
        .await
        .unwrap()
        .into_iter()
        .map(|user| user.attributes.user_principal_name)
        .collect();
    found.sort();
    found
}

pub async fn a_user_of_the_cloud_comes_back_as_they_were_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let kept = of_the_cloud(1, "Siti@Cloud.Test");
    assert!(add_cloud_user(&store, tenant, &kept).await);
    assert_eq!(
        store.user(tenant, kept.id).await.unwrap(),
        Some(User {
            id: kept.id,
            tenant,
            origin: Origin::Cloud,
            source_anchor: None,
            attributes: kept.attributes,
            target: None,
            enabled_twice: false,
            changed_at: at(5),
        })
    );
    assert_eq!(
        found(&store, tenant, "siti@cloud.test").await,
        ["Siti@Cloud.Test"]
    );
    assert_eq!(store.user(tenant, user_id(2)).await.unwrap(), None);
}

pub async fn a_user_principal_name_belongs_to_one_user<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    assert!(add_cloud_user(&store, tenant, &of_the_cloud(2, "ŞÜKRÜ@Corp.Test")).await);
    let before = records(&store, tenant).await;
    for taken in ["şükrü@corp.test", "USER1@corp.test"] {
        assert!(!add_cloud_user(&store, tenant, &of_the_cloud(3, taken)).await);
        assert_eq!(store.user(tenant, user_id(3)).await.unwrap(), None);
    }
    assert_eq!(
        records(&store, tenant).await,
        before,
        "what is not kept leaves no record"
    );
    // A mail address does not take a name away.
    assert!(add_cloud_user(&store, tenant, &of_the_cloud(3, "Mail1@Example.Test")).await);
}

pub async fn the_name_of_somebody_who_was_removed_is_free<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    apply(&store, tenant, &[remove(&corp(), 1, Removal::Deleted)]).await;
    let same = of_the_cloud(2, "user1@corp.test");
    assert!(
        !add_cloud_user(&store, tenant, &same).await,
        "staged is not removed"
    );
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(5), &record)
        .await
        .unwrap();
    assert!(add_cloud_user(&store, tenant, &same).await);
}

pub async fn of_many_who_take_a_name_at_once_one_gets_it<F: Fixture>(fixture: &F) {
    let (_, tenant) = with_tenant(fixture).await;
    let answers = at_once(fixture, 8, move |store, turn| async move {
        let number = u8::try_from(turn).unwrap();
        add_cloud_user(&*store, tenant, &of_the_cloud(number, "same@cloud.test")).await
    })
    .await;
    assert_eq!(answers.into_iter().filter(|kept| *kept).count(), 1);
}

pub async fn a_synchronised_user_comes_back_as_decided<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let bare = Attributes {
        account_name: "bare".to_owned(),
        user_principal_name: "bare@corp.test".to_owned(),
        ..Attributes::default()
    };
    imported(&store, tenant, 1, &[user(1), user(2), user(3)]).await;
    let mut twice = add(&corp(), 3);
    if let Change::Add { standing, .. } = &mut twice.change {
        *standing = Standing::EnabledTwice;
    }
    let decisions = [add(&corp(), 1), add_as(&corp(), 2, bare.clone()), twice];
    apply(&store, tenant, &decisions).await;
    for (number, attributes) in [(1, attributes(1)), (2, bare), (3, attributes(3))] {
        let target = Target {
            forest: corp(),
            domain: corp(),
            anchor: anchor(number),
        };
        assert_eq!(
            store.user(tenant, user_id(number)).await.unwrap(),
            Some(User {
                id: user_id(number),
                tenant,
                origin: Origin::Synchronised,
                source_anchor: Some(anchor(number)),
                attributes,
                target: (number != 3).then_some(target),
                enabled_twice: number == 3,
                changed_at: at(3),
            })
        );
    }
}

pub async fn whoever_was_removed_is_found_no_more<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1, 2]).await;
    apply(&store, tenant, &[remove(&corp(), 1, Removal::Deleted)]).await;
    let names = [
        "user1@corp.test",
        "mail1@example.test",
        "user1",
        "corp\\user1",
    ];
    for name in names {
        assert_eq!(found(&store, tenant, name).await.len(), 1, "only staged");
    }
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(5), &record)
        .await
        .unwrap();
    for name in names {
        assert!(found(&store, tenant, name).await.is_empty(), "{name}");
    }
    assert_eq!(store.user(tenant, user_id(1)).await.unwrap(), None);
    assert!(store.user(tenant, user_id(2)).await.unwrap().is_some());
}

pub async fn an_address_is_a_principal_name_first_and_a_mail_address_second<F: Fixture>(
    fixture: &F,
) {
    let (store, tenant) = with_tenant(fixture).await;
    let borrowed = Attributes {
        mail: Some(attributes(1).user_principal_name),
        ..attributes(3)
    };
    let all = [(1, attributes(1)), (2, attributes(2)), (3, borrowed)];
    people_as(&store, tenant, 1, &all).await;
    assert_eq!(
        found(&store, tenant, "user1@corp.test").await,
        ["User1@Corp.Test"],
        "whose mail address it is besides does not count"
    );
    assert_eq!(
        found(&store, tenant, "mail2@example.test").await,
        ["User2@Corp.Test"]
    );
    assert!(
        found(&store, tenant, "home2@example.org").await.is_empty(),
        "other mail is no name"
    );
    assert!(found(&store, tenant, "user2").await.len() == 1);
    assert!(found(&store, tenant, "nobody@corp.test").await.is_empty());
    // The name of somebody who was removed hides no mail address.
    apply(&store, tenant, &[remove(&corp(), 1, Removal::Deleted)]).await;
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(5), &record)
        .await
        .unwrap();
    assert_eq!(
        found(&store, tenant, "user1@corp.test").await,
        ["User3@Corp.Test"]
    );
}

pub async fn an_account_name_is_found_with_its_domain_and_alone<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let other = Attributes {
        netbios: Some("LAKE".to_owned()),
        ..attributes(2)
    };
    let unread = Attributes {
        netbios: None,
        ..attributes(3)
    };
    let all = [(1, attributes(1)), (2, other), (3, unread)];
    people_as(&store, tenant, 1, &all).await;
    assert_eq!(
        found(&store, tenant, "corp\\user1").await,
        ["User1@Corp.Test"]
    );
    assert_eq!(
        found(&store, tenant, "LAKE\\USER2").await,
        ["User2@Corp.Test"]
    );
    assert!(found(&store, tenant, "CORP\\user2").await.is_empty());
    assert!(found(&store, tenant, "corp\\user3").await.is_empty());
    assert_eq!(found(&store, tenant, "user3").await, ["User3@Corp.Test"]);
    assert!(found(&store, tenant, "user%").await.is_empty());
}

pub async fn case_does_not_matter_in_any_script<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let names = ["ZOË", "İpek", "ŞÜKRÜ", "ΣΩΚΡΑΤΗΣ", "ЖАННА", "Straße"];
    let all: Vec<_> = (1..)
        .zip(names)
        .map(|(number, name)| {
            let attributes = Attributes {
                netbios: Some("ÖST".to_owned()),
                account_name: name.to_owned(),
                mail: Some(format!("mail.{name}@Corp.Test")),
                ..named(number, &format!("{name}@Corp.Test"))
            };
            (number, attributes)
        })
        .collect();
    people_as(&store, tenant, 1, &all).await;
    for name in names {
        let principal = format!("{name}@Corp.Test");
        for typed in [name.to_owned(), name.to_lowercase()] {
            for typed in [
                typed.clone(),
                format!("öst\\{typed}"),
                format!("{typed}@CORP.test"),
                format!("MAIL.{typed}@corp.test"),
            ] {
                assert_eq!(
                    found(&store, tenant, &typed).await,
                    [&*principal],
                    "{typed}"
                );
            }
        }
    }
    assert_eq!(
        found(&store, tenant, "zoë").await,
        found(&store, tenant, "ZOË").await
    );
}

pub async fn an_ambiguous_name_gives_all_who_have_it<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let shared = |number| {
        let attributes = Attributes {
            account_name: "shared".to_owned(),
            mail: Some("shared@example.test".to_owned()),
            ..attributes(number)
        };
        (number, attributes)
    };
    people_as(&store, tenant, 1, &[1, 2, 3].map(shared)).await;
    assert_eq!(found(&store, tenant, "shared@example.test").await.len(), 3);
    assert_eq!(found(&store, tenant, "shared").await.len(), 3);
    assert_eq!(found(&store, tenant, "CORP\\shared").await.len(), 3);
}

pub async fn a_changed_name_is_found_and_the_old_one_is_not<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    apply(&store, tenant, &[update(&corp(), 1, attributes(2))]).await;
    for old in [
        "user1",
        "corp\\user1",
        "user1@corp.test",
        "mail1@example.test",
    ] {
        assert!(found(&store, tenant, old).await.is_empty(), "{old}");
    }
    for new in [
        "user2",
        "corp\\user2",
        "user2@corp.test",
        "mail2@example.test",
    ] {
        assert_eq!(
            found(&store, tenant, new).await,
            ["User2@Corp.Test"],
            "{new}"
        );
    }
}

pub async fn people_are_counted<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let none = PeopleCounts::default();
    assert_eq!(store.count_people(tenant).await.unwrap(), none);
    people(&store, tenant, 1, &[1, 2, 3, 4]).await;
    for (number, name) in [(7, "a@cloud.test"), (8, "b@cloud.test")] {
        assert!(add_cloud_user(&store, tenant, &of_the_cloud(number, name)).await);
    }
    apply(&store, tenant, &[remove(&corp(), 1, Removal::Deleted)]).await;
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(5), &record)
        .await
        .unwrap();
    // One of the cloud becomes a synchronised one.
    let matched = Change::Update {
        user: user_id(7),
        source_anchor: Some(anchor(9)),
        attributes: attributes(7),
        standing: Standing::Target(account(&corp(), 9)),
    };
    apply(&store, tenant, &[decision(&corp(), 9, matched)]).await;
    assert_eq!(
        store.count_people(tenant).await.unwrap(),
        PeopleCounts {
            synchronised: 4,
            cloud: 1,
            removed: 1,
        }
    );
}

pub async fn people_come_in_pages_by_identifier<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(store.users(tenant, None, 9).await.unwrap(), []);
    people(&store, tenant, 1, &[1, 2, 3, 4]).await;
    assert!(add_cloud_user(&store, tenant, &of_the_cloud(7, "a@cloud.test")).await);
    apply(&store, tenant, &[remove(&corp(), 2, Removal::Deleted)]).await;
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(5), &record)
        .await
        .unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.users(tenant, after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page.iter().map(|user| user.id));
    }
    assert_eq!(seen, [1, 3, 4, 7].map(user_id), "nobody who was removed");
}
