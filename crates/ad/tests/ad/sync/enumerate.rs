//! All users and groups.

use std::collections::BTreeSet;

use writeback_ad::{AdError, ObjectKind, escape_dn_value};
use writeback_lab::{PEOPLE, UserSpec, unique_name};

use super::{FORESTS, Room, all, judge::ldapsearch, names, one};
use crate::support::{anchor, site};

const EVERYONE: &str = "(|(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))(objectClass=group))";
const TEXTS: [&str; 5] = [
    "sAMAccountName",
    "displayName",
    "mail",
    "otherMailbox",
    "givenName",
];

#[tokio::test]
async fn all_that_another_client_sees_is_enumerated() {
    for domain in FORESTS {
        let site = site(domain);
        let forest = &site.forest;
        let pdc = site.directory.pdc().await.unwrap();
        let attributes: Vec<&str> = TEXTS.into_iter().chain(["member", "objectClass"]).collect();
        // Other tests create and delete: what was there before and after must be there.
        let before = ldapsearch(forest, &forest.base_dn, EVERYONE, &attributes);
        let found = all(pdc.enumerate(None, &names(&TEXTS), 7)).await;
        let after = ldapsearch(forest, &forest.base_dn, EVERYONE, &attributes);
        let both = before
            .iter()
            .filter(|(guid, seen)| after.get(*guid) == Some(*seen));
        let mut compared = 0;
        for (guid, seen) in both {
            let object = found
                .iter()
                .find(|object| object.anchor.bytes() == guid.as_slice());
            let object = object.unwrap_or_else(|| panic!("{domain}: {seen:?} is missing"));
            let group = seen["objectclass"].contains(&b"group".to_vec());
            assert_eq!(object.kind == ObjectKind::Group, group);
            assert_eq!(object.dn.as_bytes(), seen["dn"].concat());
            for name in TEXTS {
                let ours: BTreeSet<&[u8]> = object
                    .attributes
                    .get(name)
                    .into_iter()
                    .flatten()
                    .map(|value| value.as_bytes())
                    .collect();
                let theirs = seen.get(&name.to_lowercase()).into_iter().flatten();
                assert_eq!(
                    ours,
                    theirs.map(Vec::as_slice).collect(),
                    "{name} of {}",
                    object.dn
                );
            }
            let members = object.members.as_ref().map(Vec::len);
            let theirs = seen.get("member").map_or(0, Vec::len);
            assert_eq!(members, group.then_some(theirs), "{}", object.dn);
            assert_eq!(object.problems, []);
            compared += 1;
        }
        assert!(
            compared > PEOPLE.len() + 30,
            "{domain}: only {compared} compared"
        );
        let strangers = found.iter().filter(|object| {
            let guid = object.anchor.bytes().as_slice();
            !before.contains_key(guid) && !after.contains_key(guid)
        });
        // Whoever came and went between the two.
        assert!(strangers.count() < 40);
    }
}

#[tokio::test]
async fn people_are_as_they_were_created_and_the_directorys_own_accounts_are_left_out() {
    for domain in FORESTS {
        let site = site(domain);
        let pdc = site.directory.pdc().await.unwrap();
        let found =
            all(pdc.enumerate(None, &names(&["sAMAccountName", "userPrincipalName"]), 1000)).await;
        let sam = |name: &str| {
            let is = |object: &&writeback_ad::DirectoryObject| {
                object.attributes["sAMAccountName"] == [name]
            };
            found.iter().find(is)
        };
        for person in PEOPLE {
            let known = site.forest.person(person.sam).unwrap();
            let user = sam(person.sam).unwrap();
            assert_eq!(user.anchor.bytes(), &known.guid);
            assert_eq!(user.attributes["userPrincipalName"], [known.upn]);
            assert_eq!((user.kind, &user.members), (ObjectKind::User, &None));
            // Petra's control bits are not shown to the agent.
            let enabled = match person.case {
                "no-inheritance" => None,
                case => Some(case != "disabled"),
            };
            assert_eq!(user.enabled, enabled, "{}", person.sam);
            assert_eq!(user.account_expires.is_some(), person.case == "expired");
            assert!(user.rid.is_some_and(|rid| rid >= 1000));
        }
        for own in ["Administrator", "Guest", "krbtgt", "DC1$", "LEG1$", "FAB1$"] {
            assert!(sam(own).is_none(), "{own} was enumerated in {domain}");
        }
        let users = sam("Domain Users").unwrap();
        assert_eq!((users.rid, users.kind), (Some(513), ObjectKind::Group));
        let alice = PEOPLE.iter().find(|person| person.case == "ordinary");
        let primary = alice
            .and_then(|person| sam(person.sam))
            .unwrap()
            .primary_group;
        assert_eq!(primary, users.rid);
    }
}

