//! Every page of the portal, with what belongs to another tenant.

use writeback_store::{RequestStore, UserStore};
use writeback_wire::ToAgent;

use crate::{
    sealing,
    tenants::{Browser, Two, execute, mails},
};

/// All pages that answer to GET.
const PAGES: [&str; 4] = ["/", "/reset/code", "/reset/password", "/reset/outcome"];

#[tokio::test]
async fn no_page_shows_another_tenant() {
    let mut two = Two::new().await;
    two.verify("corp.test").await;
    let (first, other) = (two.setting.tenant.id, two.other);
    // One browser in each tenant, both with an open gate.
    let mine = Browser::new(&two.setting);
    mine.get(&format!("/?tenant={first}")).await;
    let my_page = mine.open_gate("CORP\\ann", 1).await;
    let theirs = Browser::new(&two.setting);
    let their_page = theirs.open_gate("ann@corp.test", 2).await;
    assert!(
        my_page.html.contains("Cloud &#38; Test"),
        "{}",
        my_page.html
    );
    assert!(their_page.html.contains("Other"), "{}", their_page.html);

    // A session stays its tenant's, whatever address is called with it.
    for page in PAGES.into_iter().skip(1) {
        let page = theirs.get(&format!("{page}?tenant={first}")).await;
        assert!(page.html.contains("Other"), "{}", page.html);
        assert!(!page.html.contains("Cloud &#38; Test"), "{}", page.html);
    }
    // The forms of one session are worth nothing in another.
    for path in ["/reset/code", "/reset/code/resend", "/reset/password"] {
        let token = my_page.hidden("token");
        let form = [
            ("token", &*token),
            ("code", "123456"),
            ("new", "x"),
            ("again", "x"),
        ];
        assert_eq!(theirs.post(path, &form).await.status, 403, "{path}");
    }
    let form = [("token", &*my_page.hidden("token")), ("last", "")];
    assert_eq!(theirs.post("/reset/unlock", &form).await.status, 403);
    // Nor does one learn what the other would seal to, or use what the other was told.
    let prepare = async |browser: &Browser<'_>, token: &str| {
        let form = [("token", token), ("last", "")];
        browser.post("/reset/password/prepare", &form).await.html
    };
    let my_token = my_page.hidden("token");
    let told = prepare(&theirs, &my_token).await;
    assert_eq!(sealing::goes_to(&told), "/reset/password");
    let told = prepare(&mine, &my_token).await;
    assert!(told.contains(&first.to_string()), "{told}");
    let (ticket, sealed) = sealing::seal(&told, "Kata-Sandi 1").unwrap();
    let form = [
        ("token", &*their_page.hidden("token")),
        ("last", ""),
        ("ticket", &*ticket),
        ("sealed", &*sealed),
    ];
    let answer = theirs.post("/reset/password", &form).await;
    assert_eq!(answer.status, 409, "{}", answer.html);
    let before = mails(&two.setting);

    // The password of the second tenant's ann goes to the second tenant's agent alone, although
    // the browser now says the first one's address.
    let page = theirs.get("/reset/password").await;
    let (page, ()) = tokio::join!(theirs.send_password(&page), execute(&mut two.other_link));
    assert_eq!(page.path, "/reset/outcome", "{}", page.html);
    let outcome = theirs.get("/reset/outcome").await;
    assert!(outcome.html.contains("Other"), "{}", outcome.html);
    // And the first one's to the first one's; were its agent offered the other's, it came first.
    let (page, ()) = tokio::join!(mine.send_password(&my_page), execute(&mut two.link));
    assert_eq!(page.path, "/reset/outcome", "{}", page.html);
    let heard = tokio::time::timeout(std::time::Duration::from_millis(300), async {
        loop {
            match two.other_link.next().await {
                Some(ToAgent::Execute(execute)) => return execute,
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    });
    assert!(heard.await.is_err(), "the other agent was offered it, too");
    assert!(mails(&two.setting) >= before);

    // Each person has one request, in their own tenant.
    let name = "ann@corp.test".parse().unwrap();
    let store = &two.setting.store;
    let mut ids = Vec::new();
    for tenant in [first, other] {
        let users = store.users_by_name(tenant, &name).await.unwrap();
        assert_eq!(users.len(), 1);
        ids.push(users[0].id);
        assert_eq!(
            store.overdue_requests(jiff::Timestamp::MAX).await.unwrap(),
            []
        );
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_name_is_looked_for_in_its_tenant_only() {
    let two = Two::new().await;
    two.verify("corp.test").await;
    // Only the first tenant has a ben: by the suffix that is the second one's he is nobody.
    let setting = &two.setting;
    setting.add_user(setting.tenant.id, &two.agent, "ben").await;
    let browser = Browser::new(setting);
    let page = browser.post("/reset", &[("name", "ben@corp.test")]).await;
    assert_eq!(page.path, "/reset/code");
    let mine = Browser::new(setting);
    mine.get(&format!("/?tenant={}", setting.tenant.id)).await;
    mine.open_gate("CORP\\ben", 1).await;
    assert_eq!(mails(setting), 1, "the first ben was mailed, too");
}
