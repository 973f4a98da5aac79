//! A hundred thousand records.

use std::time::Instant;

use sqlx::SqliteConnection;
use uuid::Uuid;
use writeback_audit::{Place, Record};
use writeback_model::{TenantId, UserId};

use super::trail::{ONE, TWO, Trail};

const RECORDS: u32 = 100_000;

/// Keeps records as the store does, in one transaction.
async fn fill(hand: &mut SqliteConnection, at: jiff::Timestamp) {
    let chains = [Some(ONE), Some(TWO), None];
    let mut last = chains.map(Place::before_first);
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut *hand)
        .await
        .unwrap();
    for number in 0..RECORDS {
        let turn = number as usize % chains.len();
        let user = UserId::from_uuid(Uuid::from_u128(u128::from(number)));
        let seq = i64::from(number) + 1;
        let record = Record {
            chain: chains[turn],
            number: Some(last[turn].number + 1),
            seq,
            at,
            actor: r#"{"kind":"person","id":null}"#.into(),
            activity: writeback_audit::activity::FLOW_PROGRESS.into(),
            user: Some(user),
            correlation: Some(user.uuid()),
            address: Some("2001:db8::1234".into()),
            result: "success".into(),
            detail: "new password given".into(),
        };
        let hash = record.hash(last[turn].hash);
        last[turn] = Place {
            number: last[turn].number + 1,
            seq,
            hash,
        };
        sqlx::query(
            "INSERT INTO audit (seq, tenant_id, number, at, actor, activity, user_id,
                 correlation, address, result, detail, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(seq)
        .bind(record.chain.map(TenantId::uuid))
        .bind(i64::try_from(last[turn].number).unwrap())
        .bind(at.as_microsecond())
        .bind(record.actor.as_ref())
        .bind(record.activity.as_ref())
        .bind(user.uuid())
        .bind(user.uuid())
        .bind(record.address.as_deref())
        .bind(record.result.as_ref())
        .bind(record.detail.as_ref())
        .bind(hash.0.to_vec())
        .execute(&mut *hand)
        .await
        .unwrap();
    }
    sqlx::query("COMMIT").execute(&mut *hand).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_trail_is_read_to_its_end() {
    let trail = Trail::new().await;
    let mut hand = trail.hand().await;
    fill(&mut hand, trail.now()).await;
    trail.sign().await;
    let began = Instant::now();
    let checked = trail.verify().await.unwrap();
    println!("{RECORDS} records are verified in {:?}", began.elapsed());
    let read: u64 = checked.iter().map(|it| it.records).sum();
    assert_eq!(read, u64::from(RECORDS));
    assert!(checked.iter().all(|it| it.confirmed == it.last.number));

    // One changed letter in the middle is found.
    let change = "UPDATE audit SET detail = 'new password  given' WHERE seq = 50000";
    sqlx::query(change).execute(&mut hand).await.unwrap();
    let line = trail.finding().await.what.line().unwrap();
    assert_eq!(line.seq, 50_000);
}
