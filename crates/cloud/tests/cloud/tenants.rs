//! Several tenants at one portal: whose name is whose, and what a disabled one comes to.

use std::time::Duration;

use writeback_cloud::Proof;
use writeback_model::{Outcome, TenantId};
use writeback_store::AuditStore;
use writeback_wire::{Evidence, ToAgent, ToCloud};

use crate::{
    sealing,
    setting::{Agent, Link, Setting},
};

/// Somebody with a browser of their own.
pub struct Browser<'a> {
    setting: &'a Setting,
    http: reqwest::Client,
}

/// A page: where it was found, and what it is.
pub struct Page {
    pub status: u16,
    pub path: String,
    pub html: String,
}

impl Page {
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let rest = self.html.split_once(&marker).map(|(_, rest)| rest);
        let value = rest.and_then(|rest| rest.split('"').next());
        value.unwrap_or_default().to_owned()
    }
}

impl<'a> Browser<'a> {
    pub fn new(setting: &'a Setting) -> Self {
        let http = reqwest::Client::builder().no_proxy().cookie_store(true);
        Self {
            setting,
            http: http.build().unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        Self::page(self.http.get(self.setting.at(path))).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let call = self.http.post(self.setting.at(path));
        Self::page(call.header("Origin", &self.setting.url).form(form)).await
    }

    async fn page(call: reqwest::RequestBuilder) -> Page {
        let answer = call.send().await.unwrap();
        Page {
            status: answer.status().as_u16(),
            path: answer.url().path().to_owned(),
            html: answer.text().await.unwrap(),
        }
    }

    /// Up to the open gate, with the code of the newest mail.
    pub async fn open_gate(&self, name: &str, mails: usize) -> Page {
        let page = self.post("/reset", &[("name", name)]).await;
        assert_eq!(page.path, "/reset/code", "{}", page.html);
        let (code, token) = (code(self.setting, mails).await, page.hidden("token"));
        let form = [("code", &*code), ("token", &*token)];
        let page = self.post("/reset/code", &form).await;
        assert_eq!(page.path, "/reset/password", "{}", page.html);
        page
    }

    /// Sends a new password as the page does; the next page comes when it was written, or is not
    /// known in time.
    pub async fn send_password(&self, page: &Page) -> Page {
        let (token, last) = (page.hidden("token"), page.hidden("last"));
        let form = [("token", &*token), ("last", &*last)];
        let prepared = self.post("/reset/password/prepare", &form).await;
        let sealed = sealing::seal(&prepared.html, "Kata-Sandi 1");
        let (ticket, sealed) = sealed.unwrap_or_else(|| panic!("{}", prepared.html));
        let form = [
            ("token", &*token),
            ("last", &*last),
            ("ticket", &*ticket),
            ("sealed", &*sealed),
        ];
        let answer = self.post("/reset/password", &form).await;
        self.get(&sealing::goes_to(&answer.html)).await
    }
}

/// How many mails there are.
pub fn mails(setting: &Setting) -> usize {
    let Ok(folder) = std::fs::read_dir(&setting.mail) else {
        return 0;
    };
    let paths = folder.map(|entry| entry.unwrap().path());
    let is_mail = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "eml");
    paths.filter(is_mail).count()
}

/// The code in the newest of so many mails.
pub async fn code(setting: &Setting, wanted: usize) -> String {
    for _ in 0..500 {
        if mails(setting) >= wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let entries = std::fs::read_dir(&setting.mail).unwrap();
    let newest = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "eml"))
        .max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    let text = std::fs::read_to_string(newest.expect("no mail came")).unwrap();
    let mut lines = text.lines().map(|line| line.replace(' ', ""));
    let is_code = |line: &String| line.len() == 6 && line.bytes().all(|it| it.is_ascii_digit());
    lines.find(is_code).expect("no code in the mail")
}

/// Two tenants with an agent and an `ann` each, in forests of the same name.
pub struct Two {
    pub setting: Setting,
    pub other: TenantId,
    pub agent: Agent,
    pub other_agent: Agent,
    pub link: Link,
    pub other_link: Link,
}

impl Two {
    pub async fn new() -> Self {
        let setting = Setting::new().await;
        let other = setting.other_tenant().await;
        let agent = setting.agent().await;
        let other_agent = setting.agent_of(other).await;
        setting.add_user(setting.tenant.id, &agent, "ann").await;
        setting.add_user(other, &other_agent, "ann").await;
        let link = setting.link(&agent).await;
        let other_link = setting.link(&other_agent).await;
        Self {
            setting,
            other,
            agent,
            other_agent,
            link,
            other_link,
        }
    }

