//! What changed since a position.

use std::collections::BTreeMap;

use writeback_ad::{Changed, ChangesPage, Controller};
use writeback_lab::{UserSpec, unique_name};
use writeback_model::SourceAnchor;

use super::{FORESTS, Room, names, one};
use crate::support::anchor;

/// All pages as one. `moved` if it was in any.
async fn since(
    controller: &Controller,
    cookie: &[u8],
) -> (BTreeMap<SourceAnchor, bool>, ChangesPage) {
    let wanted = names(&["displayName", "mail", "mobile"]);
    let mut changes = controller.changes(cookie, &wanted);
    let mut whole = ChangesPage::default();
    while let Some(page) = changes.next().await.unwrap() {
        whole.changed.extend(page.changed);
        whole.deleted.extend(page.deleted);
        whole.cookie = page.cookie;
        whole.sees_deletions = page.sees_deletions;
    }
    let mut changed = BTreeMap::new();
    for Changed { anchor, moved } in &whole.changed {
        *changed.entry(*anchor).or_default() |= moved;
    }
    (changed, whole)
}

#[tokio::test]
async fn every_change_is_told_and_nothing_else_is() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let edit = &room.edit;
        let pdc = room.pdc().await;
        let [person, quiet, other] = [(); 3].map(|()| room.user());
        let group = edit
            .create_group(&room.ou, &unique_name("g"), &[&person.dn])
            .unwrap();
        let (group_anchor, ou) = (room.anchor(&group), room.anchor(&room.ou));
        let mut cookie = pdc.sync_cookie().await.unwrap();
        let mut step = async |what: &str, expected: &[(SourceAnchor, bool)]| {
            let (changed, page) = since(&pdc, &cookie).await;
            for (anchor, moved) in expected {
                assert_eq!(changed.get(anchor), Some(moved), "{domain}: {what}");
            }
            let mine = [
                anchor(&person),
                anchor(&quiet),
                anchor(&other),
                group_anchor,
                ou,
            ];
            let told = mine
                .iter()
                .filter(|anchor| changed.contains_key(anchor))
                .count();
            assert_eq!(told, expected.len(), "{domain}: {what}");
            cookie = page.cookie;
        };
        step("nothing", &[]).await;
        edit.set(&person.dn, "displayName", &["Somebody Else"])
            .unwrap();
        step("an attribute that is wanted", &[(anchor(&person), false)]).await;
        edit.set(&person.dn, "mobile", &[""; 0]).unwrap();
        step("a removed attribute", &[(anchor(&person), false)]).await;
        edit.set(&person.dn, "description", &["of no interest"])
            .unwrap();
        step("an attribute that is not wanted", &[]).await;
        edit.disable(&person.dn).unwrap();
        step("a disabled account", &[(anchor(&person), false)]).await;
        edit.add_members(&group, &[&quiet.dn, &other.dn]).unwrap();
        step("new members", &[(group_anchor, false)]).await;
        edit.remove_members(&group, &[&quiet.dn, &other.dn, &person.dn])
            .unwrap();
        step("the last member gone", &[(group_anchor, false)]).await;
        let person_dn = edit.rename(&person.dn, "Ann, \"O'Neill\" 山").unwrap();
        step("a renamed user", &[(anchor(&person), true)]).await;
        let below = edit.create_ou(&room.ou, "below").unwrap();
        let below_anchor = room.anchor(&below);
        step("a new unit", &[]).await;
        edit.move_below(&person_dn, &below).unwrap();
        step("a moved user", &[(anchor(&person), true)]).await;
        edit.rename(&below, "beneath").unwrap();
        let (changed, _) = since(&pdc, &cookie).await;
        assert_eq!(
            changed.get(&below_anchor),
            Some(&true),
            "{domain}: a renamed unit"
        );
        assert!(
            !changed.contains_key(&anchor(&person)),
            "only the unit is told, not who is in it"
        );
    }
}

#[tokio::test]
async fn deletions_are_told_to_whom_may_replicate() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let replicates = room.site.forest.agent_replicates;
        let pdc = room.pdc().await;
        let cookie = pdc.sync_cookie().await.unwrap();
        let user = room.user();
        let (changed, page) = since(&pdc, &cookie).await;
        assert_eq!(changed.get(&anchor(&user)), Some(&true), "a new user");
        assert_eq!(page.sees_deletions, replicates, "{domain}");
        let shown = pdc.beginning().await.unwrap().shows_deleted;
        assert_eq!(shown, replicates, "{domain}");
        room.edit.delete(&user.dn).unwrap();
        let deleted = async |controller: &Controller, cookie: &[u8]| {
            let (changed, page) = since(controller, cookie).await;
            assert!(!changed.contains_key(&anchor(&user)));
            (page.deleted.contains(&anchor(&user)), page.sees_deletions)
        };
        // Also one that came and went unseen.
        for cookie in [&page.cookie, &cookie] {
            assert_eq!(
                deleted(&pdc, cookie).await,
                (replicates, replicates),
                "{domain}"
            );
            let administrator = room.pdc_as_administrator().await;
            assert_eq!(
                deleted(&administrator, cookie).await,
                (true, true),
                "{domain}"
            );
        }
        room.edit.restore_user(&user).unwrap();
        let (changed, page) = since(&pdc, &page.cookie).await;
        assert_eq!(
            changed.get(&anchor(&user)),
            Some(&true),
            "{domain}: a restored user"
        );
        assert!(!page.deleted.contains(&anchor(&user)));
    }
}

#[tokio::test]
async fn changes_of_whom_the_agent_may_not_read_are_found_by_reading_everything_only() {
    for domain in FORESTS {
        let room = Room::new(domain);
        let user = room.user_like(UserSpec {
            no_inheritance: true,
            ..UserSpec::default()
        });
        let pdc = room.pdc().await;
        let cookie = pdc.sync_cookie().await.unwrap();
        let name = ["Somebody Else"];
        room.edit.set(&user.dn, "displayName", &name).unwrap();
        // Samba compares metadata that the account may not read, whatever else it may read.
        let (changed, _) = since(&pdc, &cookie).await;
        assert!(!changed.contains_key(&anchor(&user)), "{domain}");
        let (changed, _) = since(&room.pdc_as_administrator().await, &cookie).await;
        assert!(changed.contains_key(&anchor(&user)), "{domain}");
        let found = room.all(&["displayName"]).await;
        assert_eq!(one(&found, &anchor(&user)).attributes["displayName"], name);
    }
}
