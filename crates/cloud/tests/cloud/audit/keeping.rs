//! Checkpoints, and old records that go.

use jiff::SignedDuration;
use sqlx::{AssertSqlSafe, Executor};
use writeback_audit::{Purpose, What, activity};
use writeback_cloud::TrailError;
use writeback_store::{AuditStore, KeptLine};

use super::trail::{ONE, TWO, Trail};

#[tokio::test]
async fn a_checkpoint_is_made_where_there_is_something_new() {
    let trail = Trail::new().await;
    let keeper = trail.keeper();
    assert_eq!(keeper.checkpoint(Some(ONE)).await.unwrap(), None);
    trail.keep(8).await;
    let first = keeper.checkpoint(Some(ONE)).await.unwrap().unwrap();
    assert_eq!(
        (first.purpose, first.place.number),
        (Purpose::Checkpoint, 4)
    );
    assert_eq!(keeper.checkpoint(Some(ONE)).await.unwrap(), None);
    trail.keep(4).await;
    let checked = trail.verify().await.unwrap();
    let one = checked.iter().find(|it| it.chain == Some(ONE)).unwrap();
    assert_eq!((one.confirmed, one.last.number), (4, 6));
    // The same key after a restart.
    let second = trail.keeper().checkpoint(Some(ONE)).await.unwrap().unwrap();
    assert_eq!((second.key, second.place.number), (first.key, 6));
    trail.verify().await.unwrap();
}

#[tokio::test]
async fn what_was_tampered_with_is_not_signed() {
    for (sql, what) in [
        ("UPDATE audit SET result = 'x' WHERE seq = 12", "changed"),
        ("DELETE FROM audit WHERE seq = 12", "removed"),
        ("DELETE FROM audit WHERE seq >= 7", "end"),
    ] {
        let trail = Trail::new().await;
        trail.keep(8).await;
        trail.sign().await;
        trail.keep(12).await;
        trail.hand().await.execute(sql).await.unwrap();
        let error = trail.keeper().checkpoint(Some(ONE)).await.unwrap_err();
        assert!(matches!(error, TrailError::Finding(_)), "{error}");
        assert!(error.to_string().contains(what), "{sql}: {error}");
    }
}

#[tokio::test]
async fn old_records_go_and_the_rest_verifies() {
    let trail = Trail::from_before().await;
    trail.keep(20).await;
    trail.sign().await;
    let middle = trail.now();
    trail.clock.advance(SignedDuration::from_hours(24));
    trail.keep(20).await;
    let keeper = trail.keeper();
    // Three from before, the first of the chain, and ten.
    assert_eq!(keeper.prune(Some(ONE), middle).await.unwrap(), 14);
    assert_eq!(keeper.prune(Some(ONE), middle).await.unwrap(), 0);
    let checked = trail.verify().await.unwrap();
    let one = checked.iter().find(|it| it.chain == Some(ONE)).unwrap();
    assert_eq!((one.records, one.last.number), (11, 22));
    let two = checked.iter().find(|it| it.chain == Some(TWO)).unwrap();
    assert_eq!(two.records, 10, "nobody else's went");
    let lines = trail.store.audit_lines(Some(ONE), 0, 99).await.unwrap();
    let Some(KeptLine::Record(last)) = lines.last() else {
        panic!("{lines:?}");
    };
    assert_eq!(last.record.activity, activity::TRAIL_PRUNED);
    trail.sign().await;
    trail.verify().await.unwrap();

    // Who removes more, or takes the mark away, is found.
    let mut hand = trail.hand().await;
    hand.execute("CREATE TABLE copy AS SELECT * FROM audit_checkpoints")
        .await
        .unwrap();
    hand.execute("DELETE FROM audit_checkpoints WHERE purpose = 'pruned'")
        .await
        .unwrap();
    trail.finding().await;
    hand.execute("DELETE FROM audit_checkpoints").await.unwrap();
    hand.execute("INSERT INTO audit_checkpoints SELECT * FROM copy")
        .await
        .unwrap();
    trail.verify().await.unwrap();
    let first = lines[0].seq();
    let more = sqlx::AssertSqlSafe(format!("DELETE FROM audit WHERE seq = {first}"));
    hand.execute(more).await.unwrap();
    let found = trail.finding().await.what;
    assert!(
        matches!(
            found,
            What::Removed {
                from: 12,
                to: 12,
                ..
            }
        ),
        "{found}"
    );
    // And what was tampered with is not removed, or the deed would be gone with it.
    let error = keeper.prune(Some(ONE), trail.now()).await.unwrap_err();
    assert!(matches!(error, TrailError::Finding(_)), "{error}");
}

#[tokio::test]
async fn what_was_put_where_records_were_removed_is_not_removed_with_the_next() {
    let trail = Trail::new().await;
    trail.keep(20).await;
    let middle = trail.now();
    trail.keep(20).await;
    let mut hand = trail.hand().await;
    let of_one = "tenant_id IS NOT NULL AND number = 3";
    hand.execute(AssertSqlSafe(format!(
        "CREATE TABLE copy AS SELECT * FROM audit WHERE {of_one}"
    )))
    .await
    .unwrap();
    let keeper = trail.keeper();
    assert_ne!(keeper.prune(Some(ONE), middle).await.unwrap(), 0);
    hand.execute("INSERT INTO audit SELECT * FROM copy WHERE seq NOT IN (SELECT seq FROM audit)")
        .await
        .unwrap();
    let all = trail.now() + SignedDuration::from_hours(1);
    let before = trail.store.audit_lines(Some(ONE), 0, 99).await.unwrap();
    let error = keeper.prune(Some(ONE), all).await.unwrap_err();
    assert!(
        matches!(&error, TrailError::Finding(found) if matches!(found.what, What::Inserted { .. })),
        "{error}"
    );
    let after = trail.store.audit_lines(Some(ONE), 0, 99).await.unwrap();
    assert_eq!(before.len(), after.len());
}

/// A number below the first one is no hiding place.
#[tokio::test]
async fn a_record_below_the_first_is_found() {
    for seq in [0, -1, i64::MIN + 1] {
        let trail = Trail::new().await;
        trail.keep(20).await;
        trail.sign().await;
        let mut hand = trail.hand().await;
        let columns = "tenant_id, at, actor, activity, result, detail, number, hash";
        hand.execute(AssertSqlSafe(format!(
            "INSERT INTO audit (seq, {columns}) SELECT {seq}, {columns} FROM audit WHERE seq = 5"
        )))
        .await
        .unwrap();
        let found = trail.finding().await.what;
        assert!(
            matches!(
                found,
                What::Removed { .. }
                    | What::Reordered { .. }
                    | What::Inserted { .. }
                    | What::Changed { .. }
            ),
            "{found}"
        );
        let text = found.to_string();
        assert!(text.contains(&seq.to_string()), "{text}");
    }
}

#[tokio::test]
async fn the_database_lets_nothing_else_go() {
    let trail = Trail::new().await;
    trail.keep(20).await;
    trail.sign().await;
    let middle = trail.now();
    trail.keep(20).await;
    trail.keeper().prune(Some(ONE), middle).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&trail.path);
    let mut hand = sqlx::ConnectOptions::connect(&options).await.unwrap();
    for sql in [
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM audit WHERE tenant_id IS NULL",
        "UPDATE audit SET result = 'x'",
        "UPDATE audit_checkpoints SET seq = seq + 1",
        "DELETE FROM audit_checkpoints",
        "INSERT INTO audit (at, actor, activity, result, detail) VALUES (0, '', '', '', '')",
    ] {
        let error = hand.execute(sql).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
    trail.verify().await.unwrap();
}
