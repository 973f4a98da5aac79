//! Signing in, and what each role may do by the API.

use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::json;
use writeback_model::{Clock, Role};
use writeback_store::{Assignee, AuditStore, LicenceStore, SignInTryStore, WritebackStore};

use crate::{
    api_caller::{Answer, Caller, PASSWORD, person, sign_in},
    setting::Setting,
    tenants::Two,
};

#[tokio::test]
async fn somebody_of_the_cloud_signs_in_and_out() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    person(&setting, tenant, "petra@example.test", false).await;

    // Nobody's name and somebody's wrong password are told alike.
    let wrong = sign_in(&setting, tenant, "petra@example.test", "kopi-hujan").await;
    let nobody = sign_in(&setting, tenant, "nobody@example.test", "kopi-hujan").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        (wrong.code(), &wrong.body),
        ("wrong-password", &nobody.body)
    );

    let here = Caller::signed_in(&setting, tenant, "PETRA@example.test").await;
    let there = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    let me = here.get("/me").await.body;
    assert_eq!(me["user_principal_name"], "petra@example.test");
    assert_eq!((&me["origin"], &me["roles"]), (&json!("cloud"), &json!([])));

    let sessions = here.get("/me/sessions").await.body;
    let sessions = sessions["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|it| it["current"] == false).unwrap();
    let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(here.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(here.delete(&path).await.code(), "not-found");
    assert_eq!(there.get("/me").await.code(), "not-signed-in");

    let third = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    assert_eq!(here.delete("/me/sessions").await.body["ended"], 2);
    for caller in [&here, &there, &third, &Caller::nobody(&setting)] {
        assert_eq!(caller.get("/me").await.status, StatusCode::UNAUTHORIZED);
    }

    // A session ends by itself when nobody uses it, and in any case after a working day.
    let idle = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    setting.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(idle.get("/me").await.code(), "not-signed-in");
    let used = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    for _ in 0..23 {
        setting.clock.advance(SignedDuration::from_mins(31));
        assert_eq!(used.get("/me").await.status, StatusCode::OK);
    }
    setting.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(used.get("/me").await.code(), "not-signed-in");
}

#[tokio::test]
async fn a_first_password_is_replaced_before_anything_else() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    person(&setting, tenant, "petra@example.test", true).await;
    let caller = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    let other = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    assert_eq!(caller.get("/me").await.code(), "password-change-needed");
    for (current, new, code) in [
        (
            "not it at all",
            "hujan-kopi-bukit 26",
            "wrong-current-password",
        ),
        (PASSWORD, "short", "password-too-short"),
        (PASSWORD, "P@ssw0rd!", "password-banned"),
        (PASSWORD, "my petra 4711 is", "password-contains-name"),
        (PASSWORD, PASSWORD, "password-is-current"),
    ] {
        let body = json!({ "current_password": current, "new_password": new });
        let answer = caller.post("/me/password", body).await;
        assert_eq!(answer.code(), code, "{answer:?}");
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let body = json!({ "current_password": PASSWORD, "new_password": "hujan-kopi-bukit 26" });
    let answer = caller.post("/me/password", body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    // Here it goes on, everywhere else it is over.
    assert_eq!(caller.get("/me").await.status, StatusCode::OK);
    assert_eq!(other.get("/me").await.code(), "not-signed-in");
    let old = sign_in(&setting, tenant, "petra@example.test", PASSWORD).await;
    assert_eq!(old.code(), "wrong-password");
}

#[tokio::test]
async fn wrong_passwords_lock_here_and_the_lock_ends() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let id = person(&setting, tenant, "petra@example.test", false).await;
    let name = "petra@example.test";
    for _ in 0..5 {
        let (one, two) = tokio::join!(
            sign_in(&setting, tenant, name, "guess"),
            sign_in(&setting, tenant, name, "another guess")
        );
        assert_eq!(
            (one.code(), two.code()),
            ("wrong-password", "wrong-password")
        );
    }
    let locked = sign_in(&setting, tenant, name, PASSWORD).await;
    assert_eq!(locked.code(), "sign-in-locked");
    // For how long would tell of the policy, and so of whom.
    assert_eq!(locked.body["error"].get("retry_after_seconds"), None);
    let (key, now) = (id.to_string(), setting.clock.now());
    let until = setting.store.sign_in_locked_until(tenant, &key, now);
    assert_eq!(
        until.await.unwrap(),
        Some(now + SignedDuration::from_secs(60))
    );
    setting.clock.advance(SignedDuration::from_secs(61));
    Caller::signed_in(&setting, tenant, name).await;
}

#[tokio::test]
async fn each_role_may_what_it_may() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let (desk, _) = Caller::with_role(
        &setting,
        tenant,
        "desk@example.test",
        Role::HelpdeskAdministrator,
    )
    .await;
    let (chief, chief_id) = Caller::chief(&setting, tenant).await;
    let ann = person(&setting, tenant, "ann@example.test", false).await;
    let ann_here = Caller::signed_in(&setting, tenant, "ann@example.test").await;

    // Explain: for oneself always, for others with a role; the reason is the same as at the shell.
    let path = format!("/users/{ann}/explain?wish=reset");
    let explained = desk.get(&path).await.body;
    assert_eq!(explained["name"], "ann@example.test");
    assert_eq!(explained["answers"][0]["wish"], "reset");
    assert_eq!(ann_here.get(&path).await.body, explained);
    let of_chief = format!("/users/{chief_id}/explain");
    assert_eq!(ann_here.get(&of_chief).await.code(), "no-role");
    assert_eq!(
        desk.get(&format!("/users/{ann}/explain?wish=fly"))
            .await
            .code(),
        "bad-request"
    );

    // Writeback: a role, then a second factor, and every call is in the trail by who did it.
    let off = json!({});
    assert_eq!(
        desk.post("/writeback/disable", off.clone()).await.code(),
        "no-role"
    );
    let refused = chief.post("/writeback/disable", off.clone()).await;
    assert_eq!(refused.code(), "second-factor-needed");
    chief.shows_second_factor().await;
    let done = chief.post("/writeback/disable", off.clone()).await;
    assert_eq!(done.body, json!({ "already": false }));
    assert_eq!(chief.get("/writeback").await.body["enabled"], false);
    assert_eq!(
        chief.post("/writeback/enable", off).await.body,
        json!({ "already": false })
    );
    let unknown = chief
        .post("/writeback/enable", json!({ "forest": "no.test" }))
        .await;
    assert_eq!(unknown.code(), "not-found");
    let trail = chief
        .get("/audit?activity=writeback-disabled&limit=1")
        .await
        .body;
    let record = &trail["records"][0];
    assert_eq!(record["actor"], json!({ "kind": "user", "id": chief_id }));
    assert!(trail["next"].is_number());
    assert_eq!(desk.get("/audit").await.code(), "no-role");

    // Roles: the last global administrator stays.
    let role = format!("/users/{ann}/roles/user-administrator");
    assert_eq!(chief.put(&role).await.status, StatusCode::NO_CONTENT);
    let holders = chief.get("/roles").await.body;
    assert_eq!(holders["holders"].as_array().unwrap().len(), 3);
    assert_eq!(chief.delete(&role).await.status, StatusCode::NO_CONTENT);
    assert_eq!(chief.delete(&role).await.code(), "not-found");
    let last = format!("/users/{chief_id}/roles/global-administrator");
    let refused = chief.delete(&last).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "last-global-administrator")
    );

    // Licences.
    let licences = chief.get("/licences").await.body;
    let sku = licences["licences"][0]["sku"].as_str().unwrap().to_owned();
    let path = format!("/users/{ann}/licences/{sku}");
    assert_eq!(desk.put(&path).await.code(), "no-role");
    assert_eq!(
        chief.put(&path).await.body,
        json!({ "waits_for_seat": false })
    );
    assert_eq!(chief.delete(&path).await.status, StatusCode::NO_CONTENT);

    // A password by the help desk: not the chief's, and ann must choose another one.
    let body = json!({ "new_password": "teh-gunung-lampu 7" });
    let of_chief = format!("/users/{chief_id}/password");
    desk.shows_second_factor().await;
    assert_eq!(
        desk.post(&of_chief, body.clone()).await.code(),
        "target-role"
    );
    let answer = desk.post(&format!("/users/{ann}/password"), body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    assert_eq!(ann_here.get("/me").await.code(), "not-signed-in");
    let again = sign_in(&setting, tenant, "ann@example.test", "teh-gunung-lampu 7").await;
    assert_eq!(again.body["password_change_needed"], true);
    let path = format!("/users/{ann}/sessions");
    assert_eq!(
        desk.get(&path).await.body["sessions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(desk.delete(&path).await.body, json!({ "ended": 1 }));

    // The second factor is over after ten minutes, also where the clock is set back.
    setting.clock.advance(SignedDuration::from_mins(11));
    let late = chief.post("/writeback/disable", json!({})).await;
    assert_eq!(late.code(), "second-factor-needed");
}

#[tokio::test]
async fn no_call_of_an_administrator_reaches_another_tenant() {
    let two = Two::new().await;
    let (setting, tenant) = (&two.setting, two.setting.tenant.id);
    let theirs = person(setting, two.other, "ben@other.test", false).await;
    let before = setting
        .store
        .last_audit_lines(two.other, 1000)
        .await
        .unwrap();
    let (chief, _) = Caller::chief(setting, tenant).await;
    chief.shows_second_factor().await;
    let licences = chief.get("/licences").await.body;
    let sku = licences["licences"][0]["sku"].as_str().unwrap().to_owned();
    let on = |path: &str| format!("/users/{theirs}{path}");
    let password = json!({ "new_password": "teh-gunung-lampu 7" });
    let refused: Vec<Answer> = vec![
        chief.get(&on("/explain")).await,
        chief.get(&on("/sessions")).await,
        chief.delete(&on("/sessions")).await,
        chief.post(&on("/enable"), json!({})).await,
        chief.post(&on("/disable"), json!({})).await,
        chief.delete(&on("")).await,
        chief.post(&on("/password"), password).await,
        chief.put(&on("/roles/global-administrator")).await,
        chief.delete(&on("/roles/global-administrator")).await,
        chief.put(&on(&format!("/licences/{sku}"))).await,
        chief.delete(&on(&format!("/licences/{sku}"))).await,
        chief
            .post("/writeback/test", json!({ "user": theirs }))
            .await,
    ];
    for answer in refused {
        assert_eq!(answer.code(), "not-found", "{answer:?}");
    }
    // What names nobody is one's own tenant's.
    let name = "ben@other.test";
    for path in [
        "/roles",
        "/audit?limit=500",
        "/writeback",
        "/doctor",
        "/me/sessions",
    ] {
        let body = chief.get(path).await.body.to_string();
        assert!(
            !body.contains(&theirs.to_string()) && !body.contains(name),
            "{path}: {body}"
        );
    }
    chief.post("/writeback/disable", json!({})).await;
    assert!(
        setting
            .store
            .writeback(two.other)
            .await
            .unwrap()
            .tenant
            .is_on
    );
    // A session of another tenant is not ended by its identifier.
    let ben = Caller::signed_in(setting, two.other, name).await;
    let sessions = ben.get("/me/sessions").await.body;
    let id = sessions["sessions"][0]["id"].as_str().unwrap();
    assert_eq!(
        chief.delete(&format!("/me/sessions/{id}")).await.code(),
        "not-found"
    );
    assert_eq!(ben.get("/me").await.status, StatusCode::OK);
    // Whose password is right is nobody where another tenant is named.
    let elsewhere = sign_in(setting, tenant, name, PASSWORD).await;
    assert_eq!(elsewhere.code(), "wrong-password");
    let after = setting
        .store
        .last_audit_lines(two.other, 1000)
        .await
        .unwrap();
    assert_eq!(
        after.len(),
        before.len() + 1,
        "ben's own sign-in and nothing else: {after:#?}"
    );
}

/// A new code gives no new tries to whoever guesses.
#[tokio::test]
async fn wrong_codes_are_counted_over_all_codes() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    person(&setting, tenant, "petra@example.test", false).await;
    let caller = Caller::signed_in(&setting, tenant, "petra@example.test").await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        let sent = caller.post("/me/second-factor", json!({})).await;
        assert_eq!(sent.body["sent_to"], 1, "{sent:?}");
        for _ in 0..3 {
            let body = json!({ "code": "not it" });
            let answer = caller.post("/me/second-factor/verify", body).await;
            answers.push(answer.code().to_owned());
        }
    }
    let (wrong, blocked) = ("wrong-code", "too-many-wrong-codes");
    assert_eq!(answers, [wrong, wrong, wrong, wrong, wrong, blocked]);
}

