//! Who may reset, asked again at every step; switches; and keys that are rolled.

use std::time::Duration;

use writeback_model::{Cause, GroupId, KeyId, Outcome};
use writeback_policy::access::{GroupEntry, ResetPolicy, Scope};
use writeback_store::{
    AuditStore, GroupMember, GroupStore, LicenceStore, NewCloudUser, NewGroup, ResetPolicyStore,
    TenantStore, UserStore, WritebackStore,
};
use writeback_wire::{Evidence, SealingKey, ToAgent, ToCloud};

use crate::{
    portal::{Page, asked_for_code, code, page_of, post},
    sealing,
    setting::{Agent, Link, Setting, record},
};

/// A change of the policy, with the code and the reason that follow from it.
type LeftOut = (fn(&mut ResetPolicy), &'static str, &'static str);

/// A cloud, an agent, and a browser that is asked for the new password.
async fn at_the_password() -> (Setting, Agent, Link, Page) {
    let (setting, agent, link, page) = asked_for_code("ann@corp.test").await;
    let page = gives_code(&setting, &page).await;
    assert_eq!(page.path, "/reset/password", "{}", page.html);
    assert_eq!(page.status, 200, "{}", page.html);
    (setting, agent, link, page)
}

async fn gives_code(setting: &Setting, page: &Page) -> Page {
    let given = code(setting, 1).await;
    let token = page.hidden("token");
    let form = [("code", given.as_str()), ("token", &token)];
    post(setting, "/reset/code", &form).await
}

/// What the person sees who types a new password there.
async fn sets(setting: &Setting, page: &Page) -> Page {
    let (token, last) = (page.hidden("token"), page.hidden("last"));
    let mut form = vec![("token", &*token), ("last", &*last)];
    let told = post(setting, "/reset/password/prepare", &form).await;
    if sealing::is_page(&told.html) {
        return told;
    }
    let (ticket, sealed) = sealing::seal(&told.html, "Kata-Sandi 2026!").unwrap();
    form.extend([("ticket", &*ticket), ("sealed", &*sealed)]);
    let told = post(setting, "/reset/password", &form).await;
    page_of(setting, &sealing::goes_to(&told.html)).await
}

/// Whether the agent is offered anything in the next half second.
async fn is_offered(link: &mut Link) -> bool {
    let offered = async {
        loop {
            match link.next().await {
                Some(ToAgent::Execute(_)) => return true,
                Some(_) => {}
                None => return false,
            }
        }
    };
    tokio::time::timeout(Duration::from_millis(500), offered)
        .await
        .unwrap_or(false)
}

async fn set(setting: &Setting, change: impl FnOnce(&mut ResetPolicy)) {
    let tenant = setting.tenant.id;
    let mut policy = setting.store.reset_policy(tenant).await.unwrap();
    change(&mut policy);
    let audit = record(tenant, jiff::Timestamp::UNIX_EPOCH);
    setting
        .store
        .set_reset_policy(tenant, &policy, &audit)
        .await
        .unwrap();
}

async fn switch(setting: &Setting, is_on: bool) {
    let tenant = setting.tenant.id;
    let audit = record(tenant, jiff::Timestamp::UNIX_EPOCH);
    let now = writeback_model::Clock::now(&*setting.clock);
    let switched = setting
        .store
        .switch_writeback(tenant, None, is_on, now, &audit)
        .await;
    assert!(switched.unwrap());
}

#[track_caller]
fn is_refused(page: &Page, code: &str, reason: &str) {
    assert_eq!(page.status, 403, "{}", page.html);
    let marks = format!("data-code=\"{code}\" data-cause=\"{reason}\"");
    assert!(page.html.contains(&marks), "{}", page.html);
    assert!(!page.html.contains("type=\"password\""));
}

#[tokio::test]
async fn what_changes_after_the_gate_counts_at_the_password() {
    let (setting, _agent, mut link, page) = at_the_password().await;
    let left_out: [LeftOut; 4] = [
        (|policy| policy.scope = Scope::Off, "SSPR_0009", "reset-off"),
        (
            |policy| policy.scope = Scope::Selected,
            "SSPR_0013",
            "not-in-group",
        ),
        (
            |policy| policy.default_entry.reset = false,
            "SSPR_0011",
            "reset-not-allowed",
        ),
        (
            |policy| {
                policy.default_entry.methods = vec![writeback_policy::access::Method::Sms];
            },
            "SSPR_0014",
            "gates-not-reachable",
        ),
    ];
    for (change, code, reason) in left_out {
        set(&setting, change).await;
        is_refused(&sets(&setting, &page).await, code, reason);
        // The page itself says the same, and an ended session is not needed for it.
        is_refused(&page_of(&setting, "/reset/password").await, code, reason);
        set(&setting, |policy| *policy = ResetPolicy::default()).await;
    }
    switch(&setting, false).await;
    is_refused(&sets(&setting, &page).await, "SSPR_0010", "writeback-off");
    assert!(
        !is_offered(&mut link).await,
        "something was sealed and sent"
    );
    switch(&setting, true).await;
    // All as before: the same form is good.
    let (page, offered) = tokio::join!(sets(&setting, &page), is_offered(&mut link));
    assert!(offered);
    assert_eq!(page.path, "/reset/outcome");
    let trail = setting
        .store
        .last_audit_lines(setting.tenant.id, 100)
        .await
        .unwrap()
        .join("\n");
    for reason in ["reset-off", "not-in-group", "writeback-off"] {
        assert!(trail.contains(reason), "{reason} is not in the trail");
    }
}

