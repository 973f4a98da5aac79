//! Groups with many members, in each other and in themselves.

use std::collections::BTreeSet;

use writeback_ad::Directory;
use writeback_lab::unique_name;
use writeback_model::SourceAnchor;

use super::{Room, all, judge::ldapsearch, one};
use crate::support::config;

const MANY: usize = 3_500;

#[tokio::test]
async fn a_group_with_thousands_of_members_has_them_all() {
    let room = Room::new("fabrikam.test");
    let forest = &room.site.forest;
    let dns = forest.fill_ou(&room.ou, MANY).unwrap();
    let dn = room
        .edit
        .create_group(&room.ou, &unique_name("many"), &dns)
        .unwrap();
    let people = ldapsearch(forest, &room.ou, "(objectClass=user)", &[]);
    let people: BTreeSet<SourceAnchor> = people
        .keys()
        .map(|guid| SourceAnchor::try_from_bytes(guid).unwrap())
        .collect();
    assert_eq!(people.len(), MANY);
    let group = room.anchor(&dn);
    // At once, and in parts that do and do not divide it.
    for at_once in [5_000, 1_000, 500, 1_499] {
        let mut config = config(forest);
        config.limits.members_at_once = at_once;
        let pdc = Directory::new(config).unwrap().pdc().await.unwrap();
        let found = all(pdc.enumerate(Some(&room.ou), &[], 1000)).await;
        assert_eq!(found.len(), MANY + 1);
        let found = one(&found, &group).clone();
        let members = found.members.clone().unwrap();
        assert!(members.is_sorted());
        assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), people);
        assert_eq!(pdc.objects(&[group], &[]).await.unwrap(), [found]);
    }
    // First, or each member would have to leave it.
    room.edit.delete(&dn).unwrap();
}

#[tokio::test]
async fn groups_are_in_each_other_and_in_themselves() {
    for domain in super::FORESTS {
        let room = Room::new(domain);
        let user = room.user();
        let none: [&str; 0] = [];
        let inner = room
            .edit
            .create_group(&room.ou, &unique_name("in"), &[&user.dn])
            .unwrap();
        let outer = room
            .edit
            .create_group(&room.ou, &unique_name("out"), &[&inner])
            .unwrap();
        let empty = room
            .edit
            .create_group(&room.ou, &unique_name("no"), &none)
            .unwrap();
        room.edit.add_members(&inner, &[&inner, &outer]).unwrap();
        let found = room.all(&[]).await;
        let members = |dn: &str| one(&found, &room.anchor(dn)).members.clone().unwrap();
        let sorted = |dns: &[&str]| {
            let set: BTreeSet<_> = dns.iter().map(|dn| room.anchor(dn)).collect();
            set.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(members(&inner), sorted(&[&user.dn, &inner, &outer]));
        assert_eq!(members(&outer), sorted(&[&inner]));
        assert_eq!(members(&empty), []);
        // A member that is renamed is the same member; one that is deleted is none.
        let renamed = room.edit.rename(&user.dn, "Somebody Else").unwrap();
        let found = room.all(&[]).await;
        assert_eq!(found.iter().filter(|o| o.dn == renamed).count(), 1);
        let group = one(&found, &room.anchor(&inner)).members.clone().unwrap();
        assert_eq!(group.len(), 3);
        room.edit.delete(&renamed).unwrap();
        let found = room.all(&[]).await;
        let group = one(&found, &room.anchor(&inner)).members.clone().unwrap();
        assert_eq!(group, sorted(&[&inner, &outer]));
    }
}
