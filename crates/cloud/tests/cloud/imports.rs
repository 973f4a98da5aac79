//! Imports as agents meet them: who may upload what, and what becomes of it.

use jiff::SignedDuration;
use writeback_cloud::FULL_CYCLE;
use writeback_model::{Cause, DomainName, RunId, SourceAnchor, TenantId, UserName};
use writeback_store::{ForestStore, RunStore, StoreError, UserStore};
use writeback_sync::{Profile, RunResult};
use writeback_wire::{
    ImportKind, ImportOrder, Position, ToAgent, ToCloud,
    http::{ImportBatch, ImportComplete, RemovedObject, RemovedWhy},
};

use crate::setting::{Agent, Link, SCOPE, Setting, imported};

fn forest() -> DomainName {
    "corp.test".parse().unwrap()
}

fn anchor(number: u8) -> SourceAnchor {
    SourceAnchor::try_from_bytes(&[number; 16]).unwrap()
}

fn position(cookie: &str) -> Position {
    Position {
        domain: forest(),
        cookie: Some(cookie.into()),
        controller: "dc1".into(),
        usn: 1,
    }
}

/// The next order to import.
async fn order(link: &mut Link) -> ImportOrder {
    loop {
        match link.next().await.expect("the link ended") {
            ToAgent::Import(order) => return order,
            ToAgent::Watch { .. } => {}
            other => panic!("{other:?} instead of an import"),
        }
    }
}

async fn post(setting: &Setting, agent: &Agent, path: String, body: &serde_json::Value) -> u16 {
    let token = setting
        .buy_token(&setting.assertion(agent, |_| {}))
        .await
        .unwrap();
    let call = setting
        .http
        .post(setting.at(&path))
        .bearer_auth(token)
        .json(body);
    call.send().await.unwrap().status().as_u16()
}

async fn upload(setting: &Setting, agent: &Agent, run: RunId, batch: &ImportBatch) -> u16 {
    let body = serde_json::to_value(batch).unwrap();
    post(
        setting,
        agent,
        format!("/agent/v1/runs/{run}/objects"),
        &body,
    )
    .await
}

async fn complete(setting: &Setting, agent: &Agent, run: RunId, batches: u32, objects: u64) -> u16 {
    let body = serde_json::to_value(ImportComplete {
        batches,
        objects,
        controllers: vec!["dc1.corp.test".into()],
        sees_deletions: true,
        scope: SCOPE.into(),
    })
    .unwrap();
    post(
        setting,
        agent,
        format!("/agent/v1/runs/{run}/complete"),
        &body,
    )
    .await
}

fn batch(sequence: u32, people: std::ops::Range<u8>, cookie: Option<&str>) -> ImportBatch {
    ImportBatch {
        sequence,
        objects: people
            .map(|number| imported(anchor(number), &format!("user{number}")))
            .collect(),
        removed: vec![],
        position: cookie.map(position),
    }
}

fn removal(sequence: u32, people: std::ops::Range<u8>, cookie: &str) -> ImportBatch {
    ImportBatch {
        removed: people
            .map(|number| RemovedObject {
                anchor: anchor(number),
                why: RemovedWhy::Deleted,
            })
            .collect(),
        ..batch(sequence, 0..0, Some(cookie))
    }
}

/// Imports `people` whole, and waits until they are known.
async fn import_whole(setting: &Setting, agent: &Agent, link: &mut Link, people: u8) {
    let order = order(link).await;
    assert_eq!(order.kind, ImportKind::Full);
    let all = batch(0, 0..people, Some("first"));
    assert_eq!(upload(setting, agent, order.run, &all).await, 204);
    let status = complete(setting, agent, order.run, 1, people.into()).await;
    assert_eq!(status, 204);
    known(setting, people.into()).await;
    ended(setting, Profile::Export).await;
}

/// Waits until so many people are known.
async fn known(setting: &Setting, people: u64) {
    let store = &setting.store;
    let count = async || store.count_people(setting.tenant.id).await.unwrap();
    until(async || count().await.synchronised == people).await;
}

/// Waits until the last run is an ended one of this profile, and gives its result.
async fn ended(setting: &Setting, profile: Profile) -> RunResult {
    let last = async || -> Result<_, StoreError> {
        let runs = setting.store.runs(setting.tenant.id, None, 1).await?;
        Ok(runs.into_iter().next().unwrap())
    };
    until(async || {
        let run = last().await.unwrap();
        run.profile == profile && run.ended_at.is_some()
    })
    .await;
    last().await.unwrap().result
}

