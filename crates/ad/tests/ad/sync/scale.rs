//! Thousands at once.

use std::{collections::BTreeSet, time::Instant};

use writeback_ad::Directory;

use super::{all, judge::ldapsearch, names};
use crate::support::{config, lab};

const MANY: usize = 5_000;

#[tokio::test(flavor = "multi_thread")]
async fn thousands_are_read_and_change_at_once() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap().clone();
    let crowd = forest.ensure_crowd(MANY).unwrap();
    let directory = Directory::new(config(&forest)).unwrap();
    let pdc = directory.pdc().await.unwrap();
    let wanted = names(&["sAMAccountName", "displayName", "mail", "userPrincipalName"]);

    let start = Instant::now();
    let filter = "(|(&(objectCategory=person)(objectClass=user))(objectClass=group))";
    let seen = ldapsearch(
        &forest,
        &crowd.ou,
        filter,
        &["sAMAccountName", "displayName"],
    );
    println!("{} seen by ldapsearch in {:?}", seen.len(), start.elapsed());
    let cookie = pdc.sync_cookie().await.unwrap();
    let start = Instant::now();
    let found = all(pdc.enumerate(Some(&crowd.ou), &wanted, 1000)).await;
    println!("{} enumerated in {:?}", found.len(), start.elapsed());
    let everyone: BTreeSet<_> = found.iter().map(|object| object.anchor).collect();

    forest.change_crowd(&crowd, MANY, "renamed").unwrap();
    let start = Instant::now();
    let mut changes = pdc.changes(&cookie, &wanted);
    let mut changed = BTreeSet::new();
    while let Some(page) = changes.next().await.unwrap() {
        changed.extend(page.changed.iter().map(|changed| changed.anchor));
    }
    println!("{} changes told in {:?}", changed.len(), start.elapsed());
    let anchors: Vec<_> = everyone.iter().copied().collect();
    let start = Instant::now();
    let now = pdc.objects(&anchors, &wanted).await.unwrap();
    println!("{} read by GUID in {:?}", now.len(), start.elapsed());

    forest.drop_crowd(crowd).unwrap();
    assert_eq!(
        (found.len(), everyone.len(), seen.len()),
        (MANY, MANY, MANY)
    );
    assert!(changed.is_superset(&everyone));
    assert_eq!(now.len(), MANY);
    let renamed = |name: &[String]| name.concat().ends_with("renamed");
    assert!(
        now.iter()
            .all(|object| renamed(&object.attributes["displayName"]))
    );
}
