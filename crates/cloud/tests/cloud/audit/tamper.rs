//! A thousand tamperings, each made by a hand in the database file, and each found.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sqlx::{AssertSqlSafe, Executor, Row, SqliteConnection};
use uuid::Uuid;
use writeback_audit::{Finding, Hash, Record, What};
use writeback_model::{TenantId, UserId};

use super::trail::Trail;

const TIMES: u32 = 1_000;

/// How the trail was tampered with.
#[derive(Debug)]
enum Deed {
    /// A column of a record; its `seq` before.
    Changed(&'static str, i64),
    /// A record in the middle of a chain was removed: its number, absent for one from before.
    Removed(Option<i64>),
    Swapped,
    Doubled,
    Inserted,
    Reordered,
    Cut,
    CheckpointChanged,
    CheckpointRemoved,
    Rewritten,
    ChainRemoved,
}

/// One record of the table.
#[derive(Clone, Copy)]
pub(super) struct Victim {
    pub(super) seq: i64,
    pub(super) number: Option<i64>,
    pub(super) chain: Option<Uuid>,
}

pub(super) async fn rows(hand: &mut SqliteConnection) -> Vec<Victim> {
    let rows = hand.fetch_all("SELECT seq, number, tenant_id FROM audit ORDER BY seq");
    let read = |row: &sqlx::sqlite::SqliteRow| Victim {
        seq: row.get(0),
        number: row.get(1),
        chain: row.get(2),
    };
    rows.await.unwrap().iter().map(read).collect()
}

async fn run(hand: &mut SqliteConnection, sql: String) {
    let done = hand.execute(AssertSqlSafe(sql.clone())).await;
    let changed = done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(changed.rows_affected() > 0, "{sql}: nothing was done");
}

/// A value that the column does not have, as an expression of SQL.
fn other(column: &str, random: &mut StdRng) -> String {
    let letters: u32 = random.random();
    match column {
        // Free, and not in the place of the same record.
        "seq" => format!(
            "(SELECT max(seq) FROM audit) + {}",
            random.random_range(1..9)
        ),
        "at" => format!(
            "at + {}",
            [1, -1, 1_000_000, i64::from(i32::MAX)]
                .choose(random)
                .unwrap()
        ),
        "number" => format!(
            "coalesce(number, 0) + {}",
            [1, -1, 7, 1_000].choose(random).unwrap()
        ),
        "tenant_id" | "user_id" | "correlation" => {
            format!("CASE WHEN {column} IS NULL THEN randomblob(16) ELSE NULL END")
        }
        "hash" => "randomblob(32)".to_owned(),
        "address" => format!("coalesce({column}, '') || 'x{letters}'"),
        "actor" => {
            "CASE actor WHEN '\"cloud\"' THEN '\"operator\"' ELSE '\"cloud\"' END".to_owned()
        }
        _ => match random.random_range(0..3) {
            0 => format!("{column} || 'x{letters}'"),
            1 => format!("'{letters}'"),
            _ => format!("{column} || ' '"),
        },
    }
}

async fn tamper(hand: &mut SqliteConnection, random: &mut StdRng) -> Deed {
    let rows = rows(hand).await;
    let victim = *rows.choose(random).unwrap();
    let seq = victim.seq;
    match random.random_range(0..20) {
        0..8 => {
            let columns = [
                "seq",
                "tenant_id",
                "at",
                "actor",
                "activity",
                "user_id",
                "correlation",
                "address",
                "result",
                "detail",
                "number",
                "hash",
            ];
            let column = *columns.choose(random).unwrap();
            let value = other(column, random);
            run(
                hand,
                format!("UPDATE audit SET {column} = {value} WHERE seq = {seq}"),
            )
            .await;
            Deed::Changed(column, seq)
        }
        8..10 => {
            run(hand, format!("DELETE FROM audit WHERE seq = {seq}")).await;
            Deed::Removed(victim.number)
        }
        10 => {
            let with = loop {
                let with = rows.choose(random).unwrap().seq;
                if with != seq {
                    break with;
                }
            };
            for (from, to) in [(seq, -1), (with, seq), (-1, with)] {
                run(
                    hand,
                    format!("UPDATE audit SET seq = {to} WHERE seq = {from}"),
                )
                .await;
            }
            Deed::Swapped
        }
        11 => {
            let columns = "tenant_id, at, actor, activity, user_id, correlation, address, result,
                           detail, number, hash";
            run(
                hand,
                format!(
                    "INSERT INTO audit ({columns}) SELECT {columns} FROM audit WHERE seq = {seq}"
                ),
            )
            .await;
            Deed::Doubled
        }
        12 => {
            let number = match random.random() {
                true => "NULL, NULL".to_owned(),
                false => "(SELECT max(number) + 1 FROM audit), randomblob(32)".to_owned(),
            };
            run(hand, format!(
                "INSERT INTO audit (tenant_id, at, actor, activity, result, detail, number, hash)
                 SELECT tenant_id, at, actor, activity, result, 'forged', {number} FROM audit WHERE seq = {seq}"
            )).await;
            Deed::Inserted
        }
        13 => {
            // A record is moved behind another one; all between move up.
            let (from, to) = loop {
                let from = random.random_range(0..rows.len() - 2);
                let to = random.random_range(from + 1..rows.len());
                // Where only other chains' are between, a chain has the same order as before,
                // but records have other numbers in the whole trail.
                if to > from {
                    break (from, to);
                }
            };
            let part: Vec<_> = rows[from..=to].iter().map(|row| row.seq).collect();
            for seq in &part {
                run(
                    hand,
                    format!("UPDATE audit SET seq = {} WHERE seq = {seq}", -seq),
                )
                .await;
            }
            for (index, seq) in part.iter().enumerate() {
                let before = part[(index + 1) % part.len()];
                run(
                    hand,
                    format!("UPDATE audit SET seq = {seq} WHERE seq = {}", -before),
                )
                .await;
            }
            Deed::Reordered
        }
        14..16 => {
            // All chains are cut, or one, from here on, and what gives numbers out is set back.
            let of = match random.random() {
                true => "true".to_owned(),
                false => is(victim.chain),
            };
            run(
                hand,
                format!("DELETE FROM audit WHERE seq >= {seq} AND {of}"),
            )
            .await;
            run(hand, "UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(seq), 0) FROM audit) WHERE name = 'audit'".to_owned()).await;
            if random.random() {
                // The checkpoints that speak of it go, too: only the copies know.
                let _ = hand
                    .execute(AssertSqlSafe(format!(
                        "DELETE FROM audit_checkpoints WHERE seq >= {seq} AND {of}"
                    )))
                    .await
                    .unwrap();
            }
            Deed::Cut
        }
        16 => {
            let columns = [
                "tenant_id",
                "purpose",
                "number",
                "seq",
                "hash",
                "at",
                "public_key",
                "signature",
            ];
            let column = *columns.choose(random).unwrap();
            let value = match column {
                "purpose" => "CASE purpose WHEN 'pruned' THEN 'checkpoint' ELSE 'pruned' END",
                "tenant_id" => "CASE WHEN tenant_id IS NULL THEN randomblob(16) ELSE NULL END",
                "number" | "seq" | "at" => {
                    &format!("{column} + {}", [-1, 1].choose(random).unwrap())
                }
                _ => &format!("randomblob(length({column}))"),
            };
            let one = "(SELECT id FROM audit_checkpoints ORDER BY random() LIMIT 1)";
            run(
                hand,
                format!("UPDATE audit_checkpoints SET {column} = {value} WHERE id = {one}"),
            )
            .await;
            Deed::CheckpointChanged
        }
        17 => {
            let one = "(SELECT id FROM audit_checkpoints ORDER BY random() LIMIT 1)";
            run(
                hand,
                format!("DELETE FROM audit_checkpoints WHERE id = {one}"),
            )
            .await;
            Deed::CheckpointRemoved
        }
        18 => {
            rewrite(hand, victim).await;
            Deed::Rewritten
        }
        _ => {
            let of = is(victim.chain);
            run(hand, format!("DELETE FROM audit WHERE {of}")).await;
            run(hand, format!("DELETE FROM audit_checkpoints WHERE {of}")).await;
            Deed::ChainRemoved
        }
    }
}

fn is(chain: Option<Uuid>) -> String {
    match chain {
        Some(id) => format!("tenant_id = x'{}'", id.simple()),
        None => "tenant_id IS NULL".to_owned(),
    }
}

/// Changes a record and computes all hashes of its chain anew, as whoever knows how would.
pub(super) async fn rewrite(hand: &mut SqliteConnection, victim: Victim) {
    run(
        hand,
        format!(
            "UPDATE audit SET result = 'forged' WHERE seq = {}",
            victim.seq
        ),
    )
    .await;
    let select = format!(
        "SELECT * FROM audit WHERE {} ORDER BY seq",
        is(victim.chain)
    );
    let rows = hand.fetch_all(AssertSqlSafe(select)).await.unwrap();
    let chain = victim.chain.map(TenantId::from_uuid);
    let (mut hash, mut earlier) = (Hash::before_first(chain), Some(0));
    for row in rows {
        let number: Option<i64> = row.get("number");
        let mut record = Record {
            chain,
            number: number.map(|number| u64::try_from(number).unwrap()),
            seq: row.get("seq"),
            at: jiff::Timestamp::from_microsecond(row.get("at")).unwrap(),
            actor: row.get::<String, _>("actor").into(),
            activity: row.get::<String, _>("activity").into(),
            user: row.get::<Option<Uuid>, _>("user_id").map(UserId::from_uuid),
            correlation: row.get("correlation"),
            address: row.get::<Option<String>, _>("address").map(Into::into),
            result: row.get::<String, _>("result").into(),
            detail: row.get::<String, _>("detail").into(),
        };
        let Some(number) = number else {
            hash = record.hash(hash);
            earlier = earlier.map(|count| count + 1);
            continue;
        };
        if let Some(count @ 1..) = earlier.take() {
            record.detail = writeback_audit::beginning_detail(count, hash).into();
            hash = Hash::before_first(chain);
        }
        hash = record.hash(hash);
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE audit SET hash = ?, detail = ? WHERE number = {number} AND {}",
            is(victim.chain)
        )))
        .bind(hash.0.to_vec())
        .bind(record.detail.to_string())
        .execute(&mut *hand)
        .await
        .unwrap();
    }
}

