//! What this crate adds to a bare write.

use std::time::{Duration, Instant};

use writeback_ad::{Writing, precheck, protected};

use crate::support::{RESET, anchor, secret, site};

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_costs_little_beside_writing() {
    let site = site("corp.test");
    let user = site.anyone();
    let start = Instant::now();
    site.directory.read_for_write(&anchor(&user)).await.unwrap();
    println!(
        "first read, with locating, connecting, signing in: {:?}",
        start.elapsed()
    );
    let (mut reads, mut writes, mut receipts) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..20 {
        let new = secret(&format!("Neu-4711-geheim-{n}"));
        let start = Instant::now();
        let (dc, account) = site.directory.read_for_write(&anchor(&user)).await.unwrap();
        let account = account.unwrap();
        assert_eq!(protected(&account, &site.forest.agent_upn), None);
        precheck(&new, &account, Writing::Reset { policy_hints: true }).unwrap();
        reads.push(start.elapsed());
        let start = Instant::now();
        dc.reset_password(&account, &new, RESET).await.unwrap();
        writes.push(start.elapsed());
        let start = Instant::now();
        dc.receipt(&anchor(&user)).await.unwrap();
        receipts.push(start.elapsed());
    }
    let (read, write, receipt) = (median(reads), median(writes), median(receipts));
    println!("median: read for write {read:?}, write {write:?}, receipt {receipt:?}");
    assert!(read < write, "reading takes longer than writing");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writes_at_once_share_a_few_connections() {
    let site = site("corp.test");
    let users: Vec<_> = (0..8).map(|_| site.anyone()).collect();
    let start = Instant::now();
    let tasks: Vec<_> = users
        .iter()
        .map(|user| {
            let (directory, anchor) = (site.directory.clone(), anchor(user));
            tokio::spawn(async move {
                let (dc, account) = directory.read_for_write(&anchor).await.unwrap();
                dc.reset_password(&account.unwrap(), &secret("Neu-4711-geheim"), RESET)
                    .await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    println!("eight resets at once, cold: {:?}", start.elapsed());
    users
        .iter()
        .for_each(|user| site.opens(user, "Neu-4711-geheim"));
}
