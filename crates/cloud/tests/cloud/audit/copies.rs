//! Copies of checkpoints, and a key, that are taken away.

use writeback_audit::{SigningKey, activity};
use writeback_model::Entropy;
use writeback_store::{AuditFilter, AuditStore, KeptLine};

use super::trail::{ONE, Trail};

struct Other;
impl Entropy for Other {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(9);
    }
}

async fn without_copy(trail: &Trail) -> u64 {
    trail.verified(&[]).await.unwrap().without_copy
}

#[tokio::test]
async fn that_copies_are_missing_is_said_until_somebody_copies_again() {
    let trail = Trail::new().await;
    for _ in 0..3 {
        trail.keep(8).await;
        trail.sign().await;
    }
    // Three chains, three times.
    let copies = std::fs::read_to_string(&trail.settings.checkpoints_file).unwrap();
    assert_eq!(copies.lines().count(), 9);
    std::fs::remove_file(&trail.settings.checkpoints_file).unwrap();
    assert_eq!(without_copy(&trail).await, 9);
    // What is signed later has a copy; that says nothing of the others.
    trail.keep(8).await;
    trail.sign().await;
    assert_eq!(without_copy(&trail).await, 9);
    trail.sign().await;
    assert_eq!(without_copy(&trail).await, 9);
    assert_eq!(trail.keeper().copy_again(Some(ONE)).await.unwrap(), 3);
    assert_eq!(without_copy(&trail).await, 6);
}

/// The cloud ended between the row and the copy, or the disk of the copies was full.
#[tokio::test]
async fn a_copy_that_was_not_made_is_made_when_it_is_looked_at_again() {
    let trail = Trail::new().await;
    trail.keep(8).await;
    trail.sign().await;
    let before = std::fs::read(&trail.settings.checkpoints_file).unwrap();
    trail.keep(8).await;
    trail.sign().await;
    std::fs::write(&trail.settings.checkpoints_file, before).unwrap();
    assert_eq!(without_copy(&trail).await, 3);
    trail.sign().await;
    assert_eq!(without_copy(&trail).await, 0);
}

#[tokio::test]
async fn a_key_that_is_made_in_place_of_another_is_in_the_trail() {
    let trail = Trail::new().await;
    trail.keeper().note_new_key().await.unwrap();
    let filter = AuditFilter {
        activity: Some(activity::TRAIL_KEY_MADE.to_owned()),
        ..AuditFilter::default()
    };
    let made = || async {
        let found = trail.store.find_audit(None, &filter, 10).await.unwrap();
        found.len()
    };
    assert_eq!(made().await, 1, "the first one");
    trail.keep(8).await;
    trail.sign().await;
    let old = trail.keeper().public_key();
    std::fs::remove_file(&trail.settings.key_file).unwrap();
    let keeper = trail.keeper();
    keeper.note_new_key().await.unwrap();
    assert_eq!(made().await, 2);
    let lines = trail.store.find_audit(None, &filter, 1).await.unwrap();
    let said = format!("{lines:?}");
    assert!(said.contains("in place of"), "{said}");
    assert!(said.contains(&old.to_string()), "{said}");
    trail.keeper().note_new_key().await.unwrap();
    assert_eq!(made().await, 2, "once");
}

/// The cloud ended after the key's file was there and before the record was; and somebody puts
/// a key of their own there.
#[tokio::test]
async fn a_key_that_no_record_speaks_of_is_noted_whoever_made_it() {
    let trail = Trail::new().await;
    trail.keep(8).await;
    let ours = trail.keeper().public_key();
    let keeper = trail.keeper();
    keeper.note_new_key().await.unwrap();
    trail.sign().await;
    let theirs = SigningKey::draw(&Other).unwrap();
    std::fs::write(&trail.settings.key_file, theirs.to_text().as_bytes()).unwrap();
    let keeper = trail.keeper();
    assert_eq!(keeper.public_key(), theirs.public());
    keeper.note_new_key().await.unwrap();
    keeper.note_new_key().await.unwrap();
    let filter = AuditFilter {
        activity: Some(activity::TRAIL_KEY_MADE.to_owned()),
        ..AuditFilter::default()
    };
    let made = trail.store.find_audit(None, &filter, 10).await.unwrap();
    let details: Vec<_> = made
        .iter()
        .map(|line| match line {
            KeptLine::Record(kept) => kept.record.detail.to_string(),
            KeptLine::Unreadable { .. } => panic!("{line:?}"),
        })
        .collect();
    let theirs = theirs.public();
    let in_place = format!("{theirs}, in place of {ours}");
    assert_eq!(details, [in_place, ours.to_string()]);
}

/// A key that signed before there were records of keys needs none.
#[tokio::test]
async fn a_key_that_has_signed_is_known() {
    let trail = Trail::new().await;
    trail.keep(8).await;
    trail.sign().await;
    let before = trail.store.audit_extent().await.unwrap();
    trail.keeper().note_new_key().await.unwrap();
    assert_eq!(trail.store.audit_extent().await.unwrap(), before);
}