/// Where it can be known from the deed, the finding names exactly what was done.
fn names_it(deed: &Deed, finding: &Finding) -> bool {
    match (deed, &finding.what) {
        (Deed::Changed("seq" | "tenant_id" | "number" | "hash", _), _) => true,
        (Deed::Changed(_, seq), What::Changed { line }) => line.seq == *seq,
        // Of what was kept before the chain it is only known that it is not the same.
        (Deed::Changed(..) | Deed::Removed(None), What::Earlier { .. }) => true,
        (Deed::Removed(Some(1)), What::Removed { .. } | What::Inserted { .. }) => true,
        (
            Deed::Removed(Some(number)),
            What::Removed { from, to, .. } | What::CutAtEnd { from, to },
        ) => i64::try_from(*from) == Ok(*number) && from == to,
        (Deed::Changed(..) | Deed::Removed(_), _) => false,
        (Deed::Cut, what) => matches!(
            what,
            What::CutAtEnd { .. } | What::CheckpointRemoved { .. } | What::Earlier { .. }
        ),
        (Deed::CheckpointChanged, what) => matches!(
            what,
            // One that was moved to another chain is missing in its own.
            What::CheckpointRemoved { .. }
                | What::Checkpoint { .. }
                | What::UnreadableCheckpoint { .. }
        ),
        (Deed::CheckpointRemoved, what) => matches!(what, What::CheckpointRemoved { .. }),
        (Deed::Rewritten, what) => matches!(what, What::Rewritten { .. }),
        (Deed::ChainRemoved, what) => matches!(what, What::CutAtEnd { .. }),
        (Deed::Swapped | Deed::Doubled | Deed::Inserted | Deed::Reordered, _) => true,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_a_thousand_tamperings_is_found() {
    let trail = Trail::from_before().await;
    trail.keep(25).await;
    trail.sign().await;
    trail.keep(22).await;
    trail.sign().await;
    trail.verify().await.unwrap();
    let mut hand = trail.hand().await;
    for (table, copy) in [("audit", "a"), ("audit_checkpoints", "c")] {
        let copy = format!("CREATE TABLE copy_{copy} AS SELECT * FROM {table}");
        hand.execute(AssertSqlSafe(copy)).await.unwrap();
    }
    let mut random = StdRng::seed_from_u64(4);
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for time in 0..TIMES {
        hand.execute("BEGIN IMMEDIATE").await.unwrap();
        let deed = tamper(&mut hand, &mut random).await;
        hand.execute("COMMIT").await.unwrap();
        let finding = match trail.verify().await {
            Err(writeback_cloud::TrailError::Finding(finding)) => finding,
            other => panic!("{time}, {deed:?} was not found: {other:?}"),
        };
        assert!(names_it(&deed, &finding), "{time}, {deed:?}: {finding}");
        let name = format!("{deed:?}");
        let name = name.split(['(', ' ']).next().unwrap_or_default().to_owned();
        *seen.entry(name).or_default() += 1;
        for sql in [
            "BEGIN IMMEDIATE",
            "DELETE FROM audit",
            "INSERT INTO audit SELECT * FROM copy_a",
            "DELETE FROM audit_checkpoints",
            "INSERT INTO audit_checkpoints SELECT * FROM copy_c",
            "UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM audit) WHERE name = 'audit'",
            "COMMIT",
        ] {
            hand.execute(sql).await.unwrap();
        }
    }
    assert_eq!(seen.len(), 11, "every kind was tried: {seen:?}");
    println!("{seen:?}");
    trail.verify().await.unwrap();
}

#[tokio::test]
async fn a_tenant_that_cannot_be_read_is_found() {
    let trail = Trail::new().await;
    trail.keep(9).await;
    let mut hand = trail.hand().await;
    run(
        &mut hand,
        "UPDATE audit SET tenant_id = x'00' WHERE seq = 9".to_owned(),
    )
    .await;
    let finding = trail.finding().await;
    assert!(matches!(
        finding.what,
        What::Unreadable { line, column: "tenant_id" } if line.seq == 9
    ));
}

#[tokio::test]
async fn the_end_of_the_trail_is_missed_without_any_checkpoint() {
    let trail = Trail::new().await;
    trail.keep(9).await;
    let mut hand = trail.hand().await;
    run(&mut hand, "DELETE FROM audit WHERE seq > 6".to_owned()).await;
    let finding = trail.finding().await;
    assert_eq!(finding.what, What::TrailCut { last: 6, given: 9 });
}

#[tokio::test]
async fn whoever_makes_a_key_of_their_own_is_found() {
    let trail = Trail::new().await;
    trail.keep(9).await;
    trail.sign().await;
    trail.verify().await.unwrap();
    let old = trail.keeper().public_key();
    std::fs::remove_file(&trail.settings.key_file).unwrap();
    trail.keep(9).await;
    trail.sign().await;
    let finding = trail.finding().await;
    assert!(matches!(finding.what, What::Checkpoint { .. }), "{finding}");
    // Where the installation itself has a new key, the old one is to be named.
    trail.verify_with(&[old]).await.unwrap();
}
