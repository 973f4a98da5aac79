//! Edits of a directory: each is seen in the directory afterwards.

use writeback_lab::{BindAnswer, Forest, TestUser, UserSpec, unique_name};

use crate::lab;

/// Removes what a test made, also when the test fails.
struct Room {
    forest: Forest,
    ou: String,
}

impl Room {
    fn new(forest: &Forest) -> Self {
        let ou = forest.edit().unwrap().create_unique_ou().unwrap();
        Self {
            forest: forest.clone(),
            ou,
        }
    }

    fn user(&self, ou: &str) -> TestUser {
        let spec = UserSpec {
            ou: Some(ou.to_owned()),
            ..UserSpec::default()
        };
        self.forest.create_user(spec).unwrap()
    }

    fn values(&self, dn: &str, attribute: &str) -> Vec<Vec<u8>> {
        let dc = self.forest.first_dc().unwrap();
        self.forest.attribute(dc, dn, attribute).unwrap()
    }

    fn text(&self, dn: &str, attribute: &str) -> String {
        String::from_utf8(self.values(dn, attribute).concat()).unwrap()
    }

    fn is_there(&self, dn: &str) -> bool {
        let dc = self.forest.first_dc().unwrap();
        self.forest.attribute(dc, dn, "objectGUID").is_ok()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let edit = self.forest.edit().unwrap();
        edit.delete_tree(&self.ou).unwrap();
    }
}

#[test]
fn a_user_is_renamed_moved_and_stays_the_same() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let room = Room::new(forest);
        let edit = forest.edit().unwrap();
        let user = room.user(&room.ou);
        let renamed = edit.rename(&user.dn, "O'Neill, \"Ann\" #1 山").unwrap();
        assert_eq!(room.text(&renamed, "name"), "O'Neill, \"Ann\" #1 山");
        assert_eq!(room.values(&renamed, "objectGUID"), [user.guid.to_vec()]);
        let inner = edit.create_ou(&room.ou, "In, \"side\"").unwrap();
        let moved = edit.move_below(&renamed, &inner).unwrap();
        assert_eq!(room.values(&moved, "objectGUID"), [user.guid.to_vec()]);
        assert!(!room.is_there(&renamed) && !room.is_there(&user.dn));
        assert_eq!(room.text(&user.by_guid(), "sAMAccountName"), user.sam);
    }
}

#[test]
fn organizational_units_are_renamed_moved_and_deleted_with_all_below() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let room = Room::new(forest);
        let edit = forest.edit().unwrap();
        let first = edit.create_ou(&room.ou, "First").unwrap();
        let second = edit.create_ou(&room.ou, "Second").unwrap();
        let user = room.user(&first);
        let there = |dn: &str| {
            let found = room.text(&user.by_guid(), "distinguishedName");
            assert!(found.ends_with(&format!(",{dn}")), "{found} is not in {dn}");
        };
        let renamed = edit.rename(&first, "Other").unwrap();
        there(&renamed);
        let below = edit.move_below(&renamed, &second).unwrap();
        there(&below);
        assert!(
            edit.delete(&second).is_err(),
            "what is not empty is not deleted"
        );
        edit.delete_tree(&second).unwrap();
        assert!(!room.is_there(&user.by_guid()));
    }
}

#[test]
fn attributes_are_set_added_and_taken() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let room = Room::new(lab.forest("corp.test").unwrap());
    let edit = room.forest.edit().unwrap();
    let user = room.user(&room.ou);
    edit.set(&user.dn, "otherMailbox", &["a@x.test", "é@x.test"])
        .unwrap();
    edit.add(&user.by_guid(), "otherMailbox", &["c@x.test"])
        .unwrap();
    edit.take(&user.dn, "otherMailbox", &["a@x.test"]).unwrap();
    let mut values = room.values(&user.dn, "otherMailbox");
    values.sort();
    assert_eq!(values, [&b"c@x.test"[..], "é@x.test".as_bytes()]);
    let none: [&str; 0] = [];
    edit.take(&user.dn, "mobile", &none).unwrap();
    assert!(edit.take(&user.dn, "mobile", &none).is_err());
    edit.set(&user.dn, "mobile", &none).unwrap();
    assert_eq!(room.text(&user.dn, "mobile"), "");
}

