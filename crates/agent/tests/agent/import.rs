//! Importing a forest.

use std::time::Duration;

use uuid::Uuid;
use writeback_model::ImportId;
use writeback_wire::{ToAgent, http::IMPORT_BATCH_MAX};

use crate::{
    cloud::{Cloud, Manners},
    site::{Site, logged},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_user_is_uploaded_in_order_and_then_it_is_complete() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let user = site.forest.create_user(Default::default()).unwrap();
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    link.say(&ToAgent::Import {
        import: ImportId::from_uuid(Uuid::from_u128(5)),
        forest: "corp.test".parse().unwrap(),
    })
    .await;
    let calls = loop {
        let calls = cloud.imports();
        if calls.last().is_some_and(|(what, _)| what == "complete") {
            break calls;
        }
        assert!(
            link.is_quiet(Duration::from_millis(200)).await,
            "it failed: {}",
            logged()
        );
    };
    let (complete, batches) = calls.split_last().unwrap();
    let mut users = Vec::new();
    for (number, (_, batch)) in batches.iter().enumerate() {
        assert_eq!(batch["sequence"], number);
        let batch = batch["users"].as_array().unwrap();
        assert!(batch.len() <= IMPORT_BATCH_MAX);
        users.extend(batch.clone());
    }
    assert_eq!(complete.1["batches"], batches.len());
    assert_eq!(complete.1["users"], users.len());
    let found = users
        .iter()
        .find(|found| found["account_name"] == user.sam.as_str())
        .unwrap();
    assert_eq!(found["netbios"], "CORP");
    assert_eq!(found["user_principal_name"], user.upn.as_str());
    assert_eq!(found["other_mail"][0], user.recovery_mail.as_str());
    assert_eq!(found["enabled"], true);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_in_scope_is_uploaded() {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::of(
        "corp.test",
        &cloud,
        "",
        "include_ous = [\"OU=None,DC=corp,DC=test\"]",
    );
    let running = site.start().await;
    let (mut link, _) = cloud.link().await;
    link.say(&ToAgent::Import {
        import: ImportId::from_uuid(Uuid::from_u128(6)),
        forest: "corp.test".parse().unwrap(),
    })
    .await;
    while cloud.imports().is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let calls = cloud.imports();
    assert_eq!(
        (calls[0].0.as_str(), &calls[0].1["users"]),
        ("complete", &0.into())
    );
    running.stop().await;
}
