//! Mails that tell how a request ended are owed until something takes them.

use std::{path::Path, time::Duration};

use jiff::SignedDuration;
use uuid::Uuid;
use writeback_model::{
    Cause, Clock, Operation, Outcome, Remark, RequestId, Role, SourceAnchor, Target, UserId,
};
use writeback_store::{
    NewCloudUser, NewRequest, NewsStore, RequestStore, ResetPolicyStore, RoleStore, UserStore,
};
use writeback_wire::Evidence;

use crate::setting::{Agent, Setting, record};

const CHANGED: &str = "Your password was changed";
/// The rest of it is encoded: it has an apostrophe.
const OF_AN_ADMINISTRATOR: &str = "An ";

/// A request of Ann's that an agent claimed.
async fn claimed(setting: &Setting, agent: &Agent, user: UserId, number: u128) -> RequestId {
    let reset = Operation::Reset {
        force_change: false,
    };
    claimed_for(reset, setting, agent, user, number).await
}

/// The same for another operation.
async fn claimed_for(
    operation: Operation,
    setting: &Setting,
    agent: &Agent,
    user: UserId,
    number: u128,
) -> RequestId {
    let (tenant, now) = (setting.tenant.id, setting.clock.now());
    let id = RequestId::from_uuid(Uuid::from_u128(number));
    let request = NewRequest {
        id,
        tenant,
        user,
        operation,
        target: Target {
            forest: "corp.test".parse().unwrap(),
            domain: "corp.test".parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
        },
        created_at: now,
        expires_at: now + SignedDuration::from_secs(40),
    };
    let audit = record(tenant, now);
    setting.store.add_request(&request, &audit).await.unwrap();
    let claim = setting.store.claim_request(tenant, id, agent.id, now);
    claim.await.unwrap();
    id
}

async fn finish(setting: &Setting, id: RequestId, outcome: &Outcome) {
    let (tenant, now) = (setting.tenant.id, setting.clock.now());
    let evidence = Evidence {
        controller: None,
        version_before: None,
        version_after: None,
        directory_ms: None,
        would_be_banned: None,
    };
    let audit = record(tenant, now);
    let store = &setting.store;
    let finished = store.finish_request(tenant, id, outcome, &evidence, now, &audit);
    assert!(finished.await.unwrap());
}

/// Ann's request ends with a changed password.
async fn changed(setting: &Setting, agent: &Agent, user: UserId, number: u128) {
    let id = claimed(setting, agent, user, number).await;
    finish(setting, id, &Outcome::Changed { remarks: vec![] }).await;
}

/// Who has a mail with such a subject, sorted.
fn told(folder: &Path, subject: &str) -> Vec<String> {
    let mut told = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let mail = std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        let field = |name: &str| {
            let line = mail.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().to_owned()
        };
        if field("Subject: ").starts_with(subject) {
            assert!(field("Message-ID: ").ends_with("@b.test>"), "{mail}");
            told.push(field("To: ").trim_matches(['<', '>']).to_owned());
        }
    }
    told.sort();
    told
}

