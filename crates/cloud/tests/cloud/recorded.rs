//! What is in the audit trail besides what was done: who was blocked or refused, and links.

use serde_json::json;
use writeback_audit::activity;
use writeback_model::{Role, TenantId};
use writeback_store::{AuditFilter, AuditStore};

use crate::{
    api_caller::{Caller, person},
    setting::Setting,
};

/// The records of an activity as JSON, newest first.
async fn records(setting: &Setting, chain: Option<TenantId>, activity: &str) -> Vec<String> {
    let filter = AuditFilter {
        activity: Some(activity.to_owned()),
        ..AuditFilter::default()
    };
    let found = setting.store.find_audit(chain, &filter, 500).await.unwrap();
    found.iter().map(|line| format!("{line:?}")).collect()
}

#[tokio::test]
async fn a_block_is_recorded_once() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    person(&setting, tenant, "petra@example.test", false).await;
    let caller = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    let mut blocked = 0;
    for _ in 0..20 {
        let sent = caller.post("/me/second-factor", json!({})).await;
        blocked += u32::from(sent.status == 429);
    }
    assert!(blocked > 1, "{blocked}");
    let found = records(&setting, Some(tenant), activity::BLOCKED).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("codes per name"), "{found:#?}");
}

#[tokio::test]
async fn every_refusal_of_a_second_factor_and_of_a_change_is_recorded() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    person(&setting, tenant, "petra@example.test", false).await;
    let caller = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    // None was asked for: there is nothing to try.
    let code = json!({ "code": "000000" });
    let none = caller.post("/me/second-factor/verify", code.clone()).await;
    assert_eq!(none.code(), "code-expired");
    caller.post("/me/second-factor", json!({})).await;
    // With the one before, five: then the limit is reached.
    for expected in ["wrong-code"; 4].iter().chain(&["too-many-wrong-codes"]) {
        let sent = caller.post("/me/second-factor/verify", code.clone()).await;
        assert_eq!(sent.code(), *expected);
    }
    let found = records(&setting, Some(tenant), activity::SECOND_FACTOR).await;
    let count = |result: &str| {
        let is = |line: &&String| line.contains(&format!("result: \"{result}\""));
        found.iter().filter(is).count()
    };
    assert_eq!(
        (count("code-expired"), count("wrong-code")),
        (1, 4),
        "{found:#?}"
    );
    assert_eq!(found.len(), 5);
    let found = records(&setting, Some(tenant), activity::BLOCKED).await;
    assert!(found[0].contains("wrong codes per name"), "{found:#?}");

    let wrong = json!({ "current_password": "not-it-at-all", "new_password": "Kanari-4711-x" });
    let sent = caller.post("/me/password", wrong).await;
    assert_eq!(sent.code(), "wrong-current-password");
    let found = records(&setting, Some(tenant), activity::CHANGE_SELF_SERVICE).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("wrong-current-password"), "{found:#?}");
    assert!(!found[0].contains("not-it-at-all"));
}

#[tokio::test]
async fn what_roles_do_not_allow_is_recorded_up_to_a_limit() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let (desk, _) = Caller::with_role(
        &setting,
        tenant,
        "desk@example.test",
        Role::HelpdeskAdministrator,
    )
    .await;
    let refused = desk.post("/writeback/disable", json!({})).await;
    assert_eq!(refused.code(), "no-role");
    let found = records(&setting, Some(tenant), activity::ACT_REFUSED).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("switch-writeback"), "{found:#?}");
    assert!(found[0].contains("no-role"), "{found:#?}");
    for _ in 0..80 {
        desk.get("/audit").await;
    }
    let found = records(&setting, Some(tenant), activity::ACT_REFUSED).await;
    assert_eq!(found.len(), 60);
    let blocked = records(&setting, Some(tenant), activity::BLOCKED).await;
    assert_eq!(blocked.len(), 1, "that there were more is recorded");
}

#[tokio::test]
async fn an_agents_link_and_a_token_that_is_used_again_are_recorded() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let agent = setting.agent().await;
    let link = setting.link(&agent).await;
    assert_eq!(
        records(&setting, Some(tenant), activity::AGENT_CONNECTED)
            .await
            .len(),
        1
    );
    drop(link);
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    while records(&setting, Some(tenant), activity::AGENT_DISCONNECTED)
        .await
        .is_empty()
    {
        assert!(tokio::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let refused = setting.enrol("not a token").await;
    assert!(refused.is_err());
    let found = records(&setting, None, activity::AGENT_ENROLMENT_REFUSED).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("unknown"), "{found:#?}");
}
