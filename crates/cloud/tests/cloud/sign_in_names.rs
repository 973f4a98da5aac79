//! Whoever tries passwords learns the same of every name of a forest: of somebody of a directory,
//! of somebody of the cloud alone, and of nobody.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;
use tokio::task::JoinHandle;
use writeback_store::SignInTryStore;
use writeback_wire::{LockoutPolicy, SignInAnswer, SignedIn, ToAgent, ToCloud};

use crate::{
    api_caller::{PASSWORD, person},
    setting::{Agent, Link, Setting},
};

/// Of a directory, of the cloud alone, and nobody.
const NAMES: [&str; 3] = ["ann@corp.test", "petra@corp.test", "nobody@corp.test"];

/// The domain locks at the fifth wrong password.
const LOCKOUT: LockoutPolicy = LockoutPolicy {
    threshold: 5,
    window_seconds: 1800,
    of_domain: true,
};

/// Everything of an answer that whoever calls can see, but the time of day.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn is(&self, status: u16, code: &str) -> bool {
        self.status == status && self.body.contains(&format!("\"code\":\"{code}\""))
    }
}

/// One try; nothing that is refused tells by its time either.
async fn try_one(setting: &Setting, name: &str, password: &str) -> Seen {
    let body = json!({ "name": name, "password": password });
    let began = Instant::now();
    let call = setting.http.post(setting.at("/api/v1/sign-in")).json(&body);
    let answer = call.send().await.unwrap();
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let mut headers: Vec<_> = headers
        .filter(|(header, _)| *header != "date")
        .map(|(header, value)| (header.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let body = answer.text().await.unwrap();
    if status != 200 {
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(1200), "{name}: {took:?}");
    }
    Seen {
        status,
        headers,
        body,
    }
}

/// What somebody sees who guesses the passwords of a name.
async fn guess(setting: &Setting, name: &str, times: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    for guess in 0..times {
        seen.push(try_one(setting, name, &format!("Tebakan-{guess}")).await);
    }
    seen
}

/// The same for all three, side by side.
async fn guesses(setting: &Setting, times: usize) -> [Vec<Seen>; 3] {
    let [one, two, three] = NAMES.map(|name| guess(setting, name, times));
    let (one, two, three) = tokio::join!(one, two, three);
    [one, two, three]
}

fn are_alike(seen: &[Vec<Seen>; 3]) {
    assert_eq!(seen[0], seen[1], "a directory's and the cloud's");
    assert_eq!(seen[0], seen[2], "a directory's and nobody's");
}

/// An agent whose directory says that to every password.
fn answering(mut link: Link, answer: SignInAnswer) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(frame) = link.next().await {
            if let ToAgent::SignIn(ask) = frame {
                let answered = SignedIn {
                    sign_in: ask.sign_in,
                    answer: answer.clone(),
                    lockout: Some(LOCKOUT),
                };
                link.send(&ToCloud::SignedIn(answered)).await;
            }
        }
    })
}

/// A forest with an `ann` and a `ben`, and a `petra` of the cloud alone.
async fn forest() -> (Setting, Agent) {
    let setting = Setting::new().await;
    let tenant = setting.tenant.id;
    let agent = setting.agent().await;
    for name in ["ann", "ben"] {
        setting.add_user(tenant, &agent, name).await;
    }
    person(&setting, tenant, "petra@corp.test", false).await;
    (setting, agent)
}

/// Ends the agent's link, and waits until the cloud knows.
async fn leaves(setting: &Setting, playing: JoinHandle<()>) {
    playing.abort();
    let _ = playing.await;
    for _ in 0..20 {
        let seen = try_one(setting, "ben@corp.test", "Tebakan").await;
        if seen.is(503, "directory-not-available") {
            return;
        }
    }
    panic!("the agent is not gone");
}

