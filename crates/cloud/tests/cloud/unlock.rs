//! Unlocking without a new password, as a browser and an agent see it.

use writeback_model::{Cause, Clock as _, Operation, Outcome, Remark};
use writeback_store::ResetPolicyStore;
use writeback_wire::{Evidence, Execute, ToAgent, ToCloud};

use crate::{
    setting::{Link, Setting, record},
    tenants::{Browser, Page, mails, offered},
};

const BUTTON: &str = "action=\"/reset/unlock\"";

/// A cloud whose agent is connected, and its only person.
async fn setting() -> (Setting, Link) {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    setting.add_user(setting.tenant.id, &agent, "ann").await;
    let link = setting.link(&agent).await;
    (setting, link)
}

async fn unlock(browser: &Browser<'_>, page: &Page) -> Page {
    let (token, last) = (page.hidden("token"), page.hidden("last"));
    let form = [("token", &*token), ("last", &*last)];
    browser.post("/reset/unlock", &form).await
}

/// Takes the next request and ends it so.
async fn answer(link: &mut Link, outcome: Outcome) -> Execute {
    let execute = offered(link).await;
    let request = execute.request;
    link.send(&ToCloud::Claim { request }).await;
    while !matches!(link.next().await, Some(ToAgent::Grant { .. })) {}
    let evidence = Evidence::default();
    link.send(&ToCloud::Outcome {
        request,
        outcome,
        evidence,
    })
    .await;
    execute
}

fn changed(remarks: &[Remark]) -> Outcome {
    Outcome::Changed {
        remarks: remarks.to_vec(),
    }
}

#[tokio::test]
async fn an_account_is_unlocked_once_and_then_a_password_may_still_be_set() {
    let (setting, mut link) = setting().await;
    let browser = Browser::new(&setting);
    let form = browser.open_gate("ann@corp.test", 1).await;
    assert!(form.html.contains(BUTTON), "{}", form.html);

    let outcome = changed(&[Remark::Unlocked]);
    let (page, execute) = tokio::join!(unlock(&browser, &form), answer(&mut link, outcome));
    assert_eq!(execute.operation, Operation::Unlock);
    assert!(execute.sealed.is_none(), "there is nothing to seal");
    assert_eq!(page.path, "/reset/outcome", "{}", page.html);
    assert!(
        page.html.contains("data-outcome=\"unlocked\""),
        "{}",
        page.html
    );

    // The same form again makes no second request.
    let again = unlock(&browser, &form).await;
    assert_eq!(again.path, "/reset/outcome", "{}", again.html);

    // Whoever is still not let in sets a password, in the same session, without unlocking again.
    let form = browser.get("/reset/password").await;
    assert_eq!(form.path, "/reset/password", "{}", form.html);
    assert!(!form.html.contains(BUTTON), "{}", form.html);
    let token = form.hidden("token");
    let last = form.hidden("last");
    assert!(!last.is_empty());
    let again = [("token", &*token), ("last", &*last)];
    let again = browser.post("/reset/unlock", &again).await;
    assert!(
        again.html.contains("data-outcome=\"unlocked\""),
        "{}",
        again.html
    );
    let (page, execute) = tokio::join!(
        browser.send_password(&form),
        answer(&mut link, changed(&[]))
    );
    assert!(execute.sealed.is_some());
    assert!(
        page.html.contains("data-outcome=\"changed\""),
        "{}",
        page.html
    );
    // A password was written: nothing more in this session.
    let page = browser.get("/reset/password").await;
    assert_eq!(page.path, "/reset/outcome");
}

#[tokio::test]
async fn what_was_not_locked_is_told_as_that() {
    let (setting, mut link) = setting().await;
    let browser = Browser::new(&setting);
    let form = browser.open_gate("ann@corp.test", 1).await;
    let (page, _) = tokio::join!(unlock(&browser, &form), answer(&mut link, changed(&[])));
    assert!(
        page.html.contains("data-outcome=\"not-locked\""),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("href=\"/reset/password\""),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn what_refuses_an_unlock_is_told_and_it_may_be_tried_again() {
    let (setting, mut link) = setting().await;
    let browser = Browser::new(&setting);
    let form = browser.open_gate("ann@corp.test", 1).await;
    let refused = Outcome::from(Cause::DirectoryBusy);
    let (page, _) = tokio::join!(unlock(&browser, &form), answer(&mut link, refused));
    assert!(
        page.html.contains("data-cause=\"directory-busy\""),
        "{}",
        page.html
    );
    assert!(page.html.contains("was not unlocked"), "{}", page.html);
    let form = browser.get("/reset/password").await;
    assert!(form.html.contains(BUTTON), "{}", form.html);
    let outcome = changed(&[Remark::Unlocked]);
    let (page, _) = tokio::join!(unlock(&browser, &form), answer(&mut link, outcome));
    assert!(
        page.html.contains("data-outcome=\"unlocked\""),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn where_the_policy_forbids_it_there_is_no_button_and_no_way() {
    let (setting, _link) = setting().await;
    let (store, tenant) = (&setting.store, setting.tenant.id);
    let mut policy = store.reset_policy(tenant).await.unwrap();
    policy.default_entry.unlock_without_reset = false;
    let audit = record(tenant, setting.clock.now());
    let set = store.set_reset_policy(tenant, &policy, &audit);
    set.await.unwrap();
    let browser = Browser::new(&setting);
    let form = browser.open_gate("ann@corp.test", 1).await;
    assert!(!form.html.contains(BUTTON), "{}", form.html);
    let page = unlock(&browser, &form).await;
    assert_eq!(page.status, 403, "{}", page.html);
    assert!(page.html.contains("unlock-not-allowed"), "{}", page.html);
    // The gate is asked for first, whatever the form says.
    let early = Browser::new(&setting);
    let code = early.post("/reset", &[("name", "ann@corp.test")]).await;
    let form = [("token", &*code.hidden("token")), ("last", "")];
    let page = early.post("/reset/unlock", &form).await;
    assert_eq!(page.path, "/reset/code", "{}", page.html);
    assert_eq!(mails(&setting), 2);
}
