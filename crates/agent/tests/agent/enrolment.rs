//! Joining a tenant.

use writeback_agent::EnrolError;

use crate::{
    cloud::{Cloud, ENROLMENT_TOKEN, Manners, agent_id, tenant_id},
    site::Site,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_enrols_once_and_keeps_its_place_unless_told() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let made = site.enrol_with(ENROLMENT_TOKEN, false).await.unwrap();
    assert_eq!((made.agent, made.tenant), (agent_id(), tenant_id()));
    let keys = site.state();

    let again = site.enrol_with(ENROLMENT_TOKEN, false).await.unwrap_err();
    assert!(matches!(again, EnrolError::Enrolled { .. }));
    assert!(again.to_string().contains("belongs to the tenant Corp"));
    assert_eq!(site.state(), keys);
    site.enrol_with(ENROLMENT_TOKEN, true).await.unwrap();
    assert_ne!(site.state(), keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clouds_own_words_are_shown_and_nothing_is_kept() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let refused = site.enrol_with("wbenrol.bad", false).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the cloud refused (status 409): This token was used before. Make a new one.[31m"
    );
    let left: Vec<_> = site
        .state()
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    assert_eq!(left, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_enrolment_it_does_not_run() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.run();
    assert!(
        !cloud
            .has_link_within(std::time::Duration::from_secs(1))
            .await
    );
    running.kill().await;
}