    /// The other tenant verifies a domain.
    pub async fn verify(&self, domain: &str) {
        let (admin, domain) = (self.setting.admin_of(self.other), domain.parse().unwrap());
        admin.add_domain(&domain).await.unwrap();
        let proof = Proof::Operator("operator alice");
        admin.verify_domain(&domain, proof).await.unwrap();
    }
}

/// The next request that an agent is offered.
pub async fn offered(link: &mut Link) -> writeback_wire::Execute {
    loop {
        match link.next().await.expect("the link ended") {
            ToAgent::Execute(execute) => return execute,
            ToAgent::Import(_) | ToAgent::Watch { .. } | ToAgent::Recorded { .. } => {}
            other => panic!("{other:?} instead of a request"),
        }
    }
}

/// Claims a request and says that it was done.
pub async fn execute(link: &mut Link) {
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

#[tokio::test]
async fn a_verified_suffix_leads_to_its_tenant_and_its_agent() {
    let mut two = Two::new().await;
    two.verify("corp.test").await;
    let browser = Browser::new(&two.setting);
    let first = browser.get("/").await;
    for name in ["Cloud &#38; Test", "Cloud &amp; Test", "Other"] {
        assert!(!first.html.contains(name), "the first page names {name}");
    }
    let page = browser.open_gate("ANN@Corp.Test", 1).await;
    assert!(
        page.html.contains("Other"),
        "the gate is open: whose it is may be said"
    );
    let (page, ()) = tokio::join!(browser.send_password(&page), execute(&mut two.other_link));
    assert_eq!(page.path, "/reset/outcome", "{}", page.html);
    assert!(page.html.contains("Other"), "{}", page.html);
}

#[tokio::test]
async fn the_first_page_takes_every_name_alike() {
    let two = Two::new().await;
    two.verify("corp.test").await;
    let shape = async |name: &str| {
        let page = Browser::new(&two.setting)
            .post("/reset", &[("name", name)])
            .await;
        let mut html = page.html.clone();
        let token = page.hidden("token");
        if !token.is_empty() {
            html = html.replace(&token, "TOKEN");
        }
        for (before, after) in [("value=\"", "\""), (">", "<")] {
            html = html.replace(&format!("{before}{name}{after}"), "NAME");
        }
        (page.status, page.path, html)
    };
    let known = shape("ann@corp.test").await;
    assert_eq!((known.0, known.1.as_str()), (200, "/reset/code"));
    for name in [
        "nobody@corp.test",
        "ann@unknown.test",
        "ann@mail.example",
        "ann@other.test",
    ] {
        let answer = shape(name).await;
        assert!(answer == known, "{name}: {}", answer.2);
    }
    // A name without a suffix asks for one, whoever it is.
    let bare = shape("ann").await;
    assert_eq!((bare.0, bare.1.as_str()), (400, "/reset"));
    for name in ["nobody", "CORP\\ann", "NO\\nobody"] {
        let answer = shape(name).await;
        assert!(answer == bare, "{name}: {}", answer.2);
    }
}

#[tokio::test]
async fn a_name_of_nobodys_goes_the_whole_way_of_any_other() {
    let two = Two::new().await;
    let browser = Browser::new(&two.setting);
    let page = browser
        .post("/reset", &[("name", "ann@unknown.test")])
        .await;
    let token = page.hidden("token");
    for _ in 0..6 {
        let form = [("code", "123456"), ("token", &*token)];
        let page = browser.post("/reset/code", &form).await;
        assert_eq!((page.status, page.path.as_str()), (400, "/reset/code"));
        assert!(page.html.contains("role=\"alert\""), "{}", page.html);
    }
    let page = browser
        .post("/reset/code/resend", &[("token", &token)])
        .await;
    assert_eq!(page.status, 200);
    assert_eq!(browser.get("/reset/password").await.path, "/reset/code");
    assert_eq!(mails(&two.setting), 0, "nobody is written to");
}

#[tokio::test]
async fn a_tenants_own_address_takes_names_without_a_suffix() {
    let mut two = Two::new().await;
    let browser = Browser::new(&two.setting);
    let first = browser.get(&format!("/?tenant={}", two.other)).await;
    assert!(first.html.contains("Other"));
    let page = browser.open_gate("CORP\\ann", 1).await;
    let (page, ()) = tokio::join!(browser.send_password(&page), execute(&mut two.other_link));
    assert_eq!(page.path, "/reset/outcome");
    // It is remembered, and an address of no tenant is none.
    assert!(browser.get("/").await.html.contains("Other"));
    let nobody = TenantId::from_uuid(uuid::Uuid::from_u128(7));
    for tenant in [
        nobody.to_string(),
        TenantId::NOBODY.to_string(),
        "Other".into(),
    ] {
        let browser = Browser::new(&two.setting);
        let page = browser.get(&format!("/?tenant={tenant}")).await;
        assert_eq!(page.status, 200);
        assert!(!page.html.contains("Other"), "{tenant}");
    }
}

#[tokio::test]
async fn a_single_tenant_never_thinks_about_domains() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let _link = setting.link(&agent).await;
    setting.add_user(setting.tenant.id, &agent, "ann").await;
    for (mails, name) in ["ann@corp.test", "CORP\\ann", "ann"].iter().enumerate() {
        let page = Browser::new(&setting).open_gate(name, mails + 1).await;
        assert!(page.html.contains("Cloud &#38; Test"), "{}", page.html);
    }
}

