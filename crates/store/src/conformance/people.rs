//! Rules, and people as synchronisations see them.

use writeback_model::{TenantId, UserId};
use writeback_sync::{
    Account, Change, Condition, ForestRules, Keys, Matchers, Origin, Person, Profile, Removal,
    Rules, Standing,
};
use writeback_wire::http::{ImportedObject, RemovedWhy};

use super::{
    Fixture,
    directory::{
        account, add, add_as, anchor, apply, apply_at, attributes, batch, decision, imported,
        imported_by, named, people, person, removals, remove, user, user_id,
    },
    given::{at, audit, corp, domain, lake, records, with_tenant},
};
use crate::{NewCloudUser, Store, SyncStore, UserStore};

/// Whom keys name.
async fn ids(store: &impl Store, tenant: TenantId, keys: Keys) -> Vec<UserId> {
    let people = store.people(tenant, &keys).await.unwrap();
    let mut ids: Vec<_> = people.into_iter().map(|person| person.id).collect();
    ids.sort();
    ids
}

fn upn(name: &str) -> Keys {
    Keys {
        upns: [name.to_owned()].into(),
        ..Keys::default()
    }
}

fn mail(name: &str) -> Keys {
    Keys {
        mails: [name.to_owned()].into(),
        ..Keys::default()
    }
}

fn source_anchor(number: u8) -> Keys {
    Keys {
        anchors: [anchor(number)].into(),
        ..Keys::default()
    }
}

pub async fn rules_are_the_defaults_until_they_are_set<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(store.sync_rules(tenant).await.unwrap(), Rules::default());
    let before = records(&store, tenant).await;
    let mut rules = Rules {
        matchers: Matchers {
            hard_match: false,
            soft_match: true,
        },
        verified_suffixes: vec!["exämple.test".to_owned()],
        ..Rules::default()
    };
    let of_corp = ForestRules {
        group_scope: Some("CN=it's,DC=corp,DC=test".to_owned()),
        filter: vec![Condition::Absent {
            attribute: "info".to_owned(),
        }],
    };
    rules.forests.insert(corp(), of_corp);
    let record = audit(tenant, "Rules set");
    for rules in [rules, Rules::default()] {
        store.set_sync_rules(tenant, &rules, &record).await.unwrap();
        assert_eq!(store.sync_rules(tenant).await.unwrap(), rules);
    }
    assert_eq!(records(&store, tenant).await, before + 2);
}

pub async fn a_person_comes_back_as_decided<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let known = Person {
        id: user_id(1),
        origin: Origin::Synchronised,
        source_anchor: Some(anchor(1)),
        attributes: attributes(1),
        standing: Standing::Target(account(&corp(), 1)),
        accounts: vec![account(&corp(), 1)],
        holds_admin_role: false,
        removal: None,
        removed_at: None,
    };
    let found = person(&store, tenant, user_id(1)).await;
    assert_eq!(found, Some(known));
    assert_eq!(person(&store, tenant, user_id(2)).await, None);
}

pub async fn a_person_of_the_cloud_comes_back_with_their_role<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let record = audit(tenant, "User added");
    for (number, holds_admin_role) in [(1, true), (2, false)] {
        let user = NewCloudUser {
            id: user_id(number),
            attributes: attributes(number),
            holds_admin_role,
        };
        assert!(
            store
                .add_cloud_user(tenant, &user, at(1), &record)
                .await
                .unwrap()
        );
        let known = Person {
            id: user.id,
            origin: Origin::Cloud,
            source_anchor: None,
            attributes: user.attributes,
            standing: Standing::None,
            accounts: vec![],
            holds_admin_role,
            removal: None,
            removed_at: None,
        };
        assert_eq!(person(&store, tenant, user_id(number)).await, Some(known));
    }
}

