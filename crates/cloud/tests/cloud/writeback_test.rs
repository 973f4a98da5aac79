//! Whether writeback can be tested by one person on another.

use serde_json::json;
use writeback_model::Clock;
use writeback_store::{Assignee, LicenceStore, UserStore};

use crate::{
    api_caller::Caller,
    portal::asked_for_code,
    setting::{Setting, record},
};

#[tokio::test]
async fn an_administrator_and_the_test_user_must_both_hold_a_licence() {
    let (setting, agent, link, _page) = asked_for_code("ann@corp.test").await;
    let tenant = setting.tenant.id;
    let name = "ann@corp.test".parse().unwrap();
    let ann = setting.store.users_by_name(tenant, &name).await.unwrap();
    let ann = ann[0].id;
    let (chief, chief_id) = Caller::chief(&setting, tenant).await;
    let ask = || chief.post("/writeback/test", json!({ "user": ann }));

    let ready = ask().await.body;
    assert_eq!(
        (&ready["ready"], &ready["refusals"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(from_the_shell(&setting).await, (true, 0));

    // Nobody holds one, then one of the two, then both.
    let audit = record(tenant, setting.clock.now());
    let store = &setting.store;
    let held = store.licence_assignments(tenant).await.unwrap().remove(0);
    let now = setting.clock.now();
    let taken = store.unassign_licence(tenant, held.sku, held.to, now, &audit);
    assert!(taken.await.unwrap());
    let nothing = ask().await.body;
    assert_eq!(nothing["ready"], false);
    let said = nothing["refusals"][0].as_str().unwrap();
    assert!(
        said.starts_with("no licence is assigned to anybody"),
        "{said}"
    );
    for (to, lacks) in [
        (Assignee::User(chief_id), "the test user holds no licence"),
        (Assignee::User(ann), ""),
    ] {
        let given = store.assign_licence(tenant, held.sku, to, &[], now, &audit);
        given.await.unwrap();
        let answer = ask().await.body;
        let refusals = answer["refusals"].as_array().unwrap();
        assert_eq!(refusals.is_empty(), lacks.is_empty(), "{answer:#}");
        assert_eq!(answer["ready"], lacks.is_empty(), "{answer:#}");
        if let Some(refusal) = refusals.first() {
            assert!(refusal.as_str().unwrap().starts_with(lacks), "{answer:#}");
        }
    }
    let taken = store.unassign_licence(tenant, held.sku, Assignee::User(chief_id), now, &audit);
    assert!(taken.await.unwrap());
    let answer = ask().await.body;
    let refusal = answer["refusals"][0].as_str().unwrap();
    assert!(refusal.starts_with("the administrator holds no licence"));
    assert_eq!(answer["access"]["allowed"], true, "{answer:#}");
    assert_eq!(from_the_shell(&setting).await, (false, 1));

    // Whoever is connected counts too, where it is known.
    let given = store.assign_licence(tenant, held.sku, held.to, &[], now, &audit);
    given.await.unwrap();
    assert_eq!(ask().await.body["ready"], true);
    drop((link, agent));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let answer = ask().await.body;
        if answer["ready"] == false {
            assert_eq!(answer["refusals"], json!([]));
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{answer:#}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Whether it can begin, and what licences stand against it.
async fn from_the_shell(setting: &Setting) -> (bool, usize) {
    let test = setting
        .admin()
        .writeback_test(
            &"chief@example.test".parse().unwrap(),
            &"ann@corp.test".parse().unwrap(),
            &[writeback_policy::RecoveryAttribute::OtherMailbox],
            writeback_policy::Limits::default(),
        )
        .await
        .unwrap();
    (test.is_ready(), test.refusals.len())
}
