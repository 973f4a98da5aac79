//! The GUID that an object carries with it.

use writeback_ad::{AdError, Sid, WroteGuid};
use writeback_model::SourceAnchor;

use super::{FORESTS, Room, judge::ldapsearch, one};
use crate::support::anchor;

/// *Write mS-DS-ConsistencyGuid*, inherited by user objects.
const RIGHT: &str =
    "(OA;CIIO;WP;23773dc2-b63a-11d2-90e1-00c04fd91ab1;bf967aba-0de6-11d0-a285-00aa003049e2;SID)";

#[tokio::test]
async fn the_right_that_the_documentation_names_is_enough() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let forest = &room.site.forest;
        let filter = format!("(userPrincipalName={})", forest.agent_upn);
        let agent = ldapsearch(forest, &forest.base_dn, &filter, &["objectSid"]);
        let sid = &agent.into_values().next().unwrap()["objectsid"][0];
        let sid = Sid::try_from_bytes(sid).unwrap().to_string();
        let object = format!("--objectdn={}", room.ou);
        let right = format!("--sddl={}", RIGHT.replace("SID", &sid));
        let granting = ["dsacl", "set", &object, "--action=allow", &right];
        forest.first_dc().unwrap().samba_tool(&granting).unwrap();
        let user = room.user();
        let agent = room.pdc().await;
        let wrote = agent.write_consistency_guid(&anchor(&user)).await.unwrap();
        assert_eq!(wrote, WroteGuid::Written, "{domain}");
        let again = agent.write_consistency_guid(&anchor(&user)).await.unwrap();
        assert_eq!(again, WroteGuid::AlreadySet, "{domain}");
    }
}

#[tokio::test]
async fn a_consistency_guid_is_written_once() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let [user, other] = [(); 2].map(|()| room.user());
        // The agent has no right to write it unless it was given one.
        let refused = room
            .pdc()
            .await
            .write_consistency_guid(&anchor(&user))
            .await;
        assert!(
            matches!(&refused, Err(AdError::Refused { source, .. }) if source.code == 50),
            "{domain}: {refused:?}"
        );
        let administrator = room.pdc_as_administrator().await;
        let cookie = administrator.sync_cookie().await.unwrap();
        let wrote = administrator
            .write_consistency_guid(&anchor(&user))
            .await
            .unwrap();
        assert_eq!(wrote, WroteGuid::Written);
        let stranger = anchor(&other);
        room.edit
            .set(&other.dn, "mS-DS-ConsistencyGuid", &[[7; 16]])
            .unwrap();
        for user in [&user, &other] {
            let again = administrator
                .write_consistency_guid(&anchor(user))
                .await
                .unwrap();
            assert_eq!(again, WroteGuid::AlreadySet, "{domain}");
        }
        let found = room.all(&[]).await;
        let guid = |user: SourceAnchor| one(&found, &user).consistency_guid;
        assert_eq!(guid(anchor(&user)), Some(anchor(&user)));
        assert_eq!(guid(stranger).unwrap().bytes(), &[7; 16]);
        let page = administrator
            .changes(&cookie, &[])
            .next()
            .await
            .unwrap()
            .unwrap();
        assert!(
            page.changed
                .iter()
                .any(|changed| changed.anchor == anchor(&user))
        );
        // One that is no GUID is none.
        room.edit
            .set(&other.dn, "mS-DS-ConsistencyGuid", &[b"short"])
            .unwrap();
        assert_eq!(one(&room.all(&[]).await, &stranger).consistency_guid, None);
        room.edit.delete(&user.dn).unwrap();
        let gone = administrator.write_consistency_guid(&anchor(&user)).await;
        assert!(
            matches!(&gone, Err(AdError::Refused { source, .. }) if source.code == 32),
            "{domain}: {gone:?}"
        );
    }
}
