//! People and their names.

use writeback_model::{TenantId, UserId};
use writeback_wire::http::ImportedUser;

use super::{
    Fixture,
    given::{at, corp, domain, imported, person, uuid, with_tenant},
};
use crate::{Store, User, UserStore};

/// The numbers in the principal names of those who go by a name.
async fn found(store: &impl Store, tenant: TenantId, name: &str) -> Vec<String> {
    let mut found: Vec<String> = store
        .users_by_name(tenant, &name.parse().unwrap())
        .await
        .unwrap()
        .into_iter()
        .map(|user| user.imported.user_principal_name)
        .collect();
    found.sort();
    found
}

pub async fn a_user_comes_back_as_it_was_imported<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let bare = ImportedUser {
        netbios: None,
        display_name: None,
        mail: None,
        other_mail: vec![],
        mobile: None,
        language: None,
        enabled: false,
        account_expires: None,
        domain: domain("sub.corp.test"),
        ..person(2)
    };
    imported(&store, tenant, 1, &[person(1), bare.clone()]).await;
    for (id, imported) in [(10, person(1)), (11, bare)] {
        let id = UserId::from_uuid(uuid(id));
        let user = store.user(tenant, id).await.unwrap();
        assert_eq!(
            user,
            Some(User {
                id,
                tenant,
                forest: corp(),
                imported,
                imported_at: at(1)
            })
        );
    }
    assert_eq!(
        store
            .user(tenant, UserId::from_uuid(uuid(12)))
            .await
            .unwrap(),
        None
    );
}

pub async fn an_address_is_a_principal_name_first_and_a_mail_address_second<F: Fixture>(
    fixture: &F,
) {
    let (store, tenant) = with_tenant(fixture).await;
    let mut borrowed = person(3);
    borrowed.mail = Some(person(1).user_principal_name);
    imported(&store, tenant, 1, &[person(1), person(2), borrowed]).await;
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
}

pub async fn an_account_name_is_found_with_its_domain_and_alone<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let other = ImportedUser {
        netbios: Some("LAKE".to_owned()),
        ..person(2)
    };
    let unread = ImportedUser {
        netbios: None,
        ..person(3)
    };
    imported(&store, tenant, 1, &[person(1), other, unread]).await;
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
    let people: Vec<ImportedUser> = (1..)
        .zip(names)
        .map(|(number, name)| ImportedUser {
            netbios: Some("ÖST".to_owned()),
            account_name: name.to_owned(),
            user_principal_name: format!("{name}@Corp.Test"),
            mail: Some(format!("mail.{name}@Corp.Test")),
            ..person(number)
        })
        .collect();
    imported(&store, tenant, 1, &people).await;
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
    let shared = |number| ImportedUser {
        account_name: "shared".to_owned(),
        mail: Some("shared@example.test".to_owned()),
        ..person(number)
    };
    let twins = [1, 2].map(|number| ImportedUser {
        user_principal_name: "twin@corp.test".to_owned(),
        ..shared(number)
    });
    imported(
        &store,
        tenant,
        1,
        &[twins[0].clone(), twins[1].clone(), shared(3)],
    )
    .await;
    assert_eq!(found(&store, tenant, "twin@corp.test").await.len(), 2);
    assert_eq!(found(&store, tenant, "shared@example.test").await.len(), 3);
    assert_eq!(found(&store, tenant, "shared").await.len(), 3);
    assert_eq!(found(&store, tenant, "CORP\\shared").await.len(), 3);
}

pub async fn a_changed_name_is_found_and_the_old_one_is_not<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[person(1)]).await;
    let renamed = ImportedUser {
        anchor: person(1).anchor,
        ..person(2)
    };
    imported(&store, tenant, 2, &[renamed]).await;
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

pub async fn users_are_counted<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(store.count_users(tenant).await.unwrap(), 0);
    imported(&store, tenant, 1, &[person(1), person(2), person(3)]).await;
    assert_eq!(store.count_users(tenant).await.unwrap(), 3);
}
