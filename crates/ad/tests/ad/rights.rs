//! Looking without writing: controllers, certificates, people and rights as real domain
//! controllers tell them.

use writeback_ad::ExtendedRight;
use writeback_lab::UserSpec;

use crate::support::site;

#[tokio::test]
async fn controllers_and_their_certificates_are_seen() {
    let site = site("corp.test");
    let published = site.directory.published().await.unwrap();
    let mut hosts: Vec<_> = site.forest.dcs.iter().map(|dc| dc.fqdn.clone()).collect();
    hosts.sort();
    let mut found = published.controllers.clone();
    found.sort();
    assert_eq!(found, hosts);
    assert_eq!(published.pdc, [site.forest.pdc().unwrap().fqdn.clone()]);
    for host in &hosts {
        let look = site.directory.look_at(host).await.unwrap();
        look.tls.unwrap();
        let shown = look.presented.unwrap();
        assert!(shown.issuer.contains("Writeback lab CA"), "{shown:?}");
        assert!(
            shown.names.iter().any(|name| name.contains(host)),
            "{shown:?}"
        );
        assert!(
            shown
                .not_after
                .unwrap()
                .to_string()
                .starts_with("2049-12-31")
        );
    }
}

#[tokio::test]
async fn people_are_found_by_each_of_their_names() {
    let site = site("corp.test");
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let pdc = site.directory.pdc().await.unwrap();
    let by_domain = format!("{}\\{}", site.forest.netbios, user.sam);
    for name in [&user.upn, &user.sam, &by_domain] {
        let found = pdc.named(name).await.unwrap();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].anchor.bytes(), &user.guid);
    }
    assert!(pdc.named("*").await.unwrap().is_empty());
    site.forest.delete_user(&user).unwrap();
}

#[tokio::test]
async fn rights_are_read_from_the_object_itself() {
    let site = site("corp.test");
    let pdc = site.directory.pdc().await.unwrap();
    let token = pdc.own_token().await.unwrap();
    let head = pdc.root_dse().domain_head.clone();
    let of_head = pdc.rights(&head).await.unwrap().unwrap();
    let unexpire = ExtendedRight::UNEXPIRE_PASSWORD;
    assert_eq!(of_head.grants(unexpire, &token), Some(true));
    // What only objects below inherit is no right on the head.
    let reset = ExtendedRight::RESET_PASSWORD;
    assert_eq!(of_head.grants(reset, &token), Some(false));

    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let rights = pdc.rights(&user.dn).await.unwrap().unwrap();
    assert_eq!(rights.grants(reset, &token), Some(true));
    assert!(rights.may_write("lockoutTime") && rights.may_write("pwdLastSet"));
    assert!(!rights.may_write("displayName"));
    assert_eq!(rights.inherits_nothing(), Some(false));
    assert_eq!(rights.cannot_change_password(), Some(false));
    site.forest.delete_user(&user).unwrap();
}

#[tokio::test]
async fn what_takes_rights_away_is_seen() {
    let site = site("corp.test");
    let pdc = site.directory.pdc().await.unwrap();
    let token = pdc.own_token().await.unwrap();
    let marked = site
        .forest
        .create_user(UserSpec {
            cannot_change: true,
            ..UserSpec::default()
        })
        .unwrap();
    let rights = pdc.rights(&marked.dn).await.unwrap().unwrap();
    assert_eq!(rights.cannot_change_password(), Some(true));
    let alone = site
        .forest
        .create_user(UserSpec {
            no_inheritance: true,
            ..UserSpec::default()
        })
        .unwrap();
    let rights = pdc.rights(&alone.dn).await.unwrap().unwrap();
    assert!(!rights.may_write("lockoutTime"));
    let reset = ExtendedRight::RESET_PASSWORD;
    assert_eq!(rights.grants(reset, &token), Some(false));
    assert_eq!(rights.inherits_nothing(), Some(true));
    for user in [marked, alone] {
        site.forest.delete_user(&user).unwrap();
    }
}
