//! Crowds, and databases put back.

use std::time::Instant;

use writeback_lab::{BindAnswer, UserSpec, unique_name};

use crate::lab;

#[test]
fn a_crowd_is_loaded_once_changed_in_one_go_and_gone_afterwards() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap();
    let dc = forest.first_dc().unwrap();
    let start = Instant::now();
    let crowd = forest.ensure_crowd(1200).unwrap();
    println!("loaded in {:?}", start.elapsed());
    let value = |index: usize, name: &str| {
        let values = forest.attribute(dc, &crowd.member(index), name).unwrap();
        String::from_utf8(values.concat()).unwrap()
    };
    let guid = forest
        .attribute(dc, &crowd.member(1199), "objectGUID")
        .unwrap();
    assert_eq!(value(1199, "mail"), crowd.mail(1199));
    assert_eq!(value(0, "userAccountControl"), "546");
    // Kept, not loaded again.
    let again = forest.ensure_crowd(1200).unwrap();
    assert_eq!(
        forest
            .attribute(dc, &again.member(1199), "objectGUID")
            .unwrap(),
        guid
    );
    assert!(
        forest
            .attribute(dc, &crowd.member(1200), "objectGUID")
            .is_err()
    );

    for (n, tag) in [(1, "one"), (1000, "many")] {
        let start = Instant::now();
        forest.change_crowd(&crowd, n, tag).unwrap();
        println!("changed {n} in {:?}", start.elapsed());
        assert!(value(n - 1, "displayName").ends_with(tag));
        assert!(!value(n, "displayName").ends_with(tag));
    }
    assert!(forest.change_crowd(&crowd, 1201, "more").is_err());

    let took = forest
        .ldapsearch_timed(dc, &crowd.ou, "(objectClass=user)", &["*"])
        .unwrap();
    println!("read in {took:?}");
    assert!(
        forest
            .ldapsearch_timed(dc, "OU=None,DC=x", "(cn=a)", &[])
            .is_err()
    );

    let (ou, start) = (crowd.ou.clone(), Instant::now());
    drop(again);
    forest.drop_crowd(crowd).unwrap();
    println!("dropped in {:?}", start.elapsed());
    assert!(forest.attribute(dc, &ou, "ou").is_err());
}

#[test]
fn a_large_crowd_is_loaded_once_and_comes_back_from_the_cache() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap();
    let guids = [1, 2].map(|_| {
        let start = Instant::now();
        let crowd = forest.ensure_crowd(5000).unwrap();
        println!("there in {:?}", start.elapsed());
        let dc = forest.first_dc().unwrap();
        let guid = forest.attribute(dc, &crowd.member(4999), "objectGUID");
        forest.drop_crowd(crowd).unwrap();
        guid.unwrap()
    });
    assert_eq!(guids[0].len(), 1);
    assert_eq!(guids[0], guids[1]);
}

#[test]
fn a_forest_is_put_back_with_all_its_dcs() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    for forest in lab.forests() {
        let user = forest.create_user(UserSpec::default()).unwrap();
        let start = Instant::now();
        forest.restore_snapshot().unwrap();
        println!("{} put back in {:?}", forest.domain, start.elapsed());
        for dc in &forest.dcs {
            assert!(forest.attribute(dc, &user.dn, "cn").is_err());
            let locked = BindAnswer::Refused {
                data_code: "775".to_owned(),
            };
            for (sam, expected) in [("alice", BindAnswer::Ok), ("locked", locked)] {
                if sam == "locked" && dc.name != forest.dcs[0].name {
                    continue;
                }
                let upn = format!("{sam}@{}", forest.domain);
                let answer = forest.can_bind(&upn, &forest.people_password, dc).unwrap();
                assert_eq!(answer, expected, "{upn} on {}", dc.fqdn);
            }
        }
        forest
            .replicated(std::time::Duration::from_secs(60))
            .unwrap();
    }
}

#[test]
fn a_group_holds_thousands() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap();
    let dc = forest.first_dc().unwrap();
    let edit = forest.edit().unwrap();
    let ou = edit.create_unique_ou().unwrap();
    let start = Instant::now();
    let people = forest.fill_ou(&ou, 1600).unwrap();
    println!("filled in {:?}", start.elapsed());
    let start = Instant::now();
    let group = edit
        .create_group(&ou, &unique_name("many"), &people)
        .unwrap();
    println!("joined in {:?}", start.elapsed());
    let members = |expected: usize| {
        let found = forest.attribute(dc, &group, "member").unwrap();
        assert_eq!(found.len(), expected);
    };
    members(1600);
    edit.remove_members(&group, &people[..700]).unwrap();
    members(900);
    let start = Instant::now();
    // Else each of them would have to leave it first.
    edit.delete(&group).unwrap();
    edit.delete_tree(&ou).unwrap();
    println!("deleted in {:?}", start.elapsed());
}