#[tokio::test]
async fn a_group_that_is_left_and_a_licence_that_is_taken_count_at_the_password() {
    let (setting, _agent, mut link, page) = at_the_password().await;
    let (store, tenant) = (&setting.store, setting.tenant.id);
    let audit = record(tenant, jiff::Timestamp::UNIX_EPOCH);
    let now = writeback_model::Clock::now(&*setting.clock);
    let name = "ann@corp.test".parse().unwrap();
    let ann = store
        .users_by_name(tenant, &name)
        .await
        .unwrap()
        .remove(0)
        .id;
    let group = NewGroup {
        id: GroupId::from_uuid(uuid(5)),
        name: "Staff".into(),
    };
    assert!(store.add_group(tenant, &group, now, &audit).await.unwrap());
    let member = GroupMember::User(ann);
    let joins = || store.add_group_member(tenant, group.id, member, now, &audit);
    joins().await.unwrap();
    set(&setting, |policy| {
        policy.scope = Scope::Selected;
        policy.groups = vec![GroupEntry {
            group: group.name.clone(),
            id: Some(group.id),
            ..GroupEntry::default()
        }];
    })
    .await;
    assert_eq!(page_of(&setting, "/reset/password").await.status, 200);
    store
        .remove_group_member(tenant, group.id, member, now, &audit)
        .await
        .unwrap();
    is_refused(&sets(&setting, &page).await, "SSPR_0013", "not-in-group");
    joins().await.unwrap();

    let held = store.licence_assignments(tenant).await.unwrap().remove(0);
    let taken = store.unassign_licence(tenant, held.sku, held.to, now, &audit);
    assert!(taken.await.unwrap());
    is_refused(&sets(&setting, &page).await, "SSPR_0012", "not-licensed");
    assert!(
        !is_offered(&mut link).await,
        "something was sealed and sent"
    );
    store
        .assign_licence(tenant, held.sku, held.to, &[], now, &audit)
        .await
        .unwrap();

    // The tenant itself: its own page, and nothing is sent.
    assert!(store.disable_tenant(tenant, now, &audit).await.unwrap());
    let disabled = sets(&setting, &page).await;
    assert_eq!(disabled.status, 503, "{}", disabled.html);
    assert!(
        !is_offered(&mut link).await,
        "something was sealed and sent"
    );
}

