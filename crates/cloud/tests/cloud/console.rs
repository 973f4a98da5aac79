//! What administrators read in a browser, and who may.

use jiff::SignedDuration;
use writeback_model::Role;
use writeback_store::{AgentStore as _, AuditStore as _, UserStore as _};

use crate::{
    api_caller::{Caller, PASSWORD, person},
    setting::Setting,
    tenants::{Browser, Page, Two},
};

async fn signs_in(browser: &Browser<'_>, name: &str, password: &str) -> Page {
    let form = [("name", name), ("password", password)];
    browser.post("/admin/sign-in", &form).await
}

#[tokio::test]
async fn an_administrator_signs_in_reads_and_signs_out() {
    let setting = Setting::new().await;
    Caller::chief(&setting, setting.tenant.id).await;
    let browser = Browser::new(&setting);
    let page = browser.get("/admin/doctor").await;
    assert_eq!(page.path, "/admin/sign-in", "{}", page.html);
    let page = signs_in(&browser, " chief@example.test ", PASSWORD).await;
    assert_eq!(
        (page.status, &*page.path),
        (200, "/admin/doctor"),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("data-status=\"not-configured\""),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("data-check=\"agents-enrolled\""),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("writeback admin enrolment create"),
        "{}",
        page.html
    );
    let page = browser.get("/admin/doctor?lang=id").await;
    assert!(
        page.html.contains("Writeback belum disiapkan"),
        "{}",
        page.html
    );

    // The cookie reads and opens nothing of the API.
    let page = browser.get("/api/v1/me").await;
    assert_eq!(page.status, 401);

    let page = browser.post("/admin/sign-out", &[]).await;
    assert_eq!(page.path, "/admin/sign-in");
    let page = browser.get("/admin/doctor").await;
    assert_eq!(page.path, "/admin/sign-in");

    // Unused for an hour it ends by itself.
    signs_in(&browser, "chief@example.test", PASSWORD).await;
    setting.clock.advance(SignedDuration::from_mins(61));
    let page = browser.get("/admin/doctor").await;
    assert_eq!(page.path, "/admin/sign-in");
}

#[tokio::test]
async fn nobody_else_reads_it() {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let agent = setting.agent().await;
    setting.add_user(tenant, &agent, "ann").await;
    person(&setting, tenant, "ben@example.test", false).await;
    person(&setting, tenant, "new@example.test", true).await;
    let browser = Browser::new(&setting);
    // Wrong, nobody's, and somebody's of the directory are told alike.
    let wrong = signs_in(&browser, "ben@example.test", "kopi-hujan").await;
    assert_eq!((wrong.status, &*wrong.path), (403, "/admin/sign-in"));
    let alert = |page: &Page| {
        let (_, rest) = page.html.split_once("role=\"alert\"").unwrap();
        rest.split("</div>").next().unwrap().to_owned()
    };
    for name in ["nobody@example.test", "ann@corp.test", "CORP\\ann"] {
        let page = signs_in(&browser, name, "kopi-hujan").await;
        assert_eq!((page.status, alert(&page)), (403, alert(&wrong)), "{name}");
        assert!(
            !page.html.contains("kopi-hujan"),
            "the page gives the password back"
        );
    }
    for form in [
        &[("name", "ben@example.test")][..],
        &[("password", PASSWORD)],
    ] {
        let page = browser.post("/admin/sign-in", form).await;
        assert_eq!(page.status, 400, "{}", page.html);
    }
    // A first password signs nobody in.
    let page = signs_in(&browser, "new@example.test", PASSWORD).await;
    assert_eq!((page.status, &*page.path), (403, "/admin/sign-in"));
    let page = browser.get("/admin/doctor").await;
    assert_eq!(page.path, "/admin/sign-in");

    // Without a role one is signed in and sees nothing; that is in the audit trail.
    let page = signs_in(&browser, "ben@example.test", PASSWORD).await;
    assert_eq!(
        (page.status, &*page.path),
        (403, "/admin/doctor"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("data-status"), "{}", page.html);
    let lines = setting.store.last_audit_lines(tenant, 99).await.unwrap();
    let text = format!("{lines:?}");
    assert!(
        text.contains("Administrator refused") && text.contains("read-reports"),
        "{text}"
    );

    // A form of another site is none of ours.
    let call = setting.http.post(setting.at("/admin/sign-in"));
    let call = call.header("Origin", "https://evil.example");
    let form = [("name", "ben@example.test"), ("password", PASSWORD)];
    let answer = call.form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert!(answer.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn one_tenants_administrator_sees_nothing_of_another() {
    let two = Two::new().await;
    let setting = &two.setting;
    let name = "spy@other.test";
    let id = person(setting, two.other, name, false).await;
    let user = setting.store.user(two.other, id).await.unwrap().unwrap();
    let admin = setting.admin_of(two.other);
    let role = Role::GlobalAdministrator;
    admin.grant_role(&user, role, "the test").await.unwrap();
    let browser = Browser::new(setting);
    browser.get(&format!("/?tenant={}", two.other)).await;
    let page = signs_in(&browser, name, PASSWORD).await;
    assert_eq!(
        (page.status, &*page.path),
        (200, "/admin/doctor"),
        "{}",
        page.html
    );
    assert!(page.html.contains("data-status"), "{}", page.html);
    let first = setting.store.agents(setting.tenant.id).await.unwrap();
    let theirs = [
        setting.tenant.name.clone(),
        setting.tenant.id.to_string(),
        first[0].id.to_string(),
    ];
    for of_the_first in theirs {
        assert!(!page.html.contains(&of_the_first), "{of_the_first}");
    }
}