async fn want(setting: &Setting, profiles: &[Profile]) {
    let admin = setting.admin();
    admin
        .want_cycle(&forest(), profiles, "the test")
        .await
        .unwrap();
}

async fn until(holds: impl AsyncFn() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it does not come about");
}

async fn is_known(setting: &Setting, tenant: TenantId, name: &str) -> bool {
    let name: UserName = format!("{name}@corp.test").parse().unwrap();
    !setting
        .store
        .users_by_name(tenant, &name)
        .await
        .unwrap()
        .is_empty()
}

#[tokio::test]
async fn an_import_is_taken_from_the_agent_that_was_asked_only() {
    let setting = Setting::new().await;
    let (mine, other) = (setting.agent().await, setting.agent().await);
    let mut link = setting.importing_link(&mine).await;
    let run = order(&mut link).await.run;
    let people = batch(0, 0..2, Some("first"));
    assert_eq!(upload(&setting, &other, run, &people).await, 409);
    assert_eq!(upload(&setting, &mine, run, &people).await, 204);
    let objects = format!("/agent/v1/runs/{run}/objects");
    let wrong = serde_json::json!({ "sequence": "x" });
    assert_eq!(post(&setting, &mine, objects, &wrong).await, 400);
    assert_eq!(complete(&setting, &other, run, 1, 2).await, 409);
    assert_eq!(complete(&setting, &mine, run, 2, 2).await, 409, "a gap");
    assert_eq!(complete(&setting, &mine, run, 1, 3).await, 409, "one less");
    assert_eq!(complete(&setting, &mine, run, 1, 2).await, 204);
    assert_eq!(upload(&setting, &mine, run, &people).await, 409, "it ended");
    let without_token = setting
        .http
        .post(setting.at(&format!("/agent/v1/runs/{run}/complete")))
        .json(&serde_json::json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(without_token.status().as_u16(), 401);
}

#[tokio::test]
async fn batches_come_in_order_and_a_repeated_one_changes_nothing() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.importing_link(&agent).await;
    let run = order(&mut link).await.run;
    assert_eq!(
        upload(&setting, &agent, run, &batch(1, 2..4, None)).await,
        409
    );
    for _ in 0..3 {
        assert_eq!(
            upload(&setting, &agent, run, &batch(0, 0..2, None)).await,
            204
        );
    }
    let rest = batch(1, 2..4, Some("first"));
    assert_eq!(upload(&setting, &agent, run, &rest).await, 204);
    assert_eq!(complete(&setting, &agent, run, 2, 4).await, 204);
    known(&setting, 4).await;
}

#[tokio::test]
async fn a_change_that_is_told_is_imported_from_the_last_position() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.importing_link(&agent).await;
    import_whole(&setting, &agent, &mut link, 3).await;
    assert!(is_known(&setting, setting.tenant.id, "user1").await);

    link.send(&ToCloud::Changed { forest: forest() }).await;
    let delta = order(&mut link).await;
    assert_eq!(delta.kind, ImportKind::Delta);
    assert_eq!(delta.positions, [position("first")]);
    let gone = removal(0, 1..2, "second");
    assert_eq!(upload(&setting, &agent, delta.run, &gone).await, 204);
    assert_eq!(complete(&setting, &agent, delta.run, 1, 0).await, 204);
    known(&setting, 2).await;
    assert!(!is_known(&setting, setting.tenant.id, "user1").await);

    // One that brings nothing leaves no run.
    let runs = async || {
        let all = setting.store.runs(setting.tenant.id, None, 100).await;
        all.unwrap().len()
    };
    ended(&setting, Profile::Export).await;
    let before = runs().await;
    link.send(&ToCloud::Changed { forest: forest() }).await;
    let idle = order(&mut link).await;
    assert_eq!(idle.positions, [position("second")]);
    assert_eq!(complete(&setting, &agent, idle.run, 0, 0).await, 204);
    until(async || runs().await == before).await;
}

