//! A record is changed and the hashes after it are computed anew: nothing that does not fit the
//! next signed place is signed, exported or removed.

use jiff::{SignedDuration, Timestamp};
use writeback_audit::{ExportCheck, What};
use writeback_cloud::{ExportRange, Format, TrailError};
use writeback_store::AuditStore;

use super::{
    tamper::{rewrite, rows},
    trail::{ONE, Trail},
};

/// A trail that is signed twice, with a record between the two that was forged, and the times
/// before the first signature, between it and the forgery, and between that and the second one.
async fn forged() -> (Trail, [Timestamp; 3]) {
    let trail = Trail::new().await;
    trail.keep(12).await;
    let first = trail.now();
    trail.keep(8).await;
    trail.sign().await;
    trail.keep(12).await;
    let second = trail.now();
    trail.keep(12).await;
    let third = trail.now();
    trail.keep(12).await;
    trail.sign().await;
    let mut hand = trail.hand().await;
    let all = rows(&mut hand).await;
    let victim = all
        .iter()
        .filter(|it| it.chain == Some(ONE.uuid()))
        .find(|it| it.seq > 36)
        .unwrap();
    assert!(victim.number.is_some());
    rewrite(&mut hand, *victim).await;
    (trail, [first, second, third])
}

fn is_rewritten(error: &TrailError) -> bool {
    matches!(error, TrailError::Finding(found) if matches!(found.what, What::Rewritten { .. }))
}

#[tokio::test]
async fn what_was_forged_between_two_checkpoints_is_not_exported() {
    let (trail, [first, second, third]) = forged().await;
    let keeper = trail.keeper();
    let all = [
        Format::JsonLines,
        Format::Cef,
        Format::Syslog("a.test".into()),
    ];
    for format in &all {
        for (since, until) in [
            // It has the forged record; it ends before it; it begins behind it.
            (None, Some(third)),
            (None, Some(second)),
            (Some(second), Some(third)),
            (Some(third), Some(third + SignedDuration::from_secs(4))),
            (None, None),
        ] {
            let mut written = 0;
            let range = ExportRange { since, until };
            let exported = keeper
                .export(Some(ONE), format, range, &mut |_| {
                    written += 1;
                    Ok(())
                })
                .await;
            let error = exported.unwrap_err();
            assert!(is_rewritten(&error), "{since:?} {until:?}: {error}");
            assert_eq!(written, 0, "{since:?} {until:?}");
        }
    }
    // What a signed place confirms is exported, and can be checked.
    let mut check = ExportCheck::new(Some(keeper.public_key()));
    let range = ExportRange {
        since: None,
        until: Some(first),
    };
    let records = keeper
        .export(Some(ONE), &Format::JsonLines, range, &mut |line| {
            check.line(line).unwrap();
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(check.end().unwrap().checked.records, records);
    assert_eq!(records, 6);
}

#[tokio::test]
async fn what_was_forged_between_two_checkpoints_is_not_removed() {
    let (trail, [first, second, third]) = forged().await;
    let keeper = trail.keeper();
    for before in [second, third] {
        let error = keeper.prune(Some(ONE), before).await.unwrap_err();
        assert!(is_rewritten(&error), "{error}");
    }
    let signed = trail.store.audit_checkpoints(Some(ONE)).await.unwrap();
    assert_eq!(signed.len(), 2, "no mark was signed");
    assert_eq!(keeper.prune(Some(ONE), first).await.unwrap(), 6);
    assert!(is_rewritten(&TrailError::Finding(trail.finding().await)));
}