#[tokio::test]
async fn people_of_the_cloud_are_disabled_enabled_and_deleted() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let (chief, chief_id) = Caller::chief(&setting, tenant).await;
    let (desk, _) = Caller::with_role(
        &setting,
        tenant,
        "desk@example.test",
        Role::HelpdeskAdministrator,
    )
    .await;
    let name = "petra@example.test";
    let petra = person(&setting, tenant, name, false).await;
    let petra_here = Caller::signed_in(&setting, tenant, name).await;
    let on = |path: &str| format!("/users/{petra}{path}");
    let none = json!({});
    assert_eq!(
        desk.post(&on("/disable"), none.clone()).await.code(),
        "no-role"
    );
    let refused = chief.post(&on("/disable"), none.clone()).await;
    assert_eq!(refused.code(), "second-factor-needed");
    chief.shows_second_factor().await;

    let done = chief.post(&on("/disable"), none.clone()).await;
    assert_eq!(done.body, json!({ "already": false }));
    let again = chief.post(&on("/disable"), none.clone()).await;
    assert_eq!(again.body, json!({ "already": true }));
    assert_eq!(petra_here.get("/me").await.code(), "not-signed-in");
    assert_ne!(
        sign_in(&setting, tenant, name, PASSWORD).await.status,
        StatusCode::OK
    );
    let done = chief.post(&on("/enable"), none.clone()).await;
    assert_eq!(done.body, json!({ "already": false }));
    let petra_here = Caller::signed_in(&setting, tenant, name).await;

    let gone = chief.delete(&on("")).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(petra_here.get("/me").await.code(), "not-signed-in");
    assert_eq!(chief.delete(&on("")).await.code(), "not-found");
    let trail = chief.get("/audit?limit=20").await.body.to_string();
    for activity in ["Update user", "Delete user"] {
        assert!(trail.contains(activity), "{activity}: {trail}");
    }

    // Nobody takes away the last one who can sign in, nor oneself.
    for last in [
        chief.delete(&format!("/users/{chief_id}")).await,
        chief
            .post(&format!("/users/{chief_id}/disable"), none)
            .await,
    ] {
        assert_eq!(last.code(), "last-global-administrator", "{last:?}");
    }
}

