//! A name that nobody has makes the portal work as much as one that somebody has.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};

use crate::{
    portal::{Page, post},
    setting::Setting,
};

/// What the limits have counted: events by limit, and whether they count for what may be sent.
type Counted = BTreeMap<(String, bool), i64>;

async fn counted(setting: &Setting) -> Counted {
    let path = setting.mail.parent().unwrap().join("cloud.db");
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut hand = options.connect().await.unwrap();
    let rows = sqlx::query(
        "SELECT rule, key = '' AS counts, count(*) AS events FROM throttle_events GROUP BY 1, 2",
    )
    .fetch_all(&mut hand)
    .await
    .unwrap();
    rows.iter()
        .map(|row| ((row.get("rule"), row.get("counts")), row.get("events")))
        .collect()
}

/// What of that is for mails.
fn of_mails(counted: &Counted) -> i64 {
    let of_mails = counted
        .iter()
        .filter(|((rule, _), _)| rule.starts_with("mails"));
    of_mails.map(|(_, events)| events).sum()
}

/// One call of the way, and that it took its time.
async fn takes_its_time(setting: &Setting, path: &str, form: &[(&str, &str)]) -> Page {
    let began = Instant::now();
    let page = post(setting, path, form).await;
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(500), "{path}: {took:?}");
    page
}

/// A code, and another one.
async fn walks(setting: &Setting, name: &str) {
    let page = takes_its_time(setting, "/reset", &[("name", name)]).await;
    assert_eq!(page.path, "/reset/code", "{}", page.html);
    let token = page.hidden("token");
    let again = takes_its_time(setting, "/reset/code/resend", &[("token", &token)]).await;
    assert_eq!(again.path, "/reset/code/resend", "{}", again.html);
}

#[tokio::test]
async fn nobody_is_counted_like_somebody_and_answered_as_late() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let _link = setting.link(&agent).await;
    setting.add_user(setting.tenant.id, &agent, "ann").await;
    let before = counted(&setting).await;
    walks(&setting, "ann@corp.test").await;
    let known = counted(&setting).await;
    assert_eq!(of_mails(&known), of_mails(&before) + 4, "{known:?}");
    walks(&setting, "nobody@corp.test").await;
    let both = counted(&setting).await;
    assert_eq!(of_mails(&both), of_mails(&known) + 4, "{both:?}");
    // But it uses up nothing of what the tenant may send.
    let sent = ("mails per tenant".to_owned(), true);
    assert_eq!((known.get(&sent), both.get(&sent)), (Some(&2), Some(&2)));
}
