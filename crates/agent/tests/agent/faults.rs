//! The outcome protocol when something breaks.

use std::{process::Command, time::Duration};

use writeback_lab::{Dc, TestUser, UserSpec};
use writeback_model::{Cause, Outcome, Remark};
use writeback_wire::{ToAgent, ToCloud};

use crate::{
    cloud::{Cloud, Manners},
    site::{RESET, Site, password},
};

async fn site_alone() -> (Site, Cloud) {
    let cloud = Cloud::start(Manners::default()).await;
    (Site::alone(&cloud), cloud)
}

async fn site() -> (Site, Cloud) {
    let cloud = Cloud::start(Manners::default()).await;
    (Site::new(&cloud, ""), cloud)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lost_between_claim_and_grant_begins_nothing() {
    let (site, cloud) = site().await;
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let new = password();
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &new, None);
    link.say(&offer).await;
    link.hear_claim().await;
    drop(link);

    // The grant that the cloud had decided on comes on the next link: too late.
    let (mut link, _) = cloud.link().await;
    link.grant(request).await;
    match link.hear().await {
        ToCloud::Outcome {
            request: told,
            outcome,
            ..
        } => {
            assert_eq!(told, request);
            assert_eq!(outcome, Cause::NotStartedInTime.into());
        }
        other => panic!("no outcome but {other:?}"),
    }
    assert!(site.opens(&user, &user.password) && !site.opens(&user, &new));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_without_time_left_begins_nothing() {
    let (site, cloud) = site().await;
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let new = password();
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &new, None);
    link.say(&offer).await;
    link.hear_claim().await;
    link.say(&ToAgent::Grant {
        request,
        start_within_ms: 0,
    })
    .await;
    let ToCloud::Outcome { outcome, .. } = link.hear().await else {
        panic!("no outcome")
    };
    assert_eq!(outcome, Cause::NotStartedInTime.into());
    assert!(!site.opens(&user, &new));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_told_until_it_is_recorded() {
    let (site, cloud) = site().await;
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &password(), None);
    link.say(&offer).await;
    link.hear_claim().await;
    link.grant(request).await;
    let first = link.hear().await;
    assert!(matches!(&first, ToCloud::Outcome { outcome, .. } if outcome.is_changed()));
    // Not recorded: the same again on the next link, after a kill, and when it is asked about.
    drop(link);
    let (mut link, _) = cloud.link().await;
    assert_eq!(link.hear().await, first);
    running.kill().await;
    let running = site.run();
    let (mut link, _) = cloud.link().await;
    assert_eq!(link.hear().await, first);
    // The same request offered again is not executed again.
    link.say(&offer).await;
    assert!(link.is_quiet(Duration::from_secs(1)).await);
    link.say(&ToAgent::Recorded { request }).await;
    drop(link);
    let (mut link, _) = cloud.link().await;
    assert!(link.is_quiet(Duration::from_secs(1)).await);
    running.stop().await;
}

/// A domain controller that does nothing until this is dropped.
pub(crate) struct Frozen(pub(crate) Dc);

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.resume().unwrap();
    }
}

/// Answers of domain controllers vanish; what is sent to them arrives. Only for this namespace.
pub(crate) struct NoAnswers;

impl NoAnswers {
    pub(crate) fn begin() -> Self {
        let rules = "table inet agent_test {\n chain in {\n type filter hook input priority 0;\n \
                     tcp sport 636 drop\n }\n}\n";
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), rules).unwrap();
        let nft = Command::new("nft")
            .arg("-f")
            .arg(file.path())
            .status()
            .unwrap();
        assert!(nft.success());
        Self
    }
}

impl Drop for NoAnswers {
    fn drop(&mut self) {
        let _ = Command::new("nft")
            .args(["delete", "table", "inet", "agent_test"])
            .status();
    }
}

/// A request that is granted while the directory is disturbed, up to its outcome.
async fn disturbed<D>(
    (site, cloud): (&Site, &Cloud),
    disturb: impl Fn() -> D,
) -> (Outcome, TestUser, String) {
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let new = password();
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &new, None);
    link.say(&offer).await;
    link.hear_claim().await;
    // The account is read meanwhile.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let disturbance = disturb();
    link.grant(request).await;
    let mut frame = link.hear_patiently().await;
    drop(disturbance);
    let outcome = loop {
        match frame {
            ToCloud::Outcome { outcome, .. } => break outcome,
            ToCloud::Unresolved { .. } => frame = link.hear_patiently().await,
            other => panic!("neither outcome nor doubt: {other:?}"),
        }
    };
    running.stop().await;
    (outcome, user, new)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_is_lost_is_found_in_the_receipt() {
    let (site, cloud) = site_alone().await;
    let (outcome, user, new) = disturbed((&site, &cloud), NoAnswers::begin).await;
    assert_eq!(
        outcome,
        Outcome::Changed {
            remarks: vec![Remark::LearntFromReceipt]
        }
    );
    assert!(site.opens(&user, &new));
}

/// The connection ends while the claim is under way: nothing was sent on it, and the write goes out
/// on a new one.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_before_the_write_is_made_anew() {
    let (site, cloud) = site_alone().await;
    let reset = || {
        let killed = Command::new("ss")
            .args(["-K", "state", "established", "dport", "=", "636"])
            .status()
            .unwrap();
        assert!(killed.success());
        // The agent's end hears of it.
        std::thread::sleep(Duration::from_millis(200));
    };
    let (outcome, user, new) = disturbed((&site, &cloud), reset).await;
    assert_eq!(outcome, Outcome::Changed { remarks: vec![] });
    assert!(site.opens(&user, &new));
}

/// A frozen domain controller has the request in its socket. Whether it carries it out when it
/// is back is its own affair: what is told in the end must be what it did.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_controller_is_waited_for_and_then_believed() {
    let (site, cloud) = site_alone().await;
    let pdc = site.forest.pdc().unwrap().clone();
    let freeze = || {
        pdc.pause().unwrap();
        Frozen(pdc.clone())
    };
    let (outcome, user, new) = disturbed((&site, &cloud), freeze).await;
    assert_eq!(outcome.is_changed(), site.opens(&user, &new), "{outcome:?}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(
        outcome.is_changed(),
        site.opens(&user, &new),
        "later: {outcome:?}"
    );
}

/// Killed while the write is under way: after the restart the directory is asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_agent_learns_what_it_did() {
    let (site, cloud) = site_alone().await;
    let user = site.forest.create_user(UserSpec::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let new = password();
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &new, None);
    link.say(&offer).await;
    link.hear_claim().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let no_answers = NoAnswers::begin();
    link.grant(request).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    running.kill().await;
    drop(no_answers);

    let running = site.run();
    let (mut link, _) = cloud.link().await;
    let outcome = loop {
        match link.hear_patiently().await {
            ToCloud::Outcome { outcome, .. } => break outcome,
            ToCloud::Unresolved { .. } => {}
            other => panic!("neither outcome nor doubt: {other:?}"),
        }
    };
    assert_eq!(
        outcome,
        Outcome::Changed {
            remarks: vec![Remark::LearntFromReceipt]
        }
    );
    assert!(site.opens(&user, &new));
    running.stop().await;
}