#[test]
fn accounts_are_disabled_and_enabled() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let room = Room::new(lab.forest("corp.test").unwrap());
    let forest = &room.forest;
    let edit = forest.edit().unwrap();
    let user = room.user(&room.ou);
    let judge = || {
        let dc = forest.first_dc().unwrap();
        forest.can_bind(&user.upn, &user.password, dc).unwrap()
    };
    let disabled = BindAnswer::Refused {
        data_code: "533".to_owned(),
    };
    edit.disable(&user.dn).unwrap();
    assert_eq!(judge(), disabled);
    edit.disable(&user.dn).unwrap();
    assert_eq!(judge(), disabled);
    edit.enable(&user.dn).unwrap();
    assert_eq!(judge(), BindAnswer::Ok);
}

#[test]
fn a_deleted_user_comes_back_the_same_and_can_log_on() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let _policy = forest.policy_shared().unwrap();
        let room = Room::new(forest);
        let edit = forest.edit().unwrap();
        let user = room.user(&room.ou);
        let name = unique_name("group");
        let group = edit.create_group(&room.ou, &name, &[&user.dn]).unwrap();
        let sid = room.values(&user.dn, "objectSid");
        assert_eq!(edit.deleted_dn(&user.guid).unwrap(), None);
        forest.delete_user(&user).unwrap();
        let deleted = edit.deleted_dn(&user.guid).unwrap().unwrap();
        assert!(deleted.contains("CN=Deleted Objects,"), "{deleted}");

        edit.restore_user(&user).unwrap();
        assert_eq!(edit.deleted_dn(&user.guid).unwrap(), None);
        assert_eq!(room.values(&user.dn, "objectGUID"), [user.guid.to_vec()]);
        assert_eq!(room.values(&user.dn, "objectSid"), sid);
        assert_eq!(room.text(&user.dn, "sAMAccountName"), user.sam);
        assert_eq!(room.text(&user.dn, "mail"), user.mail);
        assert_eq!(
            room.text(&user.dn, "givenName"),
            "",
            "what is not set is lost"
        );
        assert_eq!(room.text(&group, "member"), "", "memberships are lost");
        let dc = forest.first_dc().unwrap();
        let answer = forest.can_bind(&user.upn, &user.password, dc).unwrap();
        assert_eq!(answer, BindAnswer::Ok, "{}", forest.domain);
    }
}

#[test]
fn groups_get_and_lose_members_and_hold_themselves() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let room = Room::new(forest);
        let edit = forest.edit().unwrap();
        let users = [room.user(&room.ou), room.user(&room.ou)];
        let dns = users.each_ref().map(|user| user.dn.clone());
        let inner = edit
            .create_group(&room.ou, &unique_name("inner"), &dns[..1])
            .unwrap();
        let outer = edit
            .create_group(&room.ou, &unique_name("outer"), &[&inner])
            .unwrap();
        assert_eq!(room.text(&inner, "member"), dns[0]);
        edit.add_members(&outer, &dns).unwrap();
        edit.add_members(&outer, &[&outer]).unwrap();
        assert_eq!(room.values(&outer, "member").len(), 4);
        assert_eq!(room.text(&outer, "memberOf"), outer);
        edit.remove_members(&outer, &[&dns[0], &inner, &outer])
            .unwrap();
        assert_eq!(room.text(&outer, "member"), dns[1]);
    }
}

#[test]
fn edits_are_made_on_the_dc_that_was_named() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let room = Room::new(forest);
    forest
        .replicated(std::time::Duration::from_secs(60))
        .unwrap();
    let (first, second) = (&forest.dcs[0], &forest.dcs[1]);
    first.cut().unwrap();
    let edit = forest.edit_at(second).set(&room.ou, "street", &["Second"]);
    first.uncut().unwrap();
    edit.unwrap();
    let spec = UserSpec {
        ou: Some(room.ou.clone()),
        ..UserSpec::default()
    };
    let user = forest.create_user_at(second, spec).unwrap();
    forest
        .replicated(std::time::Duration::from_secs(60))
        .unwrap();
    assert_eq!(room.text(&room.ou, "street"), "Second");
    assert!(room.is_there(&user.dn));
}

#[test]
fn bytes_that_no_client_can_write_come_to_be() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let bad: &[u8] = b"a\xff\xfeb\xc3(";
    for forest in lab.forests() {
        let room = Room::new(forest);
        let user = room.user(&room.ou);
        let edit = forest.edit().unwrap();
        assert!(edit.set(&user.dn, "mobile", &[bad]).is_err());
        let dc = forest.first_dc().unwrap();
        dc.set_raw(&user.dn, "mobile", &[bad]).unwrap();
        assert_eq!(room.values(&user.dn, "mobile"), [bad.to_vec()]);
    }
}
