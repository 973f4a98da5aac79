//! Positions: where they are taken and where not, and how it is told that there is something
//! new.

use std::time::Duration;

use writeback_ad::{ChangesError, Directory, DomainConfig, PreferredControllers};

use super::{FORESTS, Room};
use crate::support::{anchor, config, lab};

#[tokio::test]
async fn a_position_of_one_controller_is_taken_by_the_other() {
    let room = Room::new("corp.test");
    let forest = &room.site.forest;
    let pdc = room.pdc().await;
    let only = PreferredControllers::Only(vec![forest.dcs[1].fqdn.clone()]);
    let preferred = DomainConfig {
        preferred: only,
        ..config(forest)
    };
    let second = Directory::new(preferred).unwrap().reader().await.unwrap();
    assert_ne!(pdc.host(), second.host());
    let before = room.user();
    forest.replicated(Duration::from_secs(60)).unwrap();
    let cookie = pdc.sync_cookie().await.unwrap();
    let user = room.user();
    forest.replicated(Duration::from_secs(60)).unwrap();
    for controller in [&second, &pdc] {
        let mut changes = controller.changes(&cookie, &[]);
        let page = changes.next().await.unwrap().unwrap();
        let told = |user| {
            page.changed
                .iter()
                .any(|changed| changed.anchor == anchor(user))
        };
        assert!(told(&user), "{}", controller.host());
        assert!(
            !told(&before),
            "{}: the position is of no use here",
            controller.host()
        );
    }
}

#[tokio::test]
async fn a_position_that_is_none_is_refused_as_such() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let pdc = room.pdc().await;
        let cookie = pdc.sync_cookie().await.unwrap();
        let half = &cookie[..cookie.len() / 2];
        let longer = [cookie.as_slice(), b"x"].concat();
        for bad in [b"garbage".as_slice(), &[0xff; 2000], half, &longer] {
            let mut changes = pdc.changes(bad, &[]);
            let answer = changes.next().await;
            match answer {
                Err(ChangesError::CookieRefused(_)) => {}
                // A Samba reads over what follows.
                Ok(_) if bad == longer => {}
                other => panic!("{domain}: {bad:02x?}: {other:?}"),
            }
        }
        // The connection and the good one are none the worse for it.
        assert!(pdc.changes(&cookie, &[]).next().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn the_highest_usn_rises_with_every_change() {
    let room = Room::new("corp.test");
    let pdc = room.pdc().await;
    let (name, before) = pdc.highest_usn().await.unwrap();
    assert_eq!(name, pdc.root_dse().ds_service_name);
    room.user();
    let (same, after) = pdc.highest_usn().await.unwrap();
    assert!(same == name && after > before);
}

#[tokio::test]
async fn a_container_is_found_by_name_and_by_guid() {
    let room = Room::new("corp.test");
    let pdc = room.pdc().await;
    let made = room
        .edit
        .create_ou(&room.ou, "Sales, \"North\" + 1")
        .unwrap();
    let shouted = made.to_uppercase();
    let anchor = room.anchor(&made);
    let found = pdc.resolve_container(&shouted).await.unwrap();
    assert_eq!(found, Some((anchor, made.clone())));
    let renamed = room.edit.rename(&made, "South").unwrap();
    assert_eq!(pdc.resolve_container(&made).await.unwrap(), None);
    let now = pdc.resolve_container_by_guid(&anchor).await.unwrap();
    assert_eq!(now, Some((anchor, renamed.clone())));
    room.edit.delete(&renamed).unwrap();
    assert_eq!(pdc.resolve_container_by_guid(&anchor).await.unwrap(), None);
    assert!(pdc.resolve_container("nonsense").await.is_err());
    let head = &lab().forest("corp.test").unwrap().base_dn.clone();
    assert!(pdc.resolve_container(head).await.unwrap().is_some());
}