#[tokio::test]
async fn plans_that_are_left_out_of_a_licence_stay_so() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let (chief, _) = Caller::chief(&setting, tenant).await;
    let petra = person(&setting, tenant, "petra@example.test", false).await;
    let path = format!("/users/{petra}/licences/WRITEBACK_SELF_HOSTED");
    let left_out = async || {
        let assigned = setting.store.licence_assignments(tenant).await.unwrap();
        let hers = assigned
            .into_iter()
            .find(|it| it.to == Assignee::User(petra));
        hers.map(|it| it.disabled.len())
    };
    assert_eq!(left_out().await, None);
    let body = json!({ "disabled": ["AAD_PREMIUM", "AAD_PREMIUM_P2"] });
    let given = chief.call(reqwest::Method::PUT, &path, Some(&body)).await;
    assert_eq!(given.status, StatusCode::OK, "{given:?}");
    assert_eq!(left_out().await, Some(2));
    assert_eq!(chief.put(&path).await.status, StatusCode::OK);
    assert_eq!(left_out().await, Some(2), "a repeat changes nothing");
    let none = json!({ "disabled": [] });
    chief.call(reqwest::Method::PUT, &path, Some(&none)).await;
    assert_eq!(left_out().await, Some(0));
    let wrong = json!({ "disabled": ["no plan of anything"] });
    let refused = chief.call(reqwest::Method::PUT, &path, Some(&wrong)).await;
    assert_eq!(refused.code(), "bad-request");
    let trail = chief.get("/audit?limit=20").await.body.to_string();
    assert!(trail.contains("without AAD_PREMIUM"), "{trail}");
}
