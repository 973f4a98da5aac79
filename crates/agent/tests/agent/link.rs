//! The link: what is said on it, and what ends it.

use std::time::Duration;

use writeback_model::{Cause, HistoryEnforcement};
use writeback_wire::{
    DenyReason, FRAME_BYTES_MAX, ForestHealth, PROTOCOL_VERSION, ToAgent, ToCloud,
};

use crate::{
    cloud::{Cloud, Manners},
    site::{RESET, Site, password},
};

#[tokio::test(flavor = "multi_thread")]
async fn it_says_who_it_is_and_that_the_forest_is_ready() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    let (_link, hello) = cloud.link().await;
    assert_eq!(hello.protocol, PROTOCOL_VERSION);
    assert_eq!(hello.host, "agent1");
    let forest = &hello.forests[0];
    assert_eq!(
        forest.health,
        ForestHealth::Ready {
            history: HistoryEnforcement::Enforced
        }
    );
    assert_eq!(forest.domains[0].netbios.as_deref(), Some("CORP"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_controller_without_policy_hints_is_told() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::of("legacy.test", &cloud, "", "");
    let running = site.start().await;
    let (_link, hello) = cloud.link().await;
    let refused = ForestHealth::NotReady {
        cause: Cause::PolicyHintsUnsupported,
    };
    assert_eq!(hello.forests[0].health, refused);
    running.stop().await;

    let allowed = Site::of(
        "legacy.test",
        &cloud,
        "",
        "allow_without_policy_hints = true",
    );
    let running = allowed.start().await;
    let (_link, hello) = cloud.link().await;
    let ready = ForestHealth::Ready {
        history: HistoryEnforcement::NotEnforced,
    };
    assert_eq!(hello.forests[0].health, ready);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_frame_ends_the_link_and_a_new_one_comes() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;

    let (mut link, _) = cloud.link().await;
    link.say_text(r#"{"type":"from_the_future","x":1}"#.into())
        .await;
    assert!(
        link.is_quiet(Duration::from_millis(300)).await,
        "an unknown type is ignored"
    );
    link.say_text(r#"{"type":"grant","request":"kanari"}"#.into())
        .await;
    while link.next().await.is_some() {}

    let (mut link, _) = cloud.link().await;
    link.say_text("x".repeat(FRAME_BYTES_MAX + 1)).await;
    while link.next().await.is_some() {}

    let mut link = cloud.silent_link().await;
    link.hear().await;
    link.say(&ToAgent::Restarting {
        reconnect_within_ms: 1,
    })
    .await;
    while link.next().await.is_some() {}

    cloud.link().await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_without_the_subprotocol_gets_no_link() {
    let manners = Manners {
        no_subprotocol: true,
        ..Manners::default()
    };
    let cloud = Cloud::start(manners).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    let mut link = cloud.silent_link().await;
    assert!(link.next().await.is_none(), "it said something");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_taken_is_bought_anew() {
    let manners = Manners {
        refuse_links: 2,
        ..Manners::default()
    };
    let cloud = Cloud::start(manners).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    cloud.link().await;
    assert_eq!(cloud.tokens_sold(), 3);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_notice_it_comes_back_within_the_time_given() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    link.say(&ToAgent::Restarting {
        reconnect_within_ms: 50,
    })
    .await;
    drop(link);
    assert!(cloud.has_link_within(Duration::from_secs(2)).await);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_open_link_is_left_for_a_new_one() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    // Its connection stands, and nobody reads or answers on it any more.
    let (_deaf, _) = cloud.link().await;
    assert!(cloud.has_link_within(Duration::from_secs(15)).await);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_claim_changes_nothing() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let user = site.forest.create_user(Default::default()).unwrap();
    let running = site.start().await;
    let (mut link, hello) = cloud.link().await;
    let new = password();
    let (request, offer) = site.offer(&hello.sealing_key, &user, RESET, &new, None);
    link.say(&offer).await;
    assert_eq!(link.hear_claim().await, request);
    link.say(&ToAgent::Deny {
        request,
        why: DenyReason::Taken,
    })
    .await;
    assert!(link.is_quiet(Duration::from_secs(1)).await);
    assert!(site.opens(&user, &user.password) && !site.opens(&user, &new));
    // Another offer of it is another chance: the agent that took it may have been lost before.
    link.say(&offer).await;
    assert!(matches!(link.hear().await, ToCloud::Claim { .. }));
    running.stop().await;
}
