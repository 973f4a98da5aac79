//! What a doctor on an agent's machine may have reset, and what not.

use reqwest::StatusCode;
use serde_json::{Value, json};
use writeback_model::{Clock as _, Outcome, Role, Secret, UserId};
use writeback_seal::{Binding, Contents, seal};
use writeback_store::{ResetPolicyStore as _, RoleStore as _, Store, UserStore as _, activity};
use writeback_wire::{
    Evidence, ToAgent, ToCloud,
    round_trip::{KnownAgent, RoundTripPrepared, RoundTripTold},
};

use crate::{
    setting::{Agent, Link, Setting, record},
    tenants::offered,
};

const NAME: &str = "ann@corp.test";

/// A cloud with a person, whose account may be tested on, and an agent that is connected.
struct Tested {
    setting: Setting,
    agent: Agent,
    user: UserId,
    token: String,
}

impl Tested {
    async fn new() -> (Self, Link) {
        let setting = Setting::new().await;
        let agent = setting.agent().await;
        let user = setting.add_user(setting.tenant.id, &agent, "ann").await;
        let link = setting.link(&agent).await;
        let token = token(&setting, &agent).await;
        let tested = Self {
            setting,
            agent,
            user,
            token,
        };
        (tested, link)
    }

    async fn designate(&self) {
        let store = &self.setting.store;
        let user = store.user(self.setting.tenant.id, self.user).await;
        let user = user.unwrap().unwrap();
        let admin = self.setting.admin();
        assert!(
            admin
                .designate_test_account(&user, "the test")
                .await
                .unwrap()
        );
    }

    async fn release(&self) {
        let store = &self.setting.store;
        let user = store.user(self.setting.tenant.id, self.user).await;
        let user = user.unwrap().unwrap();
        let admin = self.setting.admin();
        assert!(admin.release_test_account(&user, "the test").await.unwrap());
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        post(&self.setting, &self.token, path, body).await
    }

    async fn prepare(&self) -> Result<RoundTripPrepared, String> {
        let path = "/agent/v1/round-trips/prepare";
        let (status, body) = self.post(path, &json!({ "name": NAME })).await;
        match status {
            StatusCode::OK => Ok(serde_json::from_value(body).unwrap()),
            _ => Err(body.get("error").unwrap().as_str().unwrap().to_owned()),
        }
    }

    fn envelopes(&self, prepared: &RoundTripPrepared) -> Value {
        let binding = Binding {
            tenant: self.setting.tenant.id,
            request: prepared.request,
            operation: prepared.operation,
            target: prepared.target.clone(),
            expires_at: jiff::Timestamp::from_millisecond(prepared.expires_at_ms).unwrap(),
        };
        let contents = Contents {
            new: Secret::new("Kata-Sandi 1".to_owned()),
            current: None,
        };
        let each = prepared.keys.iter();
        let sealed: Vec<_> = each
            .map(|key| seal(&contents, key, &binding).unwrap())
            .collect();
        json!({ "name": NAME, "ticket": prepared.ticket, "sealed": sealed })
    }

    async fn send(&self, body: &Value) -> (StatusCode, Value) {
        self.post("/agent/v1/round-trips", body).await
    }
}

async fn token(setting: &Setting, agent: &Agent) -> String {
    let assertion = setting.assertion(agent, |_| {});
    setting.buy_token(&assertion).await.unwrap()
}