#[tokio::test]
async fn an_import_that_finds_nobody_removes_nobody() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.importing_link(&agent).await;
    import_whole(&setting, &agent, &mut link, 3).await;
    want(&setting, FULL_CYCLE).await;
    let again = order(&mut link).await;
    assert_eq!(again.kind, ImportKind::Full);
    let nothing = batch(0, 0..0, Some("second"));
    assert_eq!(upload(&setting, &agent, again.run, &nothing).await, 204);
    assert_eq!(complete(&setting, &agent, again.run, 1, 0).await, 409);
    known(&setting, 3).await;
}

#[tokio::test]
async fn the_guard_stops_before_the_first_removal_until_a_person_approves() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.importing_link(&agent).await;
    import_whole(&setting, &agent, &mut link, 100).await;

    // Ten of a hundred, in two small runs: no run alone would be stopped.
    for (people, cookie) in [(0..4, "second"), (4..10, "third")] {
        link.send(&ToCloud::Changed { forest: forest() }).await;
        let delta = order(&mut link).await;
        let gone = removal(0, people, cookie);
        assert_eq!(upload(&setting, &agent, delta.run, &gone).await, 204);
        assert_eq!(complete(&setting, &agent, delta.run, 1, 0).await, 204);
        ended(&setting, Profile::Export).await;
    }
    known(&setting, 96).await;
    assert_eq!(
        ended(&setting, Profile::Export).await,
        RunResult::StoppedDeletionThresholdExceeded
    );
    let waits = async || {
        let forests = setting.store.forests(setting.tenant.id).await.unwrap();
        forests[0].guard_stopped_at.is_some()
    };
    assert!(waits().await);
    // Whoever comes back is not removed any more.
    link.send(&ToCloud::Changed { forest: forest() }).await;
    let delta = order(&mut link).await;
    let back = batch(0, 4..5, Some("fourth"));
    assert_eq!(upload(&setting, &agent, delta.run, &back).await, 204);
    assert_eq!(complete(&setting, &agent, delta.run, 1, 1).await, 204);
    ended(&setting, Profile::Export).await;
    assert!(is_known(&setting, setting.tenant.id, "user4").await);

    let approved = setting
        .admin()
        .approve_removals(&forest(), "the test")
        .await;
    assert_eq!(approved.unwrap(), 5);
    want(&setting, &[Profile::Export]).await;
    known(&setting, 91).await;
    until(async || !waits().await).await;
}

#[tokio::test]
async fn another_agent_takes_over_from_one_that_is_lost() {
    let setting = Setting::new().await;
    let (first, second) = (setting.agent().await, setting.agent().await);
    let mut link = setting.importing_link(&first).await;
    let lost = order(&mut link).await.run;
    assert_eq!(
        upload(&setting, &first, lost, &batch(0, 0..2, None)).await,
        204
    );
    let mut other = setting.importing_link(&second).await;
    drop(link);
    // Its link may break for a moment.
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(
        upload(&setting, &first, lost, &batch(1, 2..3, None)).await,
        204
    );
    setting.clock.advance(SignedDuration::from_secs(11));
    let run = order(&mut other).await.run;
    assert_ne!(run, lost);
    assert_eq!(
        upload(&setting, &first, lost, &batch(2, 3..4, None)).await,
        409
    );
    let whole = batch(0, 0..4, Some("first"));
    assert_eq!(upload(&setting, &second, run, &whole).await, 204);
    assert_eq!(complete(&setting, &second, run, 1, 4).await, 204);
    known(&setting, 4).await;
    let lost = setting.store.run(setting.tenant.id, lost).await.unwrap();
    assert_eq!(lost.unwrap().result, RunResult::Interrupted);
}

#[tokio::test]
async fn a_refused_cookie_makes_a_full_import_due() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.importing_link(&agent).await;
    import_whole(&setting, &agent, &mut link, 3).await;
    link.send(&ToCloud::Changed { forest: forest() }).await;
    let delta = order(&mut link).await;
    link.send(&ToCloud::ImportFailed {
        run: delta.run,
        cause: Cause::Internal,
        detail: "dc2 does not know the cookie".into(),
        cookie_refused: true,
    })
    .await;
    until(async || {
        let run = setting.store.run(setting.tenant.id, delta.run).await;
        run.unwrap().unwrap().result == RunResult::Failed
    })
    .await;
    // After a failure a forest is left alone for a little while.
    setting.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(order(&mut link).await.kind, ImportKind::Full);
}