#[tokio::test]
async fn a_base_is_found_by_name_and_by_guid_and_pages_are_not_larger_than_asked() {
    let room = Room::new("corp.test");
    let pdc = room.pdc().await;
    let below = room
        .edit
        .create_ou(&room.ou, "Sales, \"North\" + 1")
        .unwrap();
    let mut made = BTreeSet::new();
    for _ in 0..7 {
        let ou = Some(below.clone());
        made.insert(anchor(&room.user_like(UserSpec {
            ou,
            ..UserSpec::default()
        })));
    }
    let guid = writeback_ad::guid_dn(&room.anchor(&room.ou));
    for base in [room.ou.as_str(), &guid] {
        for size in [1, 3, 7, 1000] {
            let mut objects = pdc.enumerate(Some(base), &[], size);
            let mut found = BTreeSet::new();
            while let Some(page) = objects.next().await.unwrap() {
                assert!(page.len() <= usize::from(size));
                for object in page {
                    assert!(object.dn.ends_with(&below), "{}", object.dn);
                    assert!(found.insert(object.anchor));
                }
            }
            assert_eq!((&found, objects.unusable()), (&made, 0));
        }
    }
}

#[tokio::test]
async fn a_base_that_does_not_exist_is_an_error_and_never_an_empty_directory() {
    let site = site("corp.test");
    let pdc = site.directory.pdc().await.unwrap();
    let nowhere = format!(
        "OU={},{}",
        escape_dn_value("no, where"),
        site.forest.base_dn
    );
    for base in [
        nowhere.as_str(),
        "<GUID=00112233-4455-6677-8899-aabbccddeeff>",
        "nonsense",
    ] {
        let mut objects = pdc.enumerate(Some(base), &[], 1000);
        let error = objects.next().await.unwrap_err();
        assert!(
            matches!(error, AdError::Refused { .. }),
            "{base}: {error:?}"
        );
        // Nor is what comes after the error taken for the end.
        assert!(objects.next().await.is_err());
    }
}

#[tokio::test]
async fn only_people_and_groups_are_taken() {
    let room = Room::new("corp.test");
    let sam = unique_name("pc").to_uppercase();
    let sam = &sam[..15];
    let contact = format!("CN=contact,{}", room.ou);
    let inet = format!("CN=inet,{}", room.ou);
    room.site
        .forest
        .change(&format!(
            "dn: {contact}\nchangetype: add\nobjectClass: contact\n\n\
         dn: CN={sam},{ou}\nchangetype: add\nobjectClass: computer\n\
         sAMAccountName: {sam}$\nuserAccountControl: 4096\n\n\
         dn: {inet}\nchangetype: add\nobjectClass: inetOrgPerson\nsAMAccountName: {sam}\n\n",
            ou = room.ou
        ))
        .unwrap();
    let group = room
        .edit
        .create_group(&room.ou, &unique_name("g"), &[contact.as_str()])
        .unwrap();
    let found = room.all(&["cn"]).await;
    assert_eq!(found.len(), 2, "{found:?}");
    let person = one(&found, &room.anchor(&inet));
    assert_eq!(
        (person.kind, person.enabled),
        (ObjectKind::User, Some(false))
    );
    // A member that is not synchronised is a member all the same.
    let group = one(&found, &room.anchor(&group));
    assert_eq!(group.members.as_deref(), Some(&[room.anchor(&contact)][..]));
    // The same objects by their GUIDs, and the unit itself besides.
    let guids = [&contact, &inet, &group.dn, &room.ou].map(|dn| room.anchor(dn));
    let mut same = room
        .pdc()
        .await
        .objects(&guids, &names(&["cn"]))
        .await
        .unwrap();
    let container = same
        .iter()
        .position(|object| object.kind == ObjectKind::Container)
        .unwrap();
    let container = same.remove(container);
    assert_eq!(
        (container.anchor, &container.dn, container.members),
        (guids[3], &room.ou, None)
    );
    same.sort_by_key(|object| object.anchor);
    let mut found = found.clone();
    found.sort_by_key(|object| object.anchor);
    assert_eq!(same, found);
}

#[tokio::test]
async fn hundreds_are_read_by_guid_and_what_is_gone_is_missing() {
    let room = Room::new("legacy.test");
    let pdc = room.pdc().await;
    let everyone = all(pdc.enumerate(None, &names(&["cn"]), 1000)).await;
    let user = room.user();
    let gone = room.user();
    room.edit.delete(&gone.dn).unwrap();
    let mut anchors: Vec<_> = everyone.iter().map(|object| object.anchor).collect();
    // Some twice, more than fit into one request, and some that are nothing.
    while anchors.len() < 250 {
        anchors.extend_from_within(..20);
    }
    let count = anchors.iter().collect::<BTreeSet<_>>().len();
    anchors.extend([anchor(&user), anchor(&gone)]);
    let found = pdc.objects(&anchors, &names(&["cn"])).await.unwrap();
    assert!(found.iter().any(|object| object.dn == user.dn));
    assert!(!found.iter().any(|object| object.anchor == anchor(&gone)));
    // Others may have been deleted by other tests meanwhile.
    assert!(found.len() <= count + 1 && found.len() + 40 > count);
    let twice: BTreeSet<_> = found.iter().map(|object| object.anchor).collect();
    assert_eq!(twice.len(), found.len());
    assert_eq!(pdc.objects(&[], &[]).await.unwrap(), []);
}
