//! The sealed password at the edges: what is refused, and what the page's script is told.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::SignedDuration;
use serde_json::{Value, json};
use writeback_model::{Operation, Secret, Target};
use writeback_seal::{Binding, Contents};
use writeback_wire::SealingKey;

use crate::{
    setting::{Agent, Link, Setting},
    tenants::{Browser, Page, execute, offered},
};

/// What a page's script is told to seal to and for.
#[derive(serde::Deserialize)]
struct Told {
    prepared: Option<Prepared>,
}

#[derive(serde::Deserialize)]
struct Prepared {
    ticket: String,
    bound: Bound,
    keys: Vec<SealingKey>,
}

#[derive(serde::Deserialize)]
struct Bound {
    tenant: String,
    request: String,
    operation: String,
    forest: String,
    domain: String,
    anchor: String,
    expires_at_ms: i64,
}

/// Ticket and envelopes, as a page's script makes them of what it was told; `None` where it was
/// told something else.
pub fn seal(told: &str, password: &str) -> Option<(String, String)> {
    let told: Told = serde_json::from_str(told).unwrap_or_else(|_| panic!("{told}"));
    let Prepared {
        ticket,
        bound,
        keys,
    } = told.prepared?;
    let binding = Binding {
        tenant: bound.tenant.parse().unwrap(),
        request: bound.request.parse().unwrap(),
        operation: Operation::from_name(&bound.operation).unwrap(),
        target: Target {
            forest: bound.forest.parse().unwrap(),
            domain: bound.domain.parse().unwrap(),
            anchor: bound.anchor.parse().unwrap(),
        },
        expires_at: jiff::Timestamp::from_millisecond(bound.expires_at_ms).unwrap(),
    };
    let contents = Contents {
        new: Secret::new(password.to_owned()),
        current: None,
    };
    let seal = |key| writeback_seal::seal(&contents, key, &binding).unwrap();
    let sealed: Vec<_> = keys.iter().map(seal).collect();
    Some((ticket, serde_json::to_string(&sealed).unwrap()))
}

/// Whether an answer is the page itself that tells the rest.
pub fn is_page(answer: &str) -> bool {
    answer.starts_with("<!doctype")
}

/// The page that an answer leads to.
pub fn goes_to(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap_or_else(|_| panic!("{answer}"));
    let path = answer.get("go").and_then(Value::as_str);
    path.expect("no page to go to").to_owned()
}

fn answer(page: &Page) -> Value {
    serde_json::from_str(&page.html).unwrap_or_else(|_| panic!("{}", page.html))
}

/// A browser with an open gate.
struct AtTheForm<'a> {
    browser: Browser<'a>,
    token: String,
}

impl<'a> AtTheForm<'a> {
    async fn new(setting: &'a Setting, mails: usize) -> Self {
        let browser = Browser::new(setting);
        let page = browser.open_gate("ann@corp.test", mails).await;
        Self {
            token: page.hidden("token"),
            browser,
        }
    }

    async fn post(&self, path: &str, more: &[(&str, &str)]) -> Page {
        let mut form = vec![("token", &*self.token), ("last", "")];
        form.extend(more);
        self.browser.post(path, &form).await
    }

    async fn prepared(&self) -> (String, String) {
        let page = self.post("/reset/password/prepare", &[]).await;
        assert_eq!(page.status, 200, "{}", page.html);
        seal(&page.html, "Kata-Sandi 1").unwrap()
    }

    async fn send(&self, (ticket, sealed): &(String, String)) -> Page {
        let form = [("ticket", &**ticket), ("sealed", &**sealed)];
        self.post("/reset/password", &form).await
    }
}

async fn with_ann() -> (Setting, Agent, Link) {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let link = setting.link(&agent).await;
    setting.add_user(setting.tenant.id, &agent, "ann").await;
    (setting, agent, link)
}

#[tokio::test]
async fn an_agent_is_offered_the_envelope_for_the_very_request_that_was_prepared() {
    let (setting, _agent, mut link) = with_ann().await;
    let form = AtTheForm::new(&setting, 1).await;
    let page = form.post("/reset/password/prepare", &[]).await;
    let prepared = answer(&page)["prepared"].clone();
    let sent = seal(&page.html, "Kata-Sandi 1").unwrap();
    let sealed: Value = serde_json::from_str(&sent.1).unwrap();
    let at_the_agent = async { offered(&mut link).await };
    tokio::select! {
        execute = at_the_agent => {
            assert_eq!(json!([execute.sealed]), sealed);
            let bound = &prepared["bound"];
            assert_eq!(execute.request.to_string(), bound["request"].as_str().unwrap());
            let expires_at_ms = execute.expires_at.as_millisecond();
            assert_eq!(expires_at_ms, bound["expires_at_ms"].as_i64().unwrap());
        }
        page = form.send(&sent) => panic!("nobody was asked: {}", page.html),
    }
}