async fn until_told(folder: &Path, subject: &str, who: &[&str]) {
    for _ in 0..200 {
        if told(folder, subject) == who {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?} are told instead of {who:?}", told(folder, subject));
}

/// Longer than it takes until the cloud looks again for what is due.
async fn a_while() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

/// Whether anything is owed, at whatever time.
async fn is_owed(setting: &Setting) -> bool {
    let (now, never) = (setting.clock.now(), jiff::Timestamp::MAX);
    let due = setting.store.take_due_news(never, now, 1);
    !due.await.unwrap().is_empty()
}

async fn with_ann() -> (Setting, Agent, UserId) {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let ann = setting.add_user(setting.tenant.id, &agent, "ann").await;
    (setting, agent, ann)
}

#[tokio::test]
async fn what_is_taken_is_sent_once() {
    let (setting, agent, ann) = with_ann().await;
    changed(&setting, &agent, ann, 1).await;
    until_told(&setting.mail, CHANGED, &["ann@mail.example"]).await;
    a_while().await;
    assert_eq!(told(&setting.mail, CHANGED), ["ann@mail.example"]);
    assert!(!is_owed(&setting).await);
}

#[tokio::test]
async fn what_is_not_taken_is_sent_later() {
    let (setting, agent, ann) = with_ann().await;
    std::fs::remove_dir_all(&setting.mail).unwrap();
    changed(&setting, &agent, ann, 1).await;
    let id = claimed(&setting, &agent, ann, 2).await;
    let (tenant, now) = (setting.tenant.id, setting.clock.now());
    let audit = record(tenant, now);
    let doubted = setting.store.doubt_request(tenant, id, now, &audit);
    assert!(doubted.await.unwrap());
    finish(&setting, id, &Outcome::from(Cause::NotStartedInTime)).await;
    a_while().await;
    assert!(!setting.mail.exists());
    std::fs::create_dir(&setting.mail).unwrap();
    setting.clock.advance(SignedDuration::from_secs(10));
    let ann = ["ann@mail.example"];
    until_told(&setting.mail, CHANGED, &ann).await;
    until_told(&setting.mail, "Your password was not changed", &ann).await;
}

#[tokio::test]
async fn what_nobody_took_for_three_days_is_given_up() {
    let (setting, agent, ann) = with_ann().await;
    std::fs::remove_dir_all(&setting.mail).unwrap();
    changed(&setting, &agent, ann, 1).await;
    a_while().await;
    setting.clock.advance(SignedDuration::from_hours(73));
    a_while().await;
    std::fs::create_dir(&setting.mail).unwrap();
    a_while().await;
    assert!(!is_owed(&setting).await);
    assert!(told(&setting.mail, CHANGED).is_empty());
}

async fn add_administrator(setting: &Setting, name: &str, number: u128) {
    let (tenant, now) = (setting.tenant.id, setting.clock.now());
    let id = UserId::from_uuid(Uuid::from_u128(number));
    let user = NewCloudUser {
        id,
        attributes: writeback_sync::Attributes {
            user_principal_name: format!("{name}@cloud.test"),
            other_mail: vec![format!("{name}@mail.example")],
            enabled: true,
            ..writeback_sync::Attributes::default()
        },
        holds_admin_role: false,
    };
    let audit = record(tenant, now);
    let added = setting.store.add_cloud_user(tenant, &user, now, &audit);
    assert!(added.await.unwrap());
    grant(setting, id).await;
}

async fn grant(setting: &Setting, user: UserId) {
    let (tenant, now) = (setting.tenant.id, setting.clock.now());
    let audit = record(tenant, now);
    let role = Role::GlobalAdministrator;
    let granted = setting.store.grant_role(tenant, user, role, now, &audit);
    granted.await.unwrap();
}

#[tokio::test]
async fn administrators_hear_of_each_others_passwords_where_the_policy_says_so() {
    let (setting, agent, ann) = with_ann().await;
    let tenant = setting.tenant.id;
    add_administrator(&setting, "petra", 91).await;
    add_administrator(&setting, "quinn", 92).await;
    let mut policy = setting.store.reset_policy(tenant).await.unwrap();
    policy.default_entry.notify_admins = true;
    let audit = record(tenant, setting.clock.now());
    let set = setting.store.set_reset_policy(tenant, &policy, &audit);
    set.await.unwrap();

    // Ann is no administrator yet.
    changed(&setting, &agent, ann, 1).await;
    until_told(&setting.mail, CHANGED, &["ann@mail.example"]).await;
    a_while().await;
    assert!(told(&setting.mail, OF_AN_ADMINISTRATOR).is_empty());
    grant(&setting, ann).await;
    changed(&setting, &agent, ann, 2).await;
    let others = ["petra@mail.example", "quinn@mail.example"];
    until_told(&setting.mail, OF_AN_ADMINISTRATOR, &others).await;
    let ann = ["ann@mail.example"; 2];
    until_told(&setting.mail, CHANGED, &ann).await;
}

#[tokio::test]
async fn who_was_unlocked_hears_of_that_and_not_of_a_password() {
    let (setting, agent, ann) = with_ann().await;
    for (number, remarks, subject) in [
        (1, vec![Remark::Unlocked], "Your account was unlocked"),
        (2, vec![], "Somebody asked to unlock your account"),
    ] {
        let id = claimed_for(Operation::Unlock, &setting, &agent, ann, number).await;
        finish(&setting, id, &Outcome::Changed { remarks }).await;
        until_told(&setting.mail, subject, &["ann@mail.example"]).await;
    }
    assert!(told(&setting.mail, CHANGED).is_empty());
    assert!(!is_owed(&setting).await);
}
