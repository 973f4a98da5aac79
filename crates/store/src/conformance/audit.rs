//! The audit trail.

use writeback_model::UserId;

use super::{
    Fixture,
    given::{agent_id, at, audit, kept_request, records, uuid, with_tenant},
};
use crate::{Actor, AuditRecord, AuditStore, RequestStore};

pub async fn a_line_has_its_fields<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let full = AuditRecord {
        tenant: Some(tenant),
        at: at(5),
        actor: Actor::Person(Some(UserId::from_uuid(uuid(7)))),
        activity: "Reset password (self-service)",
        user: Some(UserId::from_uuid(uuid(7))),
        correlation: Some(uuid(8)),
        address: Some("203.0.113.9".to_owned()),
        result: "password-in-history".to_owned(),
        detail: "said \"no\"\n".to_owned(),
    };
    store.audit(&full).await.unwrap();
    let lines = store.last_audit_lines(tenant, 1).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    let mut names: Vec<&str> = line
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "activity",
            "actor",
            "address",
            "at",
            "correlation",
            "detail",
            "result",
            "seq",
            "tenant",
            "user"
        ]
    );
    assert_eq!(line["at"], at(5).to_string());
    assert_eq!(line["tenant"], tenant.to_string());
    assert_eq!(line["actor"], serde_json::to_value(full.actor).unwrap());
    assert_eq!(line["activity"], full.activity);
    assert_eq!(line["user"], uuid(7).to_string());
    assert_eq!(line["correlation"], uuid(8).to_string());
    assert_eq!(line["address"], "203.0.113.9");
    assert_eq!(line["result"], "password-in-history");
    assert_eq!(line["detail"], "said \"no\"\n");
    assert!(!lines[0].contains('\n'), "one line");
}

pub async fn lines_come_newest_first_and_no_more_than_asked_for<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let actors = [
        Actor::Person(None),
        Actor::Agent(agent_id(1)),
        Actor::Operator,
        Actor::Cloud,
    ];
    for (number, actor) in actors.into_iter().enumerate() {
        let detail = number.to_string();
        // The order is that of keeping, whatever the clocks of the replicas say.
        let at = at(-i64::try_from(number).unwrap());
        let record = AuditRecord {
            actor,
            detail,
            at,
            ..audit(tenant, "Something")
        };
        store.audit(&record).await.unwrap();
    }
    let nobodys = AuditRecord {
        tenant: None,
        ..audit(tenant, "Started")
    };
    store.audit(&nobodys).await.unwrap();

    let lines: Vec<serde_json::Value> = store
        .last_audit_lines(tenant, 3)
        .await
        .unwrap()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let details: Vec<_> = lines
        .iter()
        .map(|line| line["detail"].as_str().unwrap())
        .collect();
    assert_eq!(details, ["3", "2", "1"]);
    let numbers: Vec<_> = lines
        .iter()
        .map(|line| line["seq"].as_i64().unwrap())
        .collect();
    assert!(numbers[0] > numbers[1] && numbers[1] > numbers[2]);
    assert_eq!(store.last_audit_lines(tenant, 0).await.unwrap().len(), 0);
}

pub async fn a_change_that_fails_leaves_no_record<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let request = kept_request(&store, tenant, 10).await;
    let before = records(&store, tenant).await;
    let again = store
        .add_request(&request, &audit(tenant, "Request made"))
        .await;
    assert!(again.is_err(), "an identifier is given once");
    assert_eq!(records(&store, tenant).await, before);
}