#[tokio::test]
async fn whoever_is_left_out_hears_it_after_the_gate_and_not_before() {
    let (setting, _agent, _link, _page) = asked_for_code("ann@corp.test").await;
    set(&setting, |policy| {
        policy.scope = Scope::Selected;
        policy.default_entry.help_desk = Some("desk@corp.test".into());
        policy.default_entry.note = Some("Ring <Ann> & ask.".into());
    })
    .await;
    let mut pages = Vec::new();
    for name in ["ann@corp.test", "nobody@corp.test"] {
        let page = post(&setting, "/reset", &[("name", name)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/reset/code"));
        let plain = |page: &Page| page.html.replace(&page.hidden("token"), "");
        pages.push(plain(&page).replace(name, "NAME"));
        assert!(!page.html.contains("SSPR"));
    }
    assert_eq!(pages[0], pages[1], "a name is told by its page");

    let page = post(&setting, "/reset", &[("name", "ann@corp.test")]).await;
    let given = code(&setting, 3).await;
    let token = page.hidden("token");
    let form = [("code", given.as_str()), ("token", &token)];
    let page = post(&setting, "/reset/code", &form).await;
    is_refused(&page, "SSPR_0013", "not-in-group");
    assert!(page.html.contains("desk@corp.test"));
    assert!(
        page.html.contains("Ring &#60;Ann&#62; &#38; ask."),
        "{}",
        page.html
    );
    // In the other language, too.
    let page = page_of(&setting, "/reset/password?lang=id").await;
    is_refused(&page, "SSPR_0013", "not-in-group");
    assert!(page.html.contains("<html lang=\"id\">"));
}

#[tokio::test]
async fn what_holds_for_everybody_is_said_at_once() {
    let (setting, _agent, _link, _page) = asked_for_code("ann@corp.test").await;
    switch(&setting, false).await;
    for name in ["ann@corp.test", "nobody@corp.test", "ann"] {
        let page = post(&setting, "/reset", &[("name", name)]).await;
        is_refused(&page, "SSPR_0010", "writeback-disabled");
    }
    switch(&setting, true).await;
    set(&setting, |policy| policy.scope = Scope::Off).await;
    // Administrators may still: to refuse the others here would tell who is one.
    let page = post(&setting, "/reset", &[("name", "ann@corp.test")]).await;
    assert_eq!(page.path, "/reset/code");
    set(&setting, |policy| policy.administrators.reset = false).await;
    for name in ["ann@corp.test", "nobody@corp.test"] {
        let page = post(&setting, "/reset", &[("name", name)]).await;
        is_refused(&page, "SSPR_0009", "reset-off");
    }
}

#[tokio::test]
async fn what_is_under_way_finishes_and_keys_are_rolled() {
    let (setting, agent, mut link, page) = at_the_password().await;
    let whole = async {
        let execute = loop {
            if let ToAgent::Execute(execute) = link.next().await.unwrap() {
                break execute;
            }
        };
        // Switched off and on while it is offered, and the key rolled before it is claimed.
        switch(&setting, false).await;
        switch(&setting, true).await;
        while link.next().await.unwrap() != ToAgent::RollKeys {}
        let key = SealingKey {
            id: KeyId::from_uuid(uuid(77)),
            public: crate::setting::hello(&agent).sealing_key.public,
        };
        link.send(&ToCloud::Key(key)).await;
        let request = execute.request;
        link.send(&ToCloud::Claim { request }).await;
        let is_grant = |frame: &ToAgent| matches!(frame, ToAgent::Grant { request: granted, .. } if *granted == request);
        while !is_grant(&link.next().await.unwrap()) {}
        link.send(&ToCloud::Outcome {
            request,
            outcome: Outcome::Changed { remarks: vec![] },
            evidence: Evidence::default(),
        })
        .await;
    };
    let (page, ()) = tokio::join!(sets(&setting, &page), whole);
    assert_eq!(page.path, "/reset/outcome");
    assert!(
        page.html.contains("data-outcome=\"changed\""),
        "{}",
        page.html
    );
    let rolls = setting.store.key_rolls(setting.tenant.id).await.unwrap();
    assert_eq!(rolls.len(), 1);
    assert_eq!(rolls[0].rolled.unwrap().0, KeyId::from_uuid(uuid(77)));
}

#[tokio::test]
async fn an_agent_that_was_away_rolls_its_key_when_it_comes_back() {
    let (setting, agent, link, _page) = asked_for_code("ann@corp.test").await;
    drop(link);
    switch(&setting, false).await;
    switch(&setting, true).await;
    // Twice: an answer that was lost is asked for again.
    for _ in 0..2 {
        setting.clock.advance(jiff::SignedDuration::from_secs(1));
        let mut link = setting.link(&agent).await;
        while !matches!(link.next().await.unwrap(), ToAgent::RollKeys) {}
    }
    let rolls = setting.store.key_rolls(setting.tenant.id).await.unwrap();
    assert_eq!(rolls[0].rolled, None);
}

#[tokio::test]
async fn a_person_of_the_cloud_is_not_asked_for_writeback() {
    let (setting, _agent, _link, _page) = asked_for_code("ann@corp.test").await;
    let tenant = setting.tenant.id;
    let id = writeback_model::UserId::from_uuid(uuid(9));
    let user = NewCloudUser {
        id,
        attributes: writeback_sync::Attributes {
            user_principal_name: "petra@cloud.test".into(),
            other_mail: vec!["petra@mail.example".into()],
            enabled: true,
            ..writeback_sync::Attributes::default()
        },
        holds_admin_role: false,
    };
    let audit = record(tenant, jiff::Timestamp::UNIX_EPOCH);
    let now = writeback_model::Clock::now(&*setting.clock);
    assert!(
        setting
            .store
            .add_cloud_user(tenant, &user, now, &audit)
            .await
            .unwrap()
    );
    let name = "petra@cloud.test".parse().unwrap();
    let explained = setting
        .admin()
        .explain(
            &name,
            &writeback_policy::access::Wish::ALL,
            &[writeback_policy::RecoveryAttribute::OtherMailbox],
            writeback_policy::Limits::default(),
        )
        .await
        .unwrap();
    let results: Vec<_> = explained
        .answers
        .iter()
        .map(|(_, it)| it.result())
        .collect();
    assert_eq!(
        results,
        ["not-offered", "success", "nothing-to-unlock", "not-offered"]
    );
    assert_eq!(
        Cause::WritebackDisabled.info().portal_code,
        Some("SSPR_0010")
    );
}

fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}