#[tokio::test]
async fn a_disabled_tenant_is_refused_and_comes_back() {
    let mut two = Two::new().await;
    two.verify("corp.test").await;
    let setting = &two.setting;
    let midway = Browser::new(setting);
    midway.open_gate("ann@corp.test", 1).await;
    let admin = setting.admin_of(two.other);
    assert!(admin.disable_tenant().await.unwrap().1);
    assert!(!admin.disable_tenant().await.unwrap().1, "it is");

    // The way that had begun ends with a page that says why.
    let page = midway.get("/reset/password").await;
    assert_eq!(page.status, 503);
    assert!(
        page.html.contains("switched off for your organisation"),
        "{}",
        page.html
    );
    let page = Browser::new(setting)
        .post("/reset", &[("name", "ann@corp.test")])
        .await;
    assert_eq!(page.status, 503);
    assert!(page.html.contains("switched off for your organisation"));
    assert!(!page.html.contains("<input"));
    let page = Browser::new(setting)
        .post("/reset", &[("name", "x@corp.test")])
        .await;
    assert_eq!(page.status, 503, "whoever it is");

    // Its agent is told, and gets in no more; the first tenant's goes on.
    let reason = two.other_link.closing_reason().await;
    assert!(reason.contains("organisation is disabled"), "{reason}");
    let refused = setting
        .buy_token(&setting.assertion(&two.other_agent, |_| {}))
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.error, "tenant-disabled");
    assert!(
        refused.description.contains("comes back by itself"),
        "{refused:?}"
    );
    let request = writeback_model::RequestId::from_uuid(uuid::Uuid::from_u128(9));
    two.link.send(&ToCloud::Claim { request }).await;
    while !matches!(
        two.link
            .next()
            .await
            .expect("another tenant's link was closed"),
        ToAgent::Deny { .. }
    ) {}

    assert!(admin.enable_tenant().await.unwrap().1);
    let mut link = setting.link(&two.other_agent).await;
    let page = midway.get("/reset/password").await;
    assert_eq!(page.status, 403, "what ended stays ended");
    let browser = Browser::new(setting);
    let page = browser.open_gate("ann@corp.test", 2).await;
    let (page, ()) = tokio::join!(browser.send_password(&page), execute(&mut link));
    assert_eq!(page.path, "/reset/outcome");
}

#[tokio::test]
async fn a_request_under_way_finishes_after_its_tenant_is_disabled() {
    let mut two = Two::new().await;
    two.verify("corp.test").await;
    let (setting, admin) = (&two.setting, two.setting.admin_of(two.other));
    let browser = Browser::new(setting);
    let page = browser.open_gate("ann@corp.test", 1).await;
    let link = &mut two.other_link;
    let at_the_agent = async {
        let request = offered(link).await.request;
        admin.disable_tenant().await.unwrap();
        // Long enough for the cloud to have noticed.
        tokio::time::sleep(Duration::from_millis(800)).await;
        link.send(&ToCloud::Claim { request }).await;
        while !matches!(link.next().await, Some(ToAgent::Grant { .. })) {}
        tokio::time::sleep(Duration::from_millis(800)).await;
        link.send(&ToCloud::Outcome {
            request,
            outcome: Outcome::Changed { remarks: vec![] },
            evidence: Evidence::default(),
        })
        .await;
        link.closing_reason().await
    };
    let (page, reason) = tokio::join!(browser.send_password(&page), at_the_agent);
    assert_eq!(
        (page.status, page.path.as_str()),
        (200, "/reset/outcome"),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("Your password was changed") || page.html.contains("is changed"),
        "{}",
        page.html
    );
    assert!(reason.contains("organisation is disabled"), "{reason}");
}

#[tokio::test]
async fn a_name_of_nobodys_is_in_no_tenants_trail() {
    let two = Two::new().await;
    let browser = Browser::new(&two.setting);
    let page = browser
        .post("/reset", &[("name", "ann@unknown.test")])
        .await;
    assert_eq!(page.path, "/reset/code");
    for tenant in [two.setting.tenant.id, two.other] {
        let lines = two.setting.store.last_audit_lines(tenant, 99).await;
        let lines = lines.unwrap();
        assert!(
            !lines.iter().any(|line| line.contains("user name given")),
            "{lines:?}"
        );
    }
}