async fn post(setting: &Setting, token: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let call = setting.http.post(setting.at(path)).bearer_auth(token);
    let answer = call.json(body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn get(setting: &Setting, token: &str, path: &str) -> (StatusCode, Value) {
    let call = setting.http.get(setting.at(path)).bearer_auth(token);
    let answer = call.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// Takes the next request and says that it was done.
async fn change(link: &mut Link) {
    let request = offered(link).await.request;
    link.send(&ToCloud::Claim { request }).await;
    while !matches!(link.next().await, Some(ToAgent::Grant { .. })) {}
    link.send(&ToCloud::Outcome {
        request,
        outcome: Outcome::Changed { remarks: vec![] },
        evidence: Evidence::default(),
    })
    .await;
}

async fn begun(store: &impl Store, tested: &Tested) -> usize {
    let tenant = tested.setting.tenant.id;
    let lines = store.last_audit_lines(tenant, 999).await.unwrap();
    let text = format!("{lines:?}");
    text.matches(activity::ROUND_TRIP_BEGUN).count()
}

#[tokio::test]
async fn a_test_account_is_reset_once_and_the_hops_are_told() {
    let (tested, mut link) = Tested::new().await;
    tested.designate().await;
    let prepared = tested.prepare().await.unwrap();
    let body = tested.envelopes(&prepared);
    let ((status, told), ()) = tokio::join!(tested.send(&body), change(&mut link));
    assert_eq!(status, StatusCode::OK, "{told}");
    let told: RoundTripTold = serde_json::from_value(told).unwrap();
    assert!(
        matches!(told.outcome, Some(Outcome::Changed { .. })),
        "{told:?}"
    );
    assert_eq!(told.claimed_by, Some(tested.agent.id));
    assert!(told.claimed_at.is_some() && told.ended_at.is_some());

    // Sent twice it is one reset, and says the same.
    let (status, again) = tested.send(&body).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    let again: RoundTripTold = serde_json::from_value(again).unwrap();
    assert_eq!(again.ended_at, told.ended_at);
    let path = format!("/agent/v1/round-trips/{}", told.request);
    let (status, _) = get(&tested.setting, &tested.token, &path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(begun(&tested.setting.store, &tested).await, 1);

    // Neither another tenant's agent nor anybody after the release learns of it.
    let other = tested.setting.other_tenant().await;
    let stranger = tested.setting.agent_of(other).await;
    let strange = token(&tested.setting, &stranger).await;
    let (status, body) = get(&tested.setting, &strange, &path).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::NOT_FOUND, &json!("no-round-trip"))
    );
    tested.release().await;
    let (status, _) = get(&tested.setting, &tested.token, &path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_else_is_reset() {
    let (tested, _link) = Tested::new().await;
    assert_eq!(tested.prepare().await.unwrap_err(), "no-test-account");
    tested.designate().await;
    let prepared = tested.prepare().await.unwrap();
    let body = tested.envelopes(&prepared);

    // Another tenant's agent has no such account, whatever it brings.
    let setting = &tested.setting;
    let other = setting.other_tenant().await;
    let stranger = setting.agent_of(other).await;
    let strange = token(setting, &stranger).await;
    for path in ["/agent/v1/round-trips/prepare", "/agent/v1/round-trips"] {
        let (status, said) = post(setting, &strange, path, &body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{said}");
        assert_eq!(said["error"], "no-test-account");
    }
    let (status, _) = post(setting, "none", "/agent/v1/round-trips", &body).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    // A ticket is the agent's that asked for it, and the envelopes are for the live keys.
    let second = setting.agent().await;
    let second = token(setting, &second).await;
    let (status, said) = post(setting, &second, "/agent/v1/round-trips", &body).await;
    assert_eq!(
        (status, &said["error"]),
        (StatusCode::CONFLICT, &json!("prepare-again"))
    );
    let mut none = body.clone();
    none["sealed"] = json!([]);
    let (status, said) = tested.send(&none).await;
    assert_eq!(
        (status, &said["error"]),
        (StatusCode::CONFLICT, &json!("prepare-again"))
    );

    // Who is an administrator, or was given back, is nobody to try things on.
    let (store, tenant) = (&setting.store, setting.tenant.id);
    let audit = record(tenant, setting.clock.now());
    let now = setting.clock.now();
    let role = Role::ReportsReader;
    store
        .grant_role(tenant, tested.user, role, now, &audit)
        .await
        .unwrap();
    let (_, said) = tested.send(&body).await;
    assert_eq!(said["error"], "no-test-account");
    let user = store.user(tenant, tested.user).await.unwrap().unwrap();
    let refused = setting
        .admin()
        .designate_test_account(&user, "the test")
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("is an administrator here")
    );
    store
        .revoke_role(tenant, tested.user, role, &audit)
        .await
        .unwrap();
    tested.release().await;
    let (_, said) = tested.send(&body).await;
    assert_eq!(said["error"], "no-test-account");
    assert_eq!(begun(store, &tested).await, 0);
}

#[tokio::test]
async fn the_rules_of_resets_hold_for_it() {
    let (tested, link) = Tested::new().await;
    tested.designate().await;
    let (store, tenant) = (&tested.setting.store, tested.setting.tenant.id);
    let audit = record(tenant, tested.setting.clock.now());
    let before = store.reset_policy(tenant).await.unwrap();
    let mut nobody = before.clone();
    nobody.scope = writeback_policy::access::Scope::Off;
    store
        .set_reset_policy(tenant, &nobody, &audit)
        .await
        .unwrap();
    assert_eq!(tested.prepare().await.unwrap_err(), "round-trip-refused");
    store
        .set_reset_policy(tenant, &before, &audit)
        .await
        .unwrap();
    tested.prepare().await.unwrap();
    drop(link);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while tested.prepare().await.is_ok() {
        assert!(std::time::Instant::now() < until, "the agent is gone");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(tested.prepare().await.unwrap_err(), "no-agent-ready");
}

#[tokio::test]
async fn an_agent_is_told_what_is_known_of_itself_alone() {
    let (tested, _link) = Tested::new().await;
    let setting = &tested.setting;
    let path = "/agent/v1/self";
    let (status, known) = get(setting, &tested.token, path).await;
    assert_eq!(status, StatusCode::OK);
    let known: KnownAgent = serde_json::from_value(known).unwrap();
    assert!(known.link.is_some(), "{known:?}");
    let second = setting.agent().await;
    let second = token(setting, &second).await;
    let (_, known) = get(setting, &second, path).await;
    let known: KnownAgent = serde_json::from_value(known).unwrap();
    assert!(known.link.is_none(), "{known:?}");
}
