//! A program that is killed while it keeps records leaves a whole chain.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use writeback_audit::Chain;
use writeback_store::{AuditRecord, AuditStore};
use writeback_store_sqlite::SqliteStore;

use super::trail::{ONE, TWO, Trail};
use crate::setting::record;

/// The database of a process that is to be killed; set for that process alone.
const DATABASE: &str = "WRITEBACK_TEST_KILLED";

/// What the process does that is killed: keeps records until then. It is no test by itself: with
/// no database given there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keeps_records_until_it_is_killed() {
    let Ok(path) = env::var(DATABASE) else {
        return;
    };
    let store = SqliteStore::open(Path::new(&path)).await.unwrap();
    let mut keeping = tokio::task::JoinSet::new();
    for chain in [Some(ONE), Some(TWO), None, Some(ONE)] {
        let store = store.clone();
        keeping.spawn(async move {
            let record = AuditRecord {
                tenant: chain,
                ..record(ONE, jiff::Timestamp::UNIX_EPOCH)
            };
            loop {
                store.audit(&record).await.unwrap();
            }
        });
    }
    keeping.join_next().await;
}

async fn number(trail: &Trail, chain: Chain) -> u64 {
    let head = trail.store.audit_head(chain).await.unwrap();
    head.map_or(0, |head| head.number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_leaves_no_torn_chain() {
    let trail = Trail::new().await;
    for round in 1..=5_u64 {
        let before = number(&trail, None).await;
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "audit::crash::keeps_records_until_it_is_killed"])
            .env(DATABASE, &trail.path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // It is in the middle of it: records come, and more would.
        while number(&trail, None).await < before + 20 {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // SIGKILL: no handler, no flush, no goodbye.
        child.kill().unwrap();
        child.wait().unwrap();
        let checked = trail.verify().await.unwrap();
        assert_eq!(checked.len(), 3);
        assert!(checked.iter().all(|chain| chain.last.number >= round));
        // And the chains go on.
        trail.keep(4).await;
        trail.verify().await.unwrap();
        trail.sign().await;
    }
}
