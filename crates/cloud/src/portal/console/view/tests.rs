//! The page in every language, filled in as it can be.

use std::path::Path;

use askama::Template as _;
use jiff::Timestamp;

use super::*;
use crate::{
    portal::pages::{ConsoleSignInError, ConsoleSignInPage, NoRolePage},
    words::{Language as PageLanguage, Words},
};

const HOSTILE: &str = "\"><script>alert('x')</script>{{ 1 }}";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn look(second: i64, findings: Vec<Finding>) -> Look {
    Look {
        began_at: at(second),
        looked_at: at(second + 300),
        findings: writeback_doctor::complete(findings),
    }
}

fn down() -> Finding {
    Finding::fault("agents-connected", "Example Inc")
        .seen("last connected", "2026-11-24T10:02:11Z")
        .name("tenant", "Example Inc")
        .name("config", "cloud.toml")
}

fn fine() -> Vec<Finding> {
    [
        "tenant-enabled",
        "licences-assigned",
        "reset-policy",
        "writeback-on",
        "agents-enrolled",
    ]
    .map(|it| Finding::fine(it, "Example Inc"))
    .to_vec()
}

fn looks() -> Vec<Look> {
    let mut trouble = fine();
    trouble.push(down());
    trouble.push(
        Finding::warning("agent-version", HOSTILE)
            .seen("agent", HOSTILE)
            .because("The cable is cut."),
    );
    let mut better = fine();
    better.push(Finding::fine("agents-connected", "Example Inc"));
    vec![
        look(9_000, trouble),
        look(600, better.clone()),
        look(0, vec![down()]),
    ]
}

fn words(language: PageLanguage) -> Words {
    Words::new(language)
}

fn frame<'a>(words: &'a Words) -> Frame<'a> {
    Frame {
        words,
        tenant_name: "Example Inc",
        css_path: "/assets/portal.css",
        icon_path: "/assets/icon.svg",
        help_contact: None,
    }
}

/// Every page of administrators, by a name for the file to look at.
fn pages(language: PageLanguage) -> Vec<(String, String)> {
    let words = words(language);
    let frame = frame(&words);
    let mut pages = Vec::new();
    let mut add = |name: &str, html: askama::Result<String>| {
        pages.push((format!("{}-console-{name}", language.tag()), html.unwrap()));
    };
    let errors = [
        None,
        Some(ConsoleSignInError::Empty),
        Some(ConsoleSignInError::Wrong),
        Some(ConsoleSignInError::TooMany),
        Some(ConsoleSignInError::Busy),
        Some(ConsoleSignInError::FirstPassword),
        Some(ConsoleSignInError::Disabled),
    ];
    for (number, error) in errors.into_iter().enumerate() {
        let page = ConsoleSignInPage {
            frame,
            typed_name: HOSTILE,
            error,
        };
        add(&format!("sign-in-{number}"), page.render());
    }
    add("no-role", NoRolePage { frame }.render());
    let looks = looks();
    add("trouble", view(frame, &looks).render());
    add("fine", view(frame, &looks[1..]).render());
    add("first", view(frame, &looks[2..]).render());
    add("nothing", view(frame, &[]).render());
    pages
}

#[test]
fn every_page_has_all_its_words_and_shows_text_as_text() {
    for language in PageLanguage::ALL {
        for (name, html) in pages(language) {
            assert!(!html.contains('⟦'), "{name} lacks words");
            assert!(!html.contains("<script"), "{name} shows a name as markup");
            for forbidden in ["http://", "https://", " style=", " onclick="] {
                let html = html.replace("http://www.w3.org/2000/svg", "");
                assert!(!html.contains(forbidden), "{name} has {forbidden}");
            }
        }
    }
}

#[test]
fn the_worst_stands_first_with_since_when_and_what_to_do() {
    let words = words(PageLanguage::Indonesian);
    let looks = looks();
    let page = view(frame(&words), &looks);
    assert_eq!((page.status, page.tone), (Status::CannotConnect, "bad"));
    let [down, version] = page.problems.as_slice() else {
        panic!("{}", page.problems.len())
    };
    assert_eq!(
        (down.check, version.check),
        ("agents-connected", "agent-version")
    );
    let since = down.since.as_deref().unwrap();
    assert!(since.starts_with("sejak "), "{since}");
    // Words of a finding's own are in English, and say so.
    assert!(!down.in_english && version.in_english);
    assert!(
        down.remedy
            .iter()
            .any(|it| matches!(it, RemedyPart::Type(_, lines) if lines.starts_with("writeback ")))
    );
    assert!(!page.not_reached.is_empty());
    assert_eq!(page.history.len(), 2);
    let first = view(frame(&words), &looks[2..]);
    let since = first.problems[0].since.as_deref().unwrap();
    assert!(since.contains("setidaknya"), "{since}");
}

/// Writes every page into `target/pages`, to be looked at in a browser.
#[test]
fn every_page_can_be_looked_at() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/pages"));
    std::fs::create_dir_all(folder).unwrap();
    for language in PageLanguage::ALL {
        for (name, html) in pages(language) {
            let html = html.replace("/assets/", "");
            std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
        }
    }
}
