//! What a snapshot says of accounts of every kind.

use writeback_ad::{AccountSnapshot, PolicySource, protected};
use writeback_lab::{PEOPLE, RESERVED_OU, UserSpec, escape_dn_value};
use writeback_model::ProtectedBy;

use crate::support::{RESET, Site, anchor, site};

async fn person(site: &Site, sam: &str) -> AccountSnapshot {
    let person = site.forest.person(sam).unwrap();
    let (_, account) = site
        .directory
        .read_for_write(&anchor(&person))
        .await
        .unwrap();
    account.unwrap()
}

#[tokio::test]
async fn everyone_is_read_as_they_are() {
    for domain in ["corp.test", "legacy.test"] {
        let site = site(domain);
        // Of Petra the agent may read too little to write her: another test.
        for known in PEOPLE.iter().filter(|known| known.case != "no-inheritance") {
            let account = person(&site, known.sam).await;
            assert_eq!(account.sam, known.sam);
            assert_eq!(account.display_name.as_deref(), Some(known.display_name));
            assert_eq!(account.surname.as_deref(), Some(known.surname));
            assert_eq!(account.upn, Some(format!("{}@{domain}", known.sam)));
            assert_eq!(
                account.control.disabled(),
                known.case == "disabled",
                "{}",
                known.sam
            );
            assert_eq!(account.must_change_password(), known.case == "must-change");
            assert_eq!(
                account.has_expired(),
                known.case == "expired",
                "{}",
                known.sam
            );
            let never = known.case == "never-expires";
            assert_eq!(account.control.password_never_expires(), never);
            assert!(account.receipt.password.is_some() && !account.groups.is_empty());
            let by = protected(&account, &site.forest.agent_upn);
            assert_eq!(
                by,
                match known.case {
                    "admin-count" => Some(ProtectedBy::AdminCount),
                    "domain-admin" if account.admin_count => Some(ProtectedBy::AdminCount),
                    "domain-admin" => Some(ProtectedBy::ProtectedGroup),
                    _ => None,
                },
                "{}",
                known.sam
            );
        }
    }
}

#[tokio::test]
async fn accounts_that_keep_the_domain_are_protected() {
    let site = site("corp.test");
    for (sam, by) in [
        ("Administrator", ProtectedBy::WellKnownAccount),
        ("krbtgt", ProtectedBy::WellKnownAccount),
        ("Guest", ProtectedBy::WellKnownAccount),
        ("DC1$", ProtectedBy::NotAnOrdinaryUser),
        ("svc-writeback", ProtectedBy::AgentAccount),
    ] {
        let account = person(&site, sam).await;
        assert_eq!(
            protected(&account, &site.forest.agent_upn),
            Some(by),
            "{sam}"
        );
    }
}

#[tokio::test]
async fn a_group_within_a_protected_group_is_seen() {
    let site = site("corp.test");
    let name = format!("nested-{}", std::process::id());
    let group = format!("CN={name},CN=Users,{}", site.forest.base_dn);
    site.forest
        .change(&format!(
            "dn: {group}\nchangetype: add\nobjectClass: group\nsAMAccountName: {name}\n\n\
             dn: CN=Account Operators,CN=Builtin,{}\nchangetype: modify\nadd: member\n\
             member: {group}\n-\n",
            site.forest.base_dn
        ))
        .unwrap();
    let user = site.user(UserSpec {
        groups: vec![group.clone()],
        ..UserSpec::default()
    });
    let (_, account) = site.read(&user).await;
    site.forest
        .change(&format!("dn: {group}\nchangetype: delete\n"))
        .unwrap();
    let by = protected(&account, &site.forest.agent_upn);
    assert!(
        matches!(
            by,
            Some(ProtectedBy::ProtectedGroup | ProtectedBy::AdminCount)
        ),
        "a builtin group hidden in another: {by:?} {account:?}"
    );
}

#[tokio::test]
async fn reserved_characters_are_no_matter() {
    let site = site("corp.test");
    let ou = format!(
        "OU={},{}",
        escape_dn_value(RESERVED_OU),
        site.forest.base_dn
    );
    let user = site.user(UserSpec {
        ou: Some(ou),
        display_name: Some("O'Reilly, \"R\" + <x>;#=\\ y".into()),
        ..UserSpec::default()
    });
    site.reset(&user, "Neu-4711-geheim", RESET).await.unwrap();
    site.opens(&user, "Neu-4711-geheim");
}

#[tokio::test]
async fn an_object_that_moves_meanwhile_is_still_the_right_one() {
    let site = site("corp.test");
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    let rdn = user.dn.split_once(",OU=").unwrap().0;
    site.forest
        .change(&format!(
            "dn: {}\nchangetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: 1\n\
             newsuperior: CN=Users,{}\n",
            user.dn, site.forest.base_dn
        ))
        .unwrap();
    let new = crate::support::secret("Neu-4711-geheim");
    dc.reset_password(&account, &new, RESET).await.unwrap();
    site.opens(&user, "Neu-4711-geheim");
}

#[tokio::test]
async fn a_settings_object_is_named_whether_or_not_it_can_be_read() {
    let site = site("corp.test");
    let account = person(&site, "longpolicy").await;
    assert_eq!(account.policy.settings_object.as_deref(), Some("Long"));
    println!(
        "policy of longpolicy: {:?} {:?}",
        account.policy_source, account.policy
    );
    let ordinary = person(&site, "alice").await;
    assert_eq!(ordinary.policy_source, PolicySource::Domain);
    assert_eq!(
        (ordinary.policy.min_length, ordinary.policy.history),
        (7, 24)
    );
    assert!(ordinary.policy.complexity);
}
