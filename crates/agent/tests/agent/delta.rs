//! Importing what changed.

use writeback_wire::{ImportKind, Position, http::RemovedWhy};

use crate::{
    cloud::{Cloud, Link, Manners},
    runs::{Imported, anchor, delta, full, order, run, sorted},
    site::{Running, Site, Unit},
};

/// An agent that acts on one organizational unit, and has imported it.
struct Stage {
    cloud: Cloud,
    ou: Unit,
    site: Site,
    running: Running,
    link: Link,
}

impl Stage {
    async fn of(ou: Unit) -> Self {
        let cloud = Cloud::start(Manners::default()).await;
        let site = Site::acting_on(&cloud, &ou, "");
        let running = site.start().await;
        let (link, _) = cloud.link().await;
        Self {
            cloud,
            ou,
            site,
            running,
            link,
        }
    }

    async fn full(&mut self) -> Imported {
        full(&self.cloud, &mut self.link).await
    }

    async fn delta(&mut self, from: &Imported) -> Imported {
        delta(&self.cloud, &mut self.link, from).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_uploaded_whole_and_what_left_is_removed() {
    let ou = Unit::new();
    let [renamed, changed, disabled, leaving, deleted, left_alone] = [(); 6].map(|()| ou.user(""));
    let mut stage = Stage::of(ou).await;
    let whole = stage.full().await;
    assert_eq!(whole.objects().len(), 6);

    let edit = stage.ou.edit();
    let created = stage.ou.user("");
    let new_dn = edit.rename(&renamed.dn, "Someone, Else").unwrap();
    edit.set(&changed.dn, "displayName", &["Zoë Müller"])
        .unwrap();
    edit.disable(&disabled.dn).unwrap();
    let elsewhere = format!("OU=People,{}", stage.site.forest.base_dn);
    edit.move_below(&leaving.dn, &elsewhere).unwrap();
    edit.delete(&deleted.dn).unwrap();
    let update = stage.delta(&whole).await;

    let objects = update.objects();
    assert_eq!(
        update.names(),
        sorted(&[&created, &renamed, &changed, &disabled])
    );
    assert_eq!(objects[&renamed.sam].dn, new_dn);
    let changed = &objects[&changed.sam];
    assert_eq!(changed.attributes["displayName"], ["Zoë Müller"]);
    // Whole, although one attribute changed.
    assert!(changed.attributes.contains_key("mail"));
    assert!(!objects[&disabled.sam].enabled);
    let removed = update.removed();
    assert_eq!(removed[&anchor(&leaving)], RemovedWhy::OutOfScope);
    assert_eq!(removed[&anchor(&deleted)], RemovedWhy::Deleted);
    for still_there in [&created, &renamed, &disabled, &left_alone] {
        assert!(!removed.contains_key(&anchor(still_there)));
    }

    // Back again.
    edit.restore_user(&deleted).unwrap();
    let back = stage.delta(&update).await;
    assert_eq!(back.objects()[&deleted.sam].anchor, anchor(&deleted));
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_comes_again_when_its_members_change() {
    let ou = Unit::new();
    let (first, second) = (ou.user(""), ou.user(""));
    let group = ou
        .edit()
        .create_group(&ou.dn, &first.sam.replace('u', "g"), &[&first.dn]);
    let group = group.unwrap();
    let mut stage = Stage::of(ou).await;
    let whole = stage.full().await;
    let edit = stage.ou.edit();
    edit.add_members(&group, &[&second.dn]).unwrap();
    edit.remove_members(&group, &[&first.dn]).unwrap();
    let update = stage.delta(&whole).await;
    let objects = update.objects();
    let found = objects.values().find(|it| it.dn == group).unwrap();
    assert_eq!(found.members, Some(vec![anchor(&second)]));
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_changed_nothing_is_uploaded() {
    let ou = Unit::alone();
    ou.user("");
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let whole = full(&cloud, &mut link).await;
    let mut update = delta(&cloud, &mut link, &whole).await;
    // The full import itself may have been overtaken by what came before it.
    if !update.batches.is_empty() {
        update = delta(&cloud, &mut link, &update).await;
    }
    assert_eq!((update.complete.batches, update.complete.objects), (0, 0));
    assert!(update.complete.sees_deletions);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_the_directory_does_not_take_asks_for_a_full_import() {
    let mut stage = Stage::of(Unit::new()).await;
    let whole = stage.full().await;
    let good = whole.positions().remove(0);
    for cookie in [Some("AAAA".to_owned()), Some("no base64".to_owned()), None] {
        let position = Position {
            cookie,
            usn: good.usn - 1,
            ..good.clone()
        };
        let order = order(ImportKind::Delta, vec![position]);
        let failed = run(&stage.cloud, &mut stage.link, order).await;
        let failed = failed.err().expect("a position that is none was taken");
        assert!(failed.cookie_refused, "{failed:?}");
    }
    // So does a domain of which there is no position.
    let order = order(ImportKind::Delta, Vec::new());
    let failed = run(&stage.cloud, &mut stage.link, order).await.err();
    assert!(failed.unwrap().cookie_refused);
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_controller_goes_on_from_the_position_of_the_first() {
    let ou = Unit::new();
    let (early, late) = (ou.user(""), ou.user(""));
    let mut stage = Stage::of(ou).await;
    let whole = stage.full().await;
    stage.running.stop().await;
    let edit = stage.ou.edit();
    edit.set(&late.dn, "displayName", &["Later"]).unwrap();
    stage
        .site
        .forest
        .replicated(std::time::Duration::from_secs(60))
        .unwrap();

    let mut site = stage.site;
    site.config.forests[0].preferred_controllers = vec![site.forest.dcs[1].fqdn.clone()];
    let running = site.run();
    let (mut link, _) = stage.cloud.link().await;
    let update = delta(&stage.cloud, &mut link, &whole).await;
    assert_eq!(
        update.complete.controllers,
        [site.forest.dcs[1].fqdn.as_str()]
    );
    assert_eq!(
        update.objects()[&late.sam].attributes["displayName"],
        ["Later"]
    );
    assert!(!update.names().contains(&early.sam));
    running.stop().await;
}
