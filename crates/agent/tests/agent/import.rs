//! Importing a forest whole.

use std::time::Duration;

use writeback_lab::Lab;
use writeback_wire::{
    ImportKind, ToAgent,
    http::{IMPORT_BATCH_MAX, ImportedKind},
};

use crate::{
    cloud::{Cloud, Manners},
    faults::Frozen,
    runs::{anchor, delta, full, order, run, sorted},
    site::{Site, Unit, logged},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_object_in_scope_is_uploaded_whole_over_one_connection() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let (first, second) = (ou.user(""), ou.user(""));
    let group = ou
        .edit()
        .create_group(&ou.dn, &first.sam.replace('u', "g"), &[&first.dn]);
    let group = group.unwrap();
    let site = Site::acting_on(&cloud, &ou, "");
    let outsider = site.forest.create_user(Default::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let imported = full(&cloud, &mut link).await;

    let objects = imported.objects();
    assert_eq!(objects.len(), 3, "{:?}", imported.names());
    assert!(!imported.names().contains(&outsider.sam));
    let user = &objects[&first.sam];
    assert_eq!(user.anchor, anchor(&first));
    assert_eq!(user.kind, ImportedKind::User);
    assert_eq!(user.netbios.as_deref(), Some("CORP"));
    assert_eq!(user.dn, first.dn);
    assert_eq!(user.attributes["userPrincipalName"], [first.upn.as_str()]);
    assert_eq!(
        user.attributes["otherMailbox"],
        [first.recovery_mail.as_str()]
    );
    assert!(user.enabled && user.problems.is_empty());
    assert_eq!(user.primary_group, Some(513));
    let group = objects.values().find(|it| it.dn == group).unwrap();
    assert_eq!(group.kind, ImportedKind::Group);
    assert_eq!(group.members, Some(vec![anchor(&first)]));
    assert!(objects.contains_key(&second.sam));

    assert_eq!(imported.positions().len(), 1);
    let dc = site.forest.first_dc().unwrap();
    assert_eq!(imported.complete.controllers, [dc.fqdn.as_str()]);
    assert!(imported.complete.sees_deletions);
    assert_eq!(
        hello.forests[0].scope.as_ref(),
        Some(&imported.complete.scope)
    );
    assert!(imported.removed().is_empty());

    // The next import goes over the same connection.
    let run_id = imported.run;
    let next = delta(&cloud, &mut link, &imported).await;
    let mut connections: Vec<_> = [run_id, next.run]
        .iter()
        .flat_map(|run| cloud.uploads(*run))
        .map(|upload| upload.from)
        .collect();
    connections.dedup();
    assert_eq!(connections.len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_forest_comes_in_batches_that_are_not_too_large() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let user = site.forest.create_user(Default::default()).unwrap();
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let imported = full(&cloud, &mut link).await;
    let sizes = imported.batches.iter().map(|batch| batch.objects.len());
    assert!(sizes.max().unwrap() <= IMPORT_BATCH_MAX);
    let objects = imported.objects();
    let found = &objects[&user.sam];
    assert_eq!(found.anchor, anchor(&user));
    // Built-in groups are groups, and built-in accounts are nobody's.
    assert!(objects.contains_key("Domain Users"));
    assert!(!objects.contains_key("krbtgt"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_between_batches_loses_and_repeats_nothing() {
    let manners = Manners {
        break_uploads: 3,
        ..Manners::default()
    };
    let cloud = Cloud::start(manners).await;
    let ou = Unit::new();
    let users = [ou.user(""), ou.user("")];
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let imported = full(&cloud, &mut link).await;
    assert_eq!(imported.names(), sorted(&[&users[0], &users[1]]));
    let uploads = cloud.uploads(imported.run);
    // One call for each batch, one to complete, and three that were not answered.
    assert_eq!(uploads.len(), imported.batches.len() + 1 + 3);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_given_to_another_agent_ends_without_a_word() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let user = ou.user("");
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let over = order(ImportKind::Full, Vec::new());
    cloud.manners().runs_over.push(over.run);
    let ended = format!("run={} ", over.run);
    link.say(&ToAgent::Import(over)).await;
    let is_over = |line: &str| line.contains(&ended) && line.contains("given it to another agent");
    while !logged().lines().any(is_over) {
        let said = link.hear_within(Duration::from_millis(50)).await;
        assert!(said.is_none(), "{said:?}");
    }
    // The next one is as good as any.
    assert_eq!(full(&cloud, &mut link).await.names(), [user.sam.as_str()]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_order_takes_the_place_of_the_one_before() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let first = order(ImportKind::Full, Vec::new());
    let first_run = first.run;
    link.say(&ToAgent::Import(first)).await;
    let second = full(&cloud, &mut link).await;
    assert_ne!(second.run, first_run);
    let left = cloud.uploads(first_run);
    assert!(left.iter().all(|upload| upload.what != "complete"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_import_that_was_interrupted_goes_on_with_the_domains_that_are_left() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::new();
    let user = ou.user("");
    let site = Site::acting_on(&cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let whole = full(&cloud, &mut link).await;
    assert_eq!(whole.names(), [user.sam.as_str()]);
    let rest = order(ImportKind::Full, whole.positions());
    let rest = run(&cloud, &mut link, rest).await.unwrap();
    assert_eq!(rest.complete.batches, 0);
    assert_eq!(rest.complete.scope, whole.complete.scope);
    assert!(rest.complete.sees_deletions);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preferred_controller_is_read_and_not_the_pdc_emulator() {
    let cloud = Cloud::start(Manners::default()).await;
    let forest = Lab::require().unwrap().forest("corp.test").unwrap().clone();
    let pdc = forest.pdc().unwrap().fqdn.clone();
    let other = forest.dcs.iter().find(|dc| dc.fqdn != pdc).unwrap();
    let extra = format!("preferred_controllers = [\"{}\"]", other.fqdn);
    let site = Site::of("corp.test", &cloud, "", &extra);
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let imported = full(&cloud, &mut link).await;
    assert_eq!(imported.complete.controllers, [other.fqdn.as_str()]);
    let position = &imported.positions()[0];
    let settings = format!("CN=NTDS Settings,CN={},", other.name.to_uppercase());
    assert!(position.controller.starts_with(&settings), "{position:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_falls_silent_is_named_and_the_next_import_is_whole() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::alone();
    let user = ou.user("");
    let forest = Lab::require().unwrap().forest("corp.test").unwrap().clone();
    let dc = forest.dcs[1].clone();
    // It reads from a controller on which directories are not edited.
    forest.replicated(Duration::from_secs(60)).unwrap();
    let site = Site::reading_from(&dc, &cloud, &ou, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    assert_eq!(full(&cloud, &mut link).await.names(), [user.sam.as_str()]);
    dc.pause().unwrap();
    let frozen = Frozen(dc.clone());
    let silent = order(ImportKind::Full, Vec::new());
    let failed = run(&cloud, &mut link, silent).await.err().unwrap();
    assert!(failed.detail.contains(&dc.fqdn), "{failed:?}");
    assert!(!failed.cookie_refused);
    drop(frozen);
    assert_eq!(full(&cloud, &mut link).await.names(), [user.sam.as_str()]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_replicate_deletions_are_said_not_to_be_seen() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::of(
        "legacy.test",
        &cloud,
        "",
        "allow_without_policy_hints = true",
    );
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    let mut order = order(ImportKind::Full, Vec::new());
    order.forest = "legacy.test".parse().unwrap();
    let imported = run(&cloud, &mut link, order).await.unwrap();
    assert!(!imported.complete.sees_deletions);
    assert!(imported.positions()[0].cookie.is_some());
    running.stop().await;
}
