//! Organizational units that are renamed, moved and deleted.

use writeback_model::{Cause, Outcome};
use writeback_wire::{ForestHealth, ImportKind, ToAgent, ToCloud, http::RemovedWhy};

use crate::{
    cloud::{Cloud, Link, Manners},
    runs::{anchor, delta, full, order, run, sorted},
    site::{RESET, Site, Unit, logged, password},
};

/// What becomes of a request that is granted.
async fn outcome(link: &mut Link, offer: &ToAgent) -> Outcome {
    link.say(offer).await;
    let request = link.hear_claim().await;
    link.grant(request).await;
    let ToCloud::Outcome { outcome, .. } = link.hear().await else {
        panic!("no outcome")
    };
    link.say(&ToAgent::Recorded { request }).await;
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_unit_is_followed_and_nobody_is_lost() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let edit = ou.edit();
    edit.create_ou(&ou.dn, "North").unwrap();
    let (user, deeper) = (ou.user(""), ou.user("OU=North,"));
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let whole = full(&cloud, &mut link).await;
    let everybody = sorted(&[&user, &deeper]);
    assert_eq!(whole.names(), everybody);

    let new_name = writeback_lab::unique_name("renamed");
    let new_dn = edit.rename(&ou.dn, &new_name).unwrap();
    let update = delta(&cloud, &mut link, &whole).await;
    assert_eq!(update.names(), everybody);
    let objects = update.objects();
    assert!(objects.values().all(|object| object.dn.ends_with(&new_dn)));
    let removed = update.removed();
    assert!(!removed.contains_key(&anchor(&user)) && !removed.contains_key(&anchor(&deeper)));
    assert_eq!(update.complete.scope, whole.complete.scope);
    assert_eq!(full(&cloud, &mut link).await.names(), everybody);
    let advice = format!("write \"{new_dn}\" in place of \"{}\"", ou.dn);
    assert!(logged().contains(&advice), "{advice}");

    // Passwords are written at once, too.
    let (_, offer) = site.offer(&hello.sealing_key, &user, RESET, &password(), None);
    assert_eq!(
        outcome(&mut link, &offer).await,
        Outcome::Changed { remarks: vec![] }
    );
    running.stop().await;

    // After a restart the name leads nowhere, and the unit is known all the same.
    let running = site.run();
    let (mut link, hello) = cloud.link().await;
    assert_eq!(hello.forests[0].scope.as_ref(), Some(&whole.complete.scope));
    assert_eq!(full(&cloud, &mut link).await.names(), everybody);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_given_to_another_unit_means_the_first_one() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let user = ou.user("");
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let edit = ou.edit();
    edit.rename(&ou.dn, &writeback_lab::unique_name("renamed"))
        .unwrap();
    let (_, name) = ou.dn.split_once('=').unwrap();
    let name = name.split_once(',').unwrap().0;
    edit.create_ou(&site.forest.base_dn, name).unwrap();
    let stranger = ou.user("");

    assert_eq!(full(&cloud, &mut link).await.names(), [user.sam.as_str()]);
    assert!(logged().contains("although another one has its name now"));
    let (_, offer) = site.offer(&hello.sealing_key, &stranger, RESET, &password(), None);
    assert_eq!(outcome(&mut link, &offer).await, Cause::OutOfScope.into());
    running.stop().await;
    edit.delete_tree(&ou.dn).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_with_a_unit_that_is_moved_out_of_scope_and_come_back_with_it() {
    let cloud = Cloud::start(Manners::default()).await;
    let (ou, outside) = (Unit::new(), Unit::new());
    let edit = ou.edit();
    let north = edit.create_ou(&ou.dn, "North").unwrap();
    edit.create_ou(&north, "Inner").unwrap();
    let (stays, goes) = (ou.user(""), ou.user("OU=Inner,OU=North,"));
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let whole = full(&cloud, &mut link).await;
    assert_eq!(whole.names(), sorted(&[&stays, &goes]));

    let moved = edit.move_below(&north, &outside.dn).unwrap();
    let gone = delta(&cloud, &mut link, &whole).await;
    assert_eq!(gone.removed()[&anchor(&goes)], RemovedWhy::OutOfScope);
    assert!(!gone.removed().contains_key(&anchor(&stays)));
    assert!(!gone.names().contains(&goes.sam));

    edit.move_below(&moved, &ou.dn).unwrap();
    let back = delta(&cloud, &mut link, &gone).await;
    assert_eq!(back.objects()[&goes.sam].anchor, anchor(&goes));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_excluded_unit_stays_excluded_by_whatever_name() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let edit = ou.edit();
    let secret = edit.create_ou(&ou.dn, "Secret").unwrap();
    let (user, hidden) = (ou.user(""), ou.user("OU=Secret,"));
    let site = Site::acting_on(&cloud, &ou, &format!("exclude_ous = [\"{secret}\"]"));
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let whole = full(&cloud, &mut link).await;
    assert_eq!(whole.names(), [user.sam.as_str()]);

    edit.rename(&secret, "Public").unwrap();
    // At once, before anything else was looked up.
    let (_, offer) = site.offer(&hello.sealing_key, &hidden, RESET, &password(), None);
    assert_eq!(outcome(&mut link, &offer).await, Cause::OutOfScope.into());
    let update = delta(&cloud, &mut link, &whole).await;
    assert!(!update.names().contains(&hidden.sam));
    assert_eq!(full(&cloud, &mut link).await.names(), [user.sam.as_str()]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_is_nowhere_stops_imports_and_writes_until_it_is_there() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let user = ou.user("");
    let missing = format!("OU=Missing,{}", ou.dn);
    let site = Site::acting_on(&cloud, &ou, &format!("exclude_ous = [\"{missing}\"]"));
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let status = &hello.forests[0];
    assert_eq!(
        (&status.health, &status.scope),
        (
            &ForestHealth::NotReady {
                cause: Cause::OutOfScope
            },
            &None
        )
    );
    let order = order(ImportKind::Full, Vec::new());
    let failed = run(&cloud, &mut link, order).await.err().unwrap();
    assert_eq!(failed.cause, Cause::OutOfScope);
    assert!(failed.detail.contains(&missing), "{failed:?}");
    assert!(!failed.cookie_refused);
    let new = password();
    let (_, offer) = site.offer(&hello.sealing_key, &user, RESET, &new, None);
    assert_eq!(outcome(&mut link, &offer).await, Cause::OutOfScope.into());
    assert!(!site.opens(&user, &new));

    ou.edit().create_ou(&ou.dn, "Missing").unwrap();
    let imported = full(&cloud, &mut link).await;
    assert_eq!(imported.names(), [user.sam.as_str()]);
    // The status follows by itself.
    loop {
        if let ToCloud::Status(status) = link.next().await.expect("the link ended") {
            assert_eq!(status.scope.as_ref(), Some(&imported.complete.scope));
            if matches!(status.health, ForestHealth::Ready { .. }) {
                break;
            }
        }
    }
    running.stop().await;
}
