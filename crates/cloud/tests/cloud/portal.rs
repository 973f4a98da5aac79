//! The portal at the edges: codes, time, limits, and forms that are not ours.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::SignedDuration;

use crate::setting::{Agent, Setting};

/// A page: where it was found, and what it is.
pub struct Page {
    pub status: u16,
    pub path: String,
    pub html: String,
}

impl Page {
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let rest = self
            .html
            .split_once(&marker)
            .map(|(_, rest)| rest)
            .unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

pub async fn post(setting: &Setting, path: &str, form: &[(&str, &str)]) -> Page {
    let call = setting
        .http
        .post(setting.at(path))
        .header("Origin", &setting.url)
        .form(form);
    page(call).await
}

async fn page(call: reqwest::RequestBuilder) -> Page {
    let answer = call.send().await.unwrap();
    Page {
        status: answer.status().as_u16(),
        path: answer.url().path().to_owned(),
        html: answer.text().await.unwrap(),
    }
}

/// A cloud with one agent, one user, and a browser that was asked for the code.
pub async fn asked_for_code(name: &str) -> (Setting, Agent, crate::setting::Link, Page) {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let link = setting.link(&agent).await;
    setting.add_user(setting.tenant.id, &agent, "ann").await;
    let page = post(&setting, "/reset", &[("name", name)]).await;
    assert_eq!(page.path, "/reset/code", "{}", page.html);
    (setting, agent, link, page)
}

/// The code in the newest mail.
pub async fn code(setting: &Setting, mails: usize) -> String {
    for _ in 0..200 {
        let mut files: Vec<_> = std::fs::read_dir(&setting.mail)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .map(|path| (path.metadata().unwrap().modified().unwrap(), path))
            .collect();
        files.sort();
        if files.len() >= mails {
            let text = std::fs::read_to_string(&files.last().unwrap().1).unwrap();
            let line = text
                .lines()
                .map(|line| line.replace(' ', ""))
                .find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
            return line.expect("no code in the mail");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no mail came");
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes_and_a_new_one_replaces_it() {
    let (setting, _agent, _link, page) = asked_for_code("ann@corp.test").await;
    let token = page.hidden("token");
    let first = code(&setting, 1).await;
    setting.clock.advance(SignedDuration::from_mins(11));
    let late = post(
        &setting,
        "/reset/code",
        &[("code", &first), ("token", &token)],
    )
    .await;
    assert_eq!(late.path, "/reset/code");
    assert!(late.html.contains("role=\"alert\""));

    post(&setting, "/reset/code/resend", &[("token", &token)]).await;
    let second = code(&setting, 2).await;
    if first != second {
        let old = post(
            &setting,
            "/reset/code",
            &[("code", &first), ("token", &token)],
        )
        .await;
        assert_eq!(old.path, "/reset/code");
    }
    // Pasted with spaces around and inside.
    let spaced = format!(" {} {} ", &second[..3], &second[3..]);
    let right = post(
        &setting,
        "/reset/code",
        &[("code", &spaced), ("token", &token)],
    )
    .await;
    assert_eq!(right.path, "/reset/password", "{}", right.html);
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_does_not_help() {
    let (setting, _agent, _link, page) = asked_for_code("ann@corp.test").await;
    let token = page.hidden("token");
    let right = code(&setting, 1).await;
    let wrong = if right == "111111" {
        "222222"
    } else {
        "111111"
    };
    for _ in 0..5 {
        let page = post(
            &setting,
            "/reset/code",
            &[("code", wrong), ("token", &token)],
        )
        .await;
        assert_eq!(page.path, "/reset/code");
    }
    let page = post(
        &setting,
        "/reset/code",
        &[("code", &right), ("token", &token)],
    )
    .await;
    assert_eq!(page.path, "/reset/code");
    // Nor does a new session: the name itself has to wait.
    post(&setting, "/reset", &[("name", "ann@corp.test")]).await;
    let page = page_of(&setting, "/reset/code").await;
    let again = code(&setting, 2).await;
    let token = page.hidden("token");
    let page = post(
        &setting,
        "/reset/code",
        &[("code", &again), ("token", &token)],
    )
    .await;
    assert_eq!(
        page.path, "/reset/code",
        "the throttle of the name does not hold"
    );
    setting.clock.advance(SignedDuration::from_hours(25));
    post(&setting, "/reset", &[("name", "ann@corp.test")]).await;
    let page = page_of(&setting, "/reset/code").await;
    let again = code(&setting, 3).await;
    let token = page.hidden("token");
    let page = post(
        &setting,
        "/reset/code",
        &[("code", &again), ("token", &token)],
    )
    .await;
    assert_eq!(page.path, "/reset/password");
}

pub async fn page_of(setting: &Setting, path: &str) -> Page {
    page(setting.http.get(setting.at(path))).await
}

#[tokio::test]
async fn a_session_ends_after_a_quarter_of_an_hour_at_every_step() {
    let (setting, _agent, _link, page) = asked_for_code("ann@corp.test").await;
    setting.clock.advance(SignedDuration::from_mins(16));
    for path in ["/reset/code", "/reset/password", "/reset/outcome"] {
        let page = page_of(&setting, path).await;
        assert!(
            page.html.contains("href=\"/\""),
            "{path}: no way back to the start"
        );
        assert!(!page.html.contains("<input"), "{path}: still asks");
    }
    let token = page.hidden("token");
    let page = post(
        &setting,
        "/reset/password",
        &[("new", "a"), ("again", "a"), ("token", &token)],
    )
    .await;
    assert!(!page.html.contains("<input"));
}

#[tokio::test]
async fn nothing_is_written_without_the_code() {
    let (setting, _agent, mut link, page) = asked_for_code("ann@corp.test").await;
    let token = page.hidden("token");
    let form = [
        ("new", "Tanpa-Kode 1"),
        ("again", "Tanpa-Kode 1"),
        ("token", &*token),
        ("last", ""),
    ];
    let page = post(&setting, "/reset/password", &form).await;
    assert_eq!(page.path, "/reset/code");
    let got = tokio::time::timeout(Duration::from_millis(500), async {
        while !matches!(
            link.next().await,
            Some(writeback_wire::ToAgent::Execute(_)) | None
        ) {}
    });
    assert!(got.await.is_err(), "an agent was asked");
}

#[tokio::test]
async fn forms_that_are_not_ours_are_refused() {
    let (setting, _agent, _link, page) = asked_for_code("ann@corp.test").await;
    let token = page.hidden("token");
    let foreign = setting
        .http
        .post(setting.at("/reset/code"))
        .header("Origin", "https://evil.example")
        .form(&[("code", "1"), ("token", &token)]);
    assert_eq!(super::portal::page(foreign).await.status, 403);
    let page = post(
        &setting,
        "/reset/code",
        &[("code", "123456"), ("token", "forged")],
    )
    .await;
    assert_eq!(page.status, 403);
    let large = "x".repeat(100_000);
    let page = post(
        &setting,
        "/reset/password",
        &[("new", &large), ("token", &token)],
    )
    .await;
    assert_eq!(page.status, 413);
    assert_eq!(page_of(&setting, "/no/such/page").await.status, 404);
}

#[tokio::test]
async fn every_page_comes_with_its_guards() {
    let setting = Setting::new().await;
    let answer = setting.http.get(setting.at("/")).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "no-store");
    // With `no-referrer` browsers post our forms with `Origin: null`, which is refused.
    assert_eq!(header("referrer-policy"), "same-origin");
    assert!(header("content-security-policy").contains("script-src 'self';"));
    assert!(!header("content-security-policy").contains("unsafe"));
    assert!(!answer.text().await.unwrap().contains("<script"));
}

#[tokio::test]
async fn the_files_of_the_portal_can_be_compared() {
    let setting = Setting::new().await;
    let page = page_of(&setting, "/.well-known/writeback-integrity").await;
    let listed: serde_json::Value = serde_json::from_str(&page.html).unwrap();
    let files = listed.get("files").unwrap().as_array().unwrap();
    assert_eq!(files.len(), 3);
    for file in files {
        let text = |name: &str| file.get(name).unwrap().as_str().unwrap();
        let served = page_of(&setting, text("path")).await;
        assert_eq!(served.status, 200);
        let hash = digest::digest(&digest::SHA384, served.html.as_bytes());
        let hash = format!("sha384-{}", BASE64_STANDARD.encode(hash));
        assert_eq!(text("integrity"), hash);
        assert_eq!(file.get("bytes").unwrap(), served.html.len());
    }
}