pub async fn people_are_found_by_each_of_their_keys<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    imported(&store, tenant, 1, &[1, 2, 3].map(user)).await;
    let decisions = [
        add(&corp(), 1),
        add_as(&corp(), 2, named(2, "ŞÜKRÜ@Corp.Test")),
        add(&corp(), 3),
    ];
    apply(&store, tenant, &decisions).await;
    let one = [user_id(1)];
    assert_eq!(ids(&store, tenant, source_anchor(1)).await, one);
    assert_eq!(ids(&store, tenant, upn("user1@corp.test")).await, one);
    assert_eq!(ids(&store, tenant, mail("mail1@example.test")).await, one);
    assert_eq!(
        ids(&store, tenant, upn("şükrü@corp.test")).await,
        [user_id(2)]
    );
    for nothing in [
        Keys::default(),
        source_anchor(9),
        upn("mail1@example.test"),
        mail("user1@corp.test"),
        upn("user%"),
    ] {
        assert_eq!(ids(&store, tenant, nothing).await, []);
    }
    // All at once, and each once.
    let keys = Keys {
        users: [user_id(1), user_id(9)].into(),
        anchors: [anchor(1), anchor(2)].into(),
        upns: ["user1@corp.test".to_owned()].into(),
        mails: [
            "mail1@example.test".to_owned(),
            "mail3@example.test".to_owned(),
        ]
        .into(),
    };
    assert_eq!(ids(&store, tenant, keys).await, [1, 2, 3].map(user_id));
}

pub async fn the_removed_are_found_by_source_anchor_and_no_name<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let names = [upn("user1@corp.test"), mail("mail1@example.test")];
    apply(&store, tenant, &[remove(&corp(), 1, Removal::NotFound)]).await;
    for name in names.clone() {
        assert_eq!(ids(&store, tenant, name).await, [user_id(1)], "only staged");
    }
    let staged = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(staged.removal, Some(Removal::NotFound));
    let record = audit(tenant, "Removed");
    store
        .remove_staged(tenant, &corp(), false, at(9), &record)
        .await
        .unwrap();
    for name in names {
        assert_eq!(ids(&store, tenant, name).await, []);
    }
    assert_eq!(ids(&store, tenant, source_anchor(1)).await, [user_id(1)]);
    let removed = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!((removed.removal, removed.removed_at), (None, Some(at(9))));
    assert_eq!(
        (removed.standing, removed.accounts),
        (Standing::None, vec![])
    );
    assert_eq!(removed.attributes, attributes(1));
}

pub async fn a_persons_accounts_are_as_they_were_last_imported<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    people(&store, tenant, 1, &[1]).await;
    let of_lake = ImportedObject {
        domain: domain("sub.lake.test"),
        ..user(2)
    };
    let full = batch(0, &[of_lake]);
    imported_by(&store, tenant, &lake(), 2, Profile::FullImport, &full).await;
    let joined = Change::Update {
        user: user_id(1),
        source_anchor: None,
        attributes: attributes(1),
        standing: Standing::EnabledTwice,
    };
    let joined = decision(&lake(), 2, joined);
    apply_at(&store, tenant, &lake(), &[joined], at(4)).await;
    let second = Account {
        domain: domain("sub.lake.test"),
        ..account(&lake(), 2)
    };
    let known = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(known.accounts, [account(&corp(), 1), second.clone()]);
    assert_eq!(known.standing, Standing::EnabledTwice);

    // Disabled, and not yet synchronised; and one that is gone is there until it is left.
    let disabled = ImportedObject {
        enabled: false,
        ..user(1)
    };
    imported(&store, tenant, 3, &[disabled]).await;
    let gone = removals(0, &[(2, RemovedWhy::Deleted)]);
    imported_by(&store, tenant, &lake(), 4, Profile::DeltaImport, &gone).await;
    let first = Account {
        enabled: false,
        ..account(&corp(), 1)
    };
    let known = person(&store, tenant, user_id(1)).await.unwrap();
    assert_eq!(known.accounts, [first, second]);
    assert_eq!(
        known.standing,
        Standing::EnabledTwice,
        "nothing was decided"
    );
}