#[tokio::test]
async fn wrong_passwords_are_answered_alike_until_the_lock_and_after_it() {
    let (setting, agent) = forest().await;
    let playing = answering(setting.link(&agent).await, SignInAnswer::WrongPassword);
    // Once somebody of the forest has tried, its policy is known.
    try_one(&setting, "ben@corp.test", "Tebakan").await;
    let seen = guesses(&setting, 7).await;
    are_alike(&seen);
    let [first, .., last] = seen[0].as_slice() else {
        panic!("{seen:?}")
    };
    assert!(first.is(401, "wrong-password"), "{first:?}");
    assert!(last.is(429, "sign-in-locked"), "{last:?}");
    assert!(seen[0][3].is(401, "wrong-password"), "{:?}", seen[0]);
    assert!(seen[0][4].is(429, "sign-in-locked"), "{:?}", seen[0]);

    // The locks end together.
    for (minutes, status) in [(34, 429), (2, 401)] {
        setting.clock.advance(SignedDuration::from_mins(minutes));
        let seen = guesses(&setting, 1).await;
        are_alike(&seen);
        assert_eq!(seen[0][0].status, status, "{seen:?}");
    }

    // With no agent connected, too, whatever was tried before.
    leaves(&setting, playing).await;
    let seen = guesses(&setting, 3).await;
    are_alike(&seen);
    assert!(seen[0][0].is(503, "directory-not-available"), "{seen:?}");
    // Who is of the cloud alone needs no directory.
    let right = try_one(&setting, NAMES[1], PASSWORD).await;
    assert_eq!(right.status, 200, "{right:?}");
}

#[tokio::test]
async fn guesses_while_no_agent_is_connected_are_limited_and_lock_nobody_out_later() {
    let (setting, agent) = forest().await;
    let tenant = setting.tenant.id;
    let seen = guesses(&setting, 11).await;
    are_alike(&seen);
    assert!(seen[0][9].is(503, "directory-not-available"), "{seen:?}");
    assert!(seen[0][10].is(429, "sign-in-locked"), "{seen:?}");
    let _playing = answering(setting.link(&agent).await, SignInAnswer::Valid);
    let back = try_one(&setting, NAMES[0], "Tebakan").await;
    assert_eq!(back.status, 200, "{back:?}");
    let right = try_one(&setting, NAMES[1], PASSWORD).await;
    assert_eq!(right.status, 200, "{right:?}");
    // What the agent told with its answer is known of the forest from then on.
    let store = &setting.store;
    let forest = "corp.test".parse().unwrap();
    let known = store.forest_lockout(tenant, &forest).await.unwrap();
    assert_eq!(known.map(|it| it.threshold), Some(5));
}

#[tokio::test]
async fn every_lock_gives_one_answer() {
    let (setting, agent) = forest().await;
    let mut seen = Vec::new();
    for answer in [SignInAnswer::Spared, SignInAnswer::Locked] {
        let playing = answering(setting.link(&agent).await, answer);
        seen.push(try_one(&setting, NAMES[0], "Tebakan").await);
        playing.abort();
        let _ = playing.await;
    }
    let _playing = answering(setting.link(&agent).await, SignInAnswer::WrongPassword);
    seen.push(guess(&setting, NAMES[2], 5).await.remove(4));
    assert!(seen[0].is(429, "sign-in-locked"), "{seen:?}");
    assert_eq!(seen[0], seen[1], "spared, and locked in the directory");
    assert_eq!(seen[0], seen[2], "spared, and locked here");
}

/// Who knows the password is told what is the matter, as ever, and at once.
#[tokio::test]
async fn whoever_is_right_is_told_more() {
    let (setting, agent) = forest().await;
    for (answer, code) in [
        (SignInAnswer::Disabled, "account-disabled"),
        (SignInAnswer::PasswordExpired, "password-expired"),
        (SignInAnswer::MustChange, "password-must-change"),
    ] {
        let playing = answering(setting.link(&agent).await, answer);
        let body = json!({ "name": NAMES[0], "password": "Benar-Sekali 1" });
        let call = setting.http.post(setting.at("/api/v1/sign-in")).json(&body);
        let told = call.send().await.unwrap().text().await.unwrap();
        assert!(told.contains(code), "{told}");
        playing.abort();
        let _ = playing.await;
    }
}
