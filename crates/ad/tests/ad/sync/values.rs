//! Values that nobody should have and somebody has.

use writeback_ad::{OBJECT_TEXT_MAX, ObjectProblem, TEXT_VALUE_MAX};

use super::{FORESTS, Room, all, names, one};
use crate::support::anchor;

#[tokio::test]
async fn what_is_no_text_or_too_long_is_left_out_and_everything_else_is_there() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let pdc = room.site.forest.first_dc().unwrap();
        let [user, other] = [(); 2].map(|()| room.user());
        pdc.set_raw(&user.dn, "mobile", &[b"+62\xff\xfe".as_slice()])
            .unwrap();
        pdc.set_raw(
            &user.dn,
            "otherMailbox",
            &[b"good@x.example".as_slice(), b"\xc3\x28"],
        )
        .unwrap();
        let megabyte = "x".repeat(1024 * 1024);
        room.edit.set(&user.dn, "comment", &[&megabyte]).unwrap();
        let longest = "山".repeat(TEXT_VALUE_MAX / 3);
        room.edit
            .set(&user.dn, "desktopProfile", &[&longest])
            .unwrap();
        let wanted = [
            "mobile",
            "otherMailbox",
            "comment",
            "desktopProfile",
            "displayName",
            "mail",
        ];
        let found = room.all(&wanted).await;
        let odd = one(&found, &anchor(&user));
        assert_eq!(odd.attributes["otherMailbox"], ["good@x.example"]);
        assert_eq!(odd.attributes["desktopProfile"], [longest]);
        assert_eq!(odd.attributes["displayName"], [user.display_name]);
        assert_eq!(odd.attributes["mail"], [user.mail]);
        assert_eq!(odd.attributes.len(), 4, "{:?}", odd.attributes.keys());
        let not_utf8 = |attribute: &str| ObjectProblem::NotUtf8 {
            attribute: attribute.to_owned(),
        };
        let long = ObjectProblem::TooLarge {
            attribute: "comment".into(),
            bytes: megabyte.len(),
        };
        assert_eq!(
            odd.problems,
            [not_utf8("mobile"), not_utf8("otherMailbox"), long]
        );
        let other = one(&found, &anchor(&other));
        assert_eq!((other.problems.len(), other.attributes.len()), (0, 4));
    }
}

#[tokio::test]
async fn more_text_than_fits_into_an_upload_is_left_out() {
    let room = Room::new("corp.test");
    let user = room.user();
    let values: Vec<String> = (0..40)
        .map(|i| format!("{i}{}", "z".repeat(8_000)))
        .collect();
    let bytes: usize = values.iter().map(String::len).sum();
    assert!(bytes > OBJECT_TEXT_MAX);
    room.edit.set(&user.dn, "url", &values).unwrap();
    let found = room.all(&["url", "displayName"]).await;
    let user = one(&found, &anchor(&user));
    assert_eq!(user.attributes.keys().collect::<Vec<_>>(), ["displayName"]);
    let attribute = "url".to_owned();
    assert_eq!(
        user.problems,
        [ObjectProblem::TooLarge { attribute, bytes }]
    );
}

#[tokio::test]
async fn names_are_given_without_what_the_directory_puts_in_front() {
    let room = Room::new("corp.test");
    let [user, boss] = [(); 2].map(|()| room.user());
    let boss_dn = room.edit.rename(&boss.dn, "Boss; <GUID=x>;,\\ #1").unwrap();
    room.edit.set(&user.dn, "manager", &[&boss_dn]).unwrap();
    let wanted = ["MANAGER", "distinguishedName", "objectGUID"];
    let found = all(room
        .pdc()
        .await
        .enumerate(Some(&room.ou), &names(&wanted), 10))
    .await;
    let user = one(&found, &anchor(&user));
    let boss = one(&found, &anchor(&boss));
    // Under the wanted spelling, and as the directory writes it.
    assert_eq!(user.attributes["MANAGER"], [boss.dn.as_str()]);
    assert_eq!(boss.attributes["distinguishedName"], [boss.dn.as_str()]);
    assert!(
        boss.dn.ends_with(&room.ou) && !boss.dn.starts_with('<'),
        "{}",
        boss.dn
    );
    let attribute = "objectGUID".to_owned();
    assert!(user.problems.is_empty() || user.problems == [ObjectProblem::NotUtf8 { attribute }]);
}
