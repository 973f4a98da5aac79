//! What is taken of an entry and what is left out.

use crate::{
    entry::tests::entry,
    object::{DirectoryObject, ObjectKind, ObjectProblem, TEXT_VALUE_MAX},
    object_read::{Read, object},
    wanted::Wanted,
};

const GUID: &[u8] = &[7; 16];
const PREFIX: &[u8] = b"<GUID=07070707-0707-0707-0707-070707070707>;";

fn read(dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> Read {
    let wanted = ["displayName", "mail", "proxyAddresses"].map(str::to_owned);
    let dn = [PREFIX, dn].concat();
    object(&entry(&dn, attributes), &Wanted::new(&wanted))
}

fn user(dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> DirectoryObject {
    let fixed: [(&str, &[&[u8]]); 2] =
        [("objectGUID", &[GUID]), ("objectClass", &[b"top", b"User"])];
    match read(dn, &[&fixed, attributes].concat()) {
        Read::Object(object, _) => *object,
        _ => panic!("no object"),
    }
}

#[test]
fn a_name_that_is_no_text_is_replaced_by_the_guid() {
    let odd = user(b"CN=\xff,DC=x", &[("mail", &[b"a@x"])]);
    assert_eq!(odd.dn, "<GUID=07070707-0707-0707-0707-070707070707>");
    let attribute = "distinguishedName".to_owned();
    assert_eq!(odd.problems, [ObjectProblem::NotUtf8 { attribute }]);
    assert_eq!(odd.attributes["mail"], ["a@x"]);
    assert_eq!(user(b"CN=a,DC=x", &[]).dn, "CN=a,DC=x");
}

#[test]
fn values_are_taken_whole_or_not_at_all() {
    let (fits, too_long) = (vec![b'x'; TEXT_VALUE_MAX], vec![b'x'; TEXT_VALUE_MAX + 1]);
    let found = user(
        b"CN=a",
        &[
            ("MAIL", &[&fits, b"\xff", &too_long, b"a@x"]),
            ("displayName", &[b"\xc3"]),
            ("proxyAddresses;range=0-1499", &[b"smtp:a@x"]),
        ],
    );
    let taken = [String::from_utf8(fits).unwrap(), "a@x".to_owned()];
    assert_eq!(
        found.attributes.into_iter().collect::<Vec<_>>(),
        [("mail".to_owned(), taken.to_vec())]
    );
    let bytes = TEXT_VALUE_MAX + 1;
    let (name, mail) = ("displayName".to_owned(), "mail".to_owned());
    let addresses = "proxyAddresses".to_owned();
    assert_eq!(
        found.problems,
        [
            ObjectProblem::NotUtf8 { attribute: name },
            ObjectProblem::NotUtf8 {
                attribute: mail.clone()
            },
            ObjectProblem::TooLarge {
                attribute: mail,
                bytes
            },
            ObjectProblem::TooManyValues {
                attribute: addresses
            },
        ]
    );
}

#[test]
fn what_may_not_be_read_is_not_known() {
    let hidden = user(b"CN=a", &[]);
    assert_eq!(
        (hidden.enabled, hidden.rid, hidden.primary_group),
        (None, None, None)
    );
    let odd = user(
        b"CN=a",
        &[
            ("userAccountControl", &[b"nonsense"]),
            ("objectSid", &[b"\x01"]),
            ("accountExpires", &[b"9223372036854775807"]),
            ("mS-DS-ConsistencyGuid", &[&[1; 15]]),
        ],
    );
    assert_eq!(odd, hidden);
    let seen = user(
        b"CN=a",
        &[
            ("userAccountControl", &[b"514"]),
            ("primaryGroupID", &[b"513"]),
            ("mS-DS-ConsistencyGuid", &[&[1; 16]]),
        ],
    );
    assert_eq!((seen.enabled, seen.primary_group), (Some(false), Some(513)));
    assert_eq!(seen.consistency_guid.unwrap().bytes(), &[1; 16]);
}

#[test]
fn kinds_are_told_apart() {
    let kind = |classes: &[&[u8]], own: &[u8]| {
        let attributes: [(&str, &[&[u8]]); 3] = [
            ("objectGUID", &[GUID]),
            ("objectClass", classes),
            ("isCriticalSystemObject", &[own]),
        ];
        match read(b"CN=a", &attributes) {
            Read::Object(object, _) => Some(object.kind),
            _ => None,
        }
    };
    assert_eq!(kind(&[b"user"], b"FALSE"), Some(ObjectKind::User));
    assert_eq!(kind(&[b"user"], b"TRUE"), None);
    assert_eq!(kind(&[b"user", b"computer"], b"FALSE"), None);
    assert_eq!(kind(&[b"group"], b"TRUE"), Some(ObjectKind::Group));
    assert_eq!(
        kind(&[b"builtinDomain"], b"TRUE"),
        Some(ObjectKind::Container)
    );
    assert_eq!(kind(&[b"contact"], b"FALSE"), None);
    assert_eq!(kind(&[], b""), None);
    let nobody = read(
        b"CN=a",
        &[("objectGUID", &[b"short"]), ("objectClass", &[b"user"])],
    );
    assert!(matches!(nobody, Read::Unusable));
}
