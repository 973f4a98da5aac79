//! Users, page by page.

use std::collections::BTreeMap;

use writeback_ad::{Filter, ImportedUser};
use writeback_lab::{PEOPLE, RESERVED_OU};

use crate::support::site;

const PEOPLE_FILTER: &str = "(&(objectCategory=person)(objectClass=user))";

#[tokio::test]
async fn all_people_come_in_pages() {
    for domain in ["corp.test", "legacy.test"] {
        let site = site(domain);
        let reader = site.directory.reader().await.unwrap();
        let mut seen: BTreeMap<String, ImportedUser> = BTreeMap::new();
        let filter: Filter = PEOPLE_FILTER.parse().unwrap();
        let mut pages = reader.import_users(None, filter, 5);
        let mut count = 0;
        while let Some(page) = pages.next().await.unwrap() {
            assert!(page.users.len() <= 5 && page.unusable == 0);
            count += 1;
            for user in page.users {
                let twice = seen.insert(user.sam.clone().unwrap(), user);
                assert!(twice.is_none());
            }
        }
        assert!(count >= PEOPLE.len() / 5);
        assert!(
            pages.next().await.unwrap().is_none(),
            "the end stays the end"
        );
        for person in PEOPLE {
            let known = site.forest.person(person.sam).unwrap();
            let user = &seen[person.sam];
            assert_eq!(user.anchor.bytes(), &known.guid);
            assert_eq!(user.upn.as_deref(), Some(known.upn.as_str()));
            assert_eq!(user.mail.as_deref(), Some(known.mail.as_str()));
            assert_eq!(user.other_mailbox, [known.recovery_mail]);
            assert_eq!(user.mobile.as_deref(), Some(known.mobile.as_str()));
            assert_eq!(user.display_name.as_deref(), Some(person.display_name));
            assert_eq!(user.given_name.as_deref(), Some(person.given_name));
            // Petra's control bits are not shown to the agent.
            let hidden = ["disabled", "no-inheritance"].contains(&person.case);
            assert_eq!(user.enabled, !hidden, "{}", person.sam);
            assert_eq!(user.account_expires.is_some(), person.case == "expired");
            assert_eq!(
                user.admin_count,
                person.case == "admin-count" || user.admin_count && person.case == "domain-admin"
            );
        }
    }
}

#[tokio::test]
async fn a_base_and_a_filter_narrow_it() {
    let site = site("corp.test");
    let reader = site.directory.reader().await.unwrap();
    let ou = format!(
        "OU={},{}",
        writeback_ad::escape_dn_value(RESERVED_OU),
        site.forest.base_dn
    );
    let filter = "(&(objectClass=user)(sAMAccountName=res*))"
        .parse()
        .unwrap();
    let mut pages = reader.import_users(Some(&ou), filter, 1000);
    let page = pages.next().await.unwrap().unwrap();
    let [user] = page.users.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(user.sam.as_deref(), Some("reserved"));
}

#[tokio::test]
async fn the_domain_has_its_names() {
    let site = site("corp.test");
    let reader = site.directory.reader().await.unwrap();
    assert_eq!(
        reader.netbios_name().await.unwrap().as_deref(),
        Some("CORP")
    );
    assert_eq!(reader.upn_suffixes().await.unwrap(), Vec::<String>::new());
}
