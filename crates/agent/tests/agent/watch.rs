//! Watching a forest.

use std::time::Duration;

use writeback_wire::{ToAgent, ToCloud};

use crate::{
    cloud::{Cloud, Link, Manners},
    runs::attributes,
    site::{Site, Unit},
};

/// Longer than the agent takes to see a change.
const QUIET: Duration = Duration::from_secs(3);

async fn hear_of_a_change(link: &mut Link) {
    match link.hear().await {
        ToCloud::Changed { forest } => assert_eq!(forest.as_str(), "corp.test"),
        other => panic!("not a change but {other:?}"),
    }
}

async fn watch(link: &mut Link) {
    link.say(&ToAgent::Watch {
        forest: "corp.test".parse().unwrap(),
        attributes: attributes(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_imports_read_is_told_and_nothing_else() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::alone();
    let user = ou.user("");
    let site = Site::acting_on(&cloud, &ou, "");
    let edit = ou.edit();
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    assert!(link.is_quiet(QUIET).await, "nobody asked");

    // At the beginning always: what changed before, nobody may have seen.
    watch(&mut link).await;
    hear_of_a_change(&mut link).await;
    assert!(link.is_quiet(QUIET).await, "nothing happened");

    edit.set(&user.dn, "displayName", &["Another"]).unwrap();
    hear_of_a_change(&mut link).await;
    edit.set(&user.dn, "physicalDeliveryOfficeName", &["4.11"])
        .unwrap();
    assert!(link.is_quiet(QUIET).await, "no import reads that");
    edit.delete(&user.dn).unwrap();
    hear_of_a_change(&mut link).await;

    // Ordered again it begins anew; told to stop it stops.
    watch(&mut link).await;
    hear_of_a_change(&mut link).await;
    link.say(&ToAgent::Unwatch {
        forest: "corp.test".parse().unwrap(),
    })
    .await;
    ou.user("");
    assert!(link.is_quiet(QUIET).await, "it was told to stop");

    // A new link has to order it anew.
    watch(&mut link).await;
    hear_of_a_change(&mut link).await;
    drop(link);
    let (mut link, _) = cloud.link().await;
    ou.user("");
    assert!(link.is_quiet(QUIET).await, "nobody asked on this link");
    watch(&mut link).await;
    hear_of_a_change(&mut link).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_changes_at_once_are_told_at_least_once_after_the_last() {
    let cloud = Cloud::start(Manners::default()).await;
    let ou = Unit::alone();
    let user = ou.user("");
    let site = Site::acting_on(&cloud, &ou, "");
    let edit = ou.edit();
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    watch(&mut link).await;
    hear_of_a_change(&mut link).await;
    for round in 0..20 {
        edit.set(&user.dn, "displayName", &[format!("Round {round}")])
            .unwrap();
    }
    let mut told = 0;
    while let Some(frame) = link.hear_within(QUIET).await {
        assert!(matches!(frame, ToCloud::Changed { .. }), "{frame:?}");
        told += 1;
    }
    assert!((1..20).contains(&told), "{told}");
    running.stop().await;
}