#[tokio::test]
async fn a_password_in_clear_is_refused_with_words_and_asks_no_agent() {
    let (setting, _agent, mut link) = with_ann().await;
    let form = AtTheForm::new(&setting, 1).await;
    let sent = form.prepared().await;
    let clear: [&[(&str, &str)]; 4] = [
        &[("new", "Terbuka-Lebar 1"), ("again", "Terbuka-Lebar 1")],
        &[
            ("current", "Terbuka-Lebar 1"),
            ("ticket", &sent.0),
            ("sealed", &sent.1),
        ],
        &[
            ("new", "Terbuka-Lebar 1"),
            ("ticket", &sent.0),
            ("sealed", &sent.1),
        ],
        // As a form would send it whose script did nothing.
        &[],
    ];
    for fields in clear {
        let page = form.post("/reset/password", fields).await;
        assert_eq!(page.status, 400, "{}", page.html);
        assert!(
            page.html.contains("did not arrive encrypted"),
            "{}",
            page.html
        );
        assert!(!page.html.contains("Terbuka"), "{}", page.html);
    }
    let asked = tokio::time::timeout(std::time::Duration::from_millis(300), offered(&mut link));
    assert!(asked.await.is_err(), "an agent was asked");
}

#[tokio::test]
async fn a_ticket_is_good_for_its_session_and_for_seconds() {
    let (setting, _agent, mut link) = with_ann().await;
    let mine = AtTheForm::new(&setting, 1).await;
    let other = AtTheForm::new(&setting, 2).await;
    let again = json!({ "prepare_again": {} });
    let sent = mine.prepared().await;
    let page = other.send(&sent).await;
    assert_eq!((page.status, answer(&page)), (409, again.clone()));
    let forged = (sent.0.replace('.', ".1"), sent.1.clone());
    assert_eq!(answer(&mine.send(&forged).await), again);
    setting.clock.advance(SignedDuration::from_secs(21));
    assert_eq!(answer(&mine.send(&sent).await), again);
    // The page asks once more, and is taken.
    let sent = mine.prepared().await;
    let (page, ()) = tokio::join!(mine.send(&sent), execute(&mut link));
    assert_eq!(answer(&page), json!({ "go": "/reset/outcome" }));
}

#[tokio::test]
async fn keys_that_changed_in_between_are_sealed_to_anew() {
    let (setting, _agent, _link) = with_ann().await;
    let form = AtTheForm::new(&setting, 1).await;
    let sent = form.prepared().await;
    let again = json!({ "prepare_again": {} });
    // None, one twice, and one that is no agent's.
    assert_eq!(
        answer(&form.send(&(sent.0.clone(), "[]".into())).await),
        again
    );
    let mut twice: Vec<Value> = serde_json::from_str(&sent.1).unwrap();
    twice.push(twice[0].clone());
    let twice = serde_json::to_string(&twice).unwrap();
    assert_eq!(answer(&form.send(&(sent.0.clone(), twice)).await), again);
    let key = uuid::Uuid::from_u128(77).to_string();
    let mut strange: Vec<Value> = serde_json::from_str(&sent.1).unwrap();
    strange[0]["key"] = json!(key);
    let strange = serde_json::to_string(&strange).unwrap();
    assert_eq!(answer(&form.send(&(sent.0.clone(), strange)).await), again);
    // A second agent came: it shall be able to take over.
    let second = setting.agent().await;
    let mut second_link = setting.link(&second).await;
    let page = form.send(&sent).await;
    assert_eq!((page.status, answer(&page)), (409, again));
    let (_, sealed) = form.prepared().await;
    let sealed: Vec<Value> = serde_json::from_str(&sealed).unwrap();
    assert_eq!(sealed.len(), 2);
    // What is no list of envelopes is no form of ours.
    let page = form.send(&(sent.0.clone(), "{".into())).await;
    assert_eq!(page.status, 400);
    let asked = tokio::time::timeout(
        std::time::Duration::from_millis(300),
        offered(&mut second_link),
    );
    assert!(asked.await.is_err(), "an agent was asked");
}

#[tokio::test]
async fn whoever_cannot_go_on_is_led_to_the_page_that_says_why() {
    let (setting, _agent, _link) = with_ann().await;
    let browser = Browser::new(&setting);
    let page = browser.post("/reset", &[("name", "ann@corp.test")]).await;
    let token = page.hidden("token");
    let prepare = async |form: &[(&str, &str)]| {
        let page = browser.post("/reset/password/prepare", form).await;
        goes_to(&page.html)
    };
    let form = [("token", &*token), ("last", "")];
    assert_eq!(prepare(&form).await, "/reset/code", "before the code");
    let foreign = [("token", "x"), ("last", "")];
    assert_eq!(prepare(&foreign).await, "/reset/password");
    setting.clock.advance(SignedDuration::from_mins(16));
    let page = browser.post("/reset/password/prepare", &form).await;
    assert_eq!(page.status, 403, "session over");
    assert!(is_page(&page.html));
}

#[tokio::test]
async fn what_the_pages_load_can_be_compared() {
    let (setting, _agent, _link) = with_ann().await;
    let form = AtTheForm::new(&setting, 1).await;
    let page = form.browser.get("/reset/password").await;
    let (_, tag) = page.html.split_once("<script src=\"").unwrap();
    let (path, rest) = tag.split_once("\" integrity=\"").unwrap();
    let (integrity, rest) = rest.split_once('"').unwrap();
    assert!(rest.starts_with(" defer></script>"), "{rest}");
    let script = form.browser.get(path).await;
    assert_eq!(script.status, 200);
    let hash = digest::digest(&digest::SHA384, script.html.as_bytes());
    let hash = format!("sha384-{}", BASE64_STANDARD.encode(hash));
    assert_eq!(integrity, hash);
    let listed = answer(&form.browser.get("/.well-known/writeback-integrity").await);
    let files = listed["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    let file = files.iter().find(|file| file["path"] == path).unwrap();
    assert_eq!(file["integrity"], integrity);
    assert_eq!(file["bytes"], script.html.len());
}
