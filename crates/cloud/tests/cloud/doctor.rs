//! What the running cloud's doctor says to an administrator, and since when it is so.

use jiff::SignedDuration;
use serde_json::Value;
use writeback_model::{Clock as _, Role};
use writeback_store::WritebackStore as _;

use crate::{
    api_caller::{Caller, person},
    setting::{Setting, record},
};

fn finding<'a>(shown: &'a Value, check: &str) -> &'a Value {
    let all = shown["findings"].as_array().unwrap();
    all.iter().find(|it| it["check"] == check).unwrap()
}

#[tokio::test]
async fn it_says_what_is_wrong_and_since_when() {
    let setting = Setting::new().await;
    let (chief, _) = Caller::chief(&setting, setting.tenant.id).await;
    let began = setting.clock.now();
    let first = chief.get("/doctor").await.body;
    assert_eq!(first["status"], "not-configured", "{first:#}");
    let none = finding(&first, "agents-enrolled");
    assert_eq!(none["verdict"], "fault");
    assert_eq!(none["since"], began.to_string());
    assert_eq!(none["since_or_before"], true);
    assert!(
        none["problem"]["remedy"]
            .to_string()
            .contains("enrolment create")
    );
    assert_eq!(first["history"], serde_json::json!([]));

    // The same again is no other look, however late.
    setting.clock.advance(SignedDuration::from_mins(50));
    let again = chief.get("/doctor").await.body;
    assert_eq!(again["history"], serde_json::json!([]));
    assert_eq!(
        finding(&again, "agents-enrolled")["since"],
        began.to_string()
    );
    assert_eq!(again["looked_at"], setting.clock.now().to_string());

    // What changes is told with what was before.
    let (store, tenant) = (&setting.store, setting.tenant.id);
    let off = setting.clock.now();
    let audit = record(tenant, off);
    store
        .switch_writeback(tenant, None, false, off, &audit)
        .await
        .unwrap();
    let other = chief.get("/doctor").await.body;
    let switch = finding(&other, "writeback-on");
    assert_eq!(
        (&switch["verdict"], &switch["since"]),
        (&"fault".into(), &off.to_string().into())
    );
    assert_eq!(switch["since_or_before"], false);
    assert_eq!(
        finding(&other, "agents-enrolled")["since"],
        began.to_string()
    );
    let history = other["history"].as_array().unwrap();
    assert_eq!(history.len(), 1, "{other:#}");
    assert_eq!(history[0]["status"], "not-configured");
    assert_eq!(history[0]["looked_at"], off.to_string());
    assert!(!history[0]["problems"].to_string().contains("writeback-on"));

    // The machine is its operator's.
    let text = other.to_string();
    for machine in [
        "database-room",
        "own-certificate",
        "audit-key",
        "mail-server",
    ] {
        assert!(!text.contains(&format!("\"{machine}\"")), "{machine}");
    }
}

#[tokio::test]
async fn who_may_read_reports_may_read_it() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    assert_eq!(
        Caller::nobody(&setting).get("/doctor").await.code(),
        "not-signed-in"
    );
    person(&setting, tenant, "ben@example.test", false).await;
    let ben = Caller::signed_in(&setting, tenant, "ben@example.test").await;
    assert_eq!(ben.get("/doctor").await.code(), "no-role");
    let reader = person(&setting, tenant, "rita@example.test", false).await;
    let user = writeback_store::UserStore::user(&setting.store, tenant, reader);
    let user = user.await.unwrap().unwrap();
    let admin = setting.admin();
    admin
        .grant_role(&user, Role::ReportsReader, "the test")
        .await
        .unwrap();
    let rita = Caller::signed_in(&setting, tenant, "rita@example.test").await;
    assert_eq!(rita.get("/doctor").await.status, 200);
}
