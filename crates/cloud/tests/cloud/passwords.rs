//! Banned passwords as agents hear of them, and limits under many tries at once.

use std::error::Error as _;

use futures_util::future::join_all;
use writeback_model::BannedMode;
use writeback_policy::LimitChange;
use writeback_wire::{BannedTerms, ToAgent};

use crate::setting::{Link, Setting};

/// The next rules of another revision than that one.
async fn rules_after(link: &mut Link, revision: &str) -> BannedTerms {
    loop {
        match link.next_of_all().await {
            Some(ToAgent::BannedTerms(terms)) if terms.revision != revision => return terms,
            Some(_) => {}
            None => panic!("the link was closed"),
        }
    }
}

#[tokio::test]
async fn an_agent_hears_what_is_banned_when_it_links_and_when_that_changes() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let admin = setting.admin();
    admin.set_banned_terms("gudang\n", "test").await.unwrap();
    let mut link = setting.link(&agent).await;
    let first = rules_after(&mut link, "").await;
    assert_eq!(first.terms, ["gudang"]);
    assert_eq!(first.tenant_name, "Cloud & Test");
    assert_eq!(first.mode, BannedMode::Enforce);

    admin
        .set_banned_mode(BannedMode::Audit, "test")
        .await
        .unwrap();
    let second = rules_after(&mut link, &first.revision).await;
    assert_eq!(second.mode, BannedMode::Audit);
    assert_eq!(second.terms, ["gudang"]);
}

#[tokio::test]
async fn terms_that_cannot_be_change_nothing() {
    let setting = Setting::new().await;
    let admin = setting.admin();
    admin.set_banned_terms("gudang\n", "test").await.unwrap();
    let many: String = (0..1001).map(|n| format!("term{n}x{n}\n")).collect();
    for (wrong, why) in [
        (
            "good\nno\n",
            "line 2 is no term: a term has at least 4 characters; nothing was changed",
        ),
        (
            &many,
            "these are 1001 different terms, and a tenant has at most 1000: leave out those that \
             others cover; nothing was changed",
        ),
    ] {
        let error = admin.set_banned_terms(wrong, "test").await.unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), why);
        assert_eq!(admin.banned_rules().await.unwrap().terms, ["gudang"]);
    }
    let set = admin.set_banned_terms("gudang\nGudang\n", "test").await;
    assert_eq!(set.unwrap().duplicates, [(2, 1)]);
}

#[tokio::test]
async fn as_many_terms_as_there_may_be_reach_an_agent() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    // Each as long as a term may be, in characters of three bytes.
    let name = |number: u32| {
        let digit = |c: char| char::from_u32(0x4e00 + u32::from(c)).unwrap();
        let digits: String = format!("{number:016}").chars().map(digit).collect();
        digits
    };
    let terms: Vec<String> = (0..1000).map(name).collect();
    let admin = setting.admin();
    let set = admin.set_banned_terms(&terms.join("\n"), "test").await;
    assert_eq!(set.unwrap().terms, 1000);
    let mut link = setting.link(&agent).await;
    assert_eq!(rules_after(&mut link, "").await.terms, terms);
}

#[tokio::test]
async fn of_200_names_at_once_from_one_address_no_more_than_the_limit_pass() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let _link = setting.link(&agent).await;
    let change = LimitChange {
        times: Some(17),
        ..LimitChange::default()
    };
    let limit = "names_per_address";
    let admin = setting.admin();
    admin.set_limit(limit, Some(change), "test").await.unwrap();
    let tries = (0..200).map(|number| {
        let setting = &setting;
        async move {
            let name = format!("nobody{number}@corp.test");
            let call = setting
                .http
                .post(setting.at("/reset"))
                .header("Origin", &setting.url)
                .form(&[("name", name)]);
            call.send().await.unwrap().text().await.unwrap()
        }
    });
    let pages = join_all(tries).await;
    let told = "You can try again in 10 minutes";
    let blocked = pages.iter().filter(|page| page.contains(told)).count();
    assert_eq!(blocked, 200 - 17);
}
