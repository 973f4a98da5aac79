//! Every page, in every language, as it is filled in.

use std::path::Path;

use writeback_model::{Cause, Operation, PasswordPolicy, Remark};
use writeback_policy::access::PortalCode;

use super::*;
use crate::words::{Language, Words};

const REMARKS: [Remark; 6] = [
    Remark::Unlocked,
    Remark::StillLocked,
    Remark::HistoryNotEnforced,
    Remark::MustChangeAtSignIn,
    Remark::LearntFromReceipt,
    Remark::ForceChangeNotSet,
];

const RESET: Operation = Operation::Reset {
    force_change: false,
};

const HOSTILE: &str = "\"><script>alert('x')</script>&amp;{{ 1 }}";

fn policy() -> PasswordPolicy {
    PasswordPolicy {
        min_length: 12,
        complexity: true,
        history: 24,
        min_age_seconds: 0,
        lockout_threshold: 5,
        settings_object: None,
    }
}

/// Every page in every variant, by a name for the file to look at.
fn all_pages(words: &Words, tenant_name: &str, typed_name: &str) -> Vec<(String, String)> {
    let frame = Frame {
        words,
        tenant_name,
        css_path: "/assets/portal.css",
        icon_path: "/assets/icon.svg",
        help_contact: Some("+62 21 555 0100"),
    };
    let mut pages: Vec<(String, String)> = Vec::new();
    let mut add = |name: String, html: askama::Result<String>| pages.push((name, html.unwrap()));

    let start = [
        None,
        Some(StartError::Empty),
        Some(StartError::TooLong),
        Some(StartError::NeedsFullName),
        Some(StartError::TooMany { minutes: 10 }),
    ];
    for (n, error) in start.into_iter().enumerate() {
        add(
            format!("start-{n}"),
            StartPage {
                frame,
                typed_name,
                error,
            }
            .render(),
        );
    }
    let code = [
        None,
        Some(CodeError::Empty),
        Some(CodeError::Wrong { tries_left: 3 }),
        Some(CodeError::Wrong { tries_left: 1 }),
        Some(CodeError::Expired),
        Some(CodeError::Exhausted),
        Some(CodeError::TooMany { minutes: 600 }),
    ];
    for (n, error) in code.into_iter().enumerate() {
        add(
            format!("code-{n}"),
            code_page(frame, typed_name, false, error).render(),
        );
    }
    add(
        "code-resent".into(),
        code_page(frame, typed_name, true, None).render(),
    );

    let policy = policy();
    let causes = Cause::one_of_each();
    let password = |policy, history_not_enforced, error| PasswordPage {
        frame,
        offers_unlock: history_not_enforced,
        typed_name,
        form_token: "token",
        script_path: "/assets/portal.js",
        script_integrity: "sha384-AAAA",
        last_request: "",
        policy,
        history_not_enforced,
        error,
    };
    add(
        "password".into(),
        password(Some(&policy), false, None).render(),
    );
    add(
        "password-unknown".into(),
        password(None, true, None).render(),
    );
    let not_sealed = password(Some(&policy), false, Some(PasswordError::NotSealed));
    add("password-not-sealed".into(), not_sealed.render());
    let too_many = PasswordError::TooManyUnlocks { minutes: 10 };
    let too_many = password(None, true, Some(too_many));
    add("password-unlock-too-many".into(), too_many.render());
    for cause in &causes {
        let id = cause.info().id;
        if cause.info().another_password_helps {
            let error = Some(PasswordError::Refused(cause));
            add(
                format!("password-refused-{id}"),
                password(Some(&policy), false, error).render(),
            );
        }
        let reference = Some("0193-4f2a");
        for (name, operation) in [("not-changed", RESET), ("not-unlocked", Operation::Unlock)] {
            let page = NotChangedPage {
                frame,
                operation,
                cause,
                reference,
            };
            add(format!("{name}-{id}"), page.render());
        }
        add(
            format!("unavailable-{id}"),
            UnavailablePage {
                frame,
                cause,
                retry_path: "/",
            }
            .render(),
        );
    }
    for code in PortalCode::ALL {
        add(
            format!("refused-{code}"),
            RefusedPage {
                frame,
                code,
                reason: "not-in-group",
                note: Some(typed_name),
                path: "/reset/password",
            }
            .render(),
        );
    }
    for progress in [Progress::BeingWritten, Progress::NotKnown] {
        for operation in [RESET, Operation::Unlock] {
            let page = ProgressPage {
                frame,
                operation,
                progress,
            };
            add(
                format!("progress-{}-{progress:?}", operation.name()),
                page.render(),
            );
        }
    }
    add(
        "done".into(),
        DonePage {
            frame,
            remarks: &[],
        }
        .render(),
    );
    add(
        "done-unlocked".into(),
        DonePage {
            frame,
            remarks: &[Remark::Unlocked],
        }
        .render(),
    );
    add(
        "done-all".into(),
        DonePage {
            frame,
            remarks: &REMARKS,
        }
        .render(),
    );
    for (name, remarks) in [
        (
            "unlocked",
            &[Remark::Unlocked, Remark::LearntFromReceipt][..],
        ),
        ("unlocked-not-locked", &[]),
    ] {
        add(name.into(), UnlockedPage { frame, remarks }.render());
    }
    add(
        "ended".into(),
        SessionEndedPage {
            frame,
            session_minutes: 15,
        }
        .render(),
    );
    for (name, kind) in [
        ("not-found", ErrorKind::NotFound),
        ("foreign-form", ErrorKind::ForeignForm),
        ("broken", ErrorKind::Broken),
        ("too-large", ErrorKind::TooLarge),
        (
            "internal",
            ErrorKind::Internal {
                reference: Some("0193-4f2a"),
            },
        ),
        (
            "unwritable",
            ErrorKind::Unwritable {
                reference: "0193-4f2a",
            },
        ),
        ("not-set-up", ErrorKind::NotSetUp),
        ("tenant-disabled", ErrorKind::TenantDisabled),
    ] {
        add(format!("error-{name}"), ErrorPage { frame, kind }.render());
    }
    pages
}

fn code_page<'a>(
    frame: Frame<'a>,
    typed_name: &'a str,
    resent: bool,
    error: Option<CodeError>,
) -> CodePage<'a> {
    CodePage {
        frame,
        typed_name,
        form_token: "token",
        code_minutes: 10,
        resent,
        error,
    }
}

fn in_all_languages(tenant_name: &str, typed_name: &str) -> Vec<(String, String)> {
    Language::ALL
        .into_iter()
        .flat_map(|language| {
            let pages = all_pages(&Words::new(language), tenant_name, typed_name);
            pages
                .into_iter()
                .map(move |(name, html)| (format!("{}-{name}", language.tag()), html))
        })
        .collect()
}

#[test]
fn every_page_has_all_its_words() {
    for (name, html) in in_all_languages("Example Inc", "alice") {
        assert!(
            !html.contains('⟦'),
            "{name} lacks words: {}",
            around(&html, '⟦')
        );
        assert!(
            html.contains(&format!("<html lang=\"{}\">", &name[..2])),
            "{name}"
        );
        assert_eq!(html.matches("<h1>").count(), 1, "{name} has one heading");
    }
}

#[test]
fn nothing_typed_becomes_markup() {
    for (name, html) in in_all_languages(HOSTILE, HOSTILE) {
        assert!(!html.contains("<script>"), "{name}");
        // Escaped once: not left out, and not twice.
        assert!(html.contains("&#38;amp;"), "{name}");
        assert!(!html.contains("&#38;#38;"), "{name}");
    }
}

#[test]
fn pages_live_without_inline_style_and_script() {
    for (name, html) in in_all_languages("Example Inc", "alice") {
        for forbidden in [
            " style=",
            "<style",
            "<script",
            " onclick",
            "javascript:",
            "http://",
            "https://",
        ] {
            // The one script stands in a file of ours, and its tag says which.
            let ours = "<script src=\"/assets/portal.js\" integrity=\"sha384-AAAA\" defer>";
            let found = html
                .replace("http://www.w3.org/2000/svg", "")
                .replace(ours, "");
            assert!(!found.contains(forbidden), "{name} has {forbidden}");
        }
    }
}

/// Fields without names are sent by no browser, and a form that is switched off takes nothing:
/// a password is typed only once the script is there that seals it.
#[test]
fn a_password_is_never_a_forms_field() {
    for (name, html) in in_all_languages("Example Inc", "alice") {
        for field in html.split("<input").skip(1) {
            let field = field.split('>').next().unwrap();
            let is_secret = field.contains("type=\"password\"");
            assert!(!(is_secret && field.contains(" name=")), "{name}: {field}");
        }
        if html.contains("type=\"password\"") {
            assert!(html.contains("id=\"fields\" disabled>"), "{name}");
            assert!(html.contains("id=\"needs-script\""), "{name}");
        }
    }
}

#[test]
fn what_refers_to_an_element_finds_it() {
    for (name, html) in in_all_languages("Example Inc", "alice") {
        for attribute in ["for=\"", "aria-describedby=\"", "href=\"#"] {
            for found in html.split(attribute).skip(1) {
                let ids = found.split('"').next().unwrap();
                for id in ids.split(' ') {
                    let count = html.matches(&format!(" id=\"{id}\"")).count();
                    assert_eq!(count, 1, "{name}: {attribute}{id}");
                }
            }
        }
    }
}

#[test]
fn a_page_with_a_problem_says_so_first() {
    for (name, html) in in_all_languages("Example Inc", "alice") {
        let has_problem = html.contains("role=\"alert\"");
        let title = html.split("<title>").nth(1).unwrap();
        let says_so = title.starts_with("Error: ") || title.starts_with("Kesalahan: ");
        assert_eq!(has_problem, says_so, "{name}");
    }
}

#[test]
fn every_language_is_one_link_away() {
    for (name, html) in in_all_languages("Example Inc", "alice") {
        let other = if name.starts_with("en") { "id" } else { "en" };
        assert!(
            html.contains(&format!("?lang={other}\" lang=\"{other}\"")),
            "{name}"
        );
    }
}

#[test]
fn fields_tell_browsers_what_they_are_for() {
    let pages = all_pages(&Words::new(Language::English), "Example Inc", "alice");
    let page = |name: &str| &pages.iter().find(|page| page.0 == name).unwrap().1;
    assert!(page("start-0").contains("autocomplete=\"username\" autocapitalize=\"none\""));
    assert!(page("code-0").contains("inputmode=\"numeric\" autocomplete=\"one-time-code\""));
    assert_eq!(
        page("password")
            .matches("autocomplete=\"new-password\"")
            .count(),
        2
    );
    assert!(page("password").contains("autocomplete=\"username\" readonly"));
    assert!(page("password").contains("aria-describedby=\"new-hint\""));
}

/// A code page is filled in with the typed name and nothing else of the person: there is no
/// field by which one could differ from another. This guards what the struct cannot, which is
/// that the name stands in it as text only.
#[test]
fn a_code_page_does_not_depend_on_the_person() {
    let words = Words::new(Language::English);
    let page = |typed_name| {
        let frame = Frame {
            words: &words,
            tenant_name: "Example Inc",
            css_path: "/a.css",
            icon_path: "/i.svg",
            help_contact: None,
        };
        code_page(frame, typed_name, false, None).render().unwrap()
    };
    let (known, unknown) = (page("alice"), page("nobody"));
    assert_eq!(known.replace("alice", "X"), unknown.replace("nobody", "X"));
    assert_eq!(known.matches("alice").count(), 1);
}

/// Writes every page into `target/pages`, to be looked at in a browser.
#[test]
fn every_page_can_be_looked_at() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/pages"));
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("portal.css"), PORTAL_CSS).unwrap();
    std::fs::write(folder.join("portal.js"), PORTAL_SCRIPT).unwrap();
    std::fs::write(folder.join("icon.svg"), PORTAL_ICON).unwrap();
    for (name, html) in in_all_languages("Example Inc", "alice@corp.test") {
        let html = html
            .replace("/assets/", "")
            .replace("http-equiv=\"refresh\"", "");
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
}

fn around(html: &str, what: char) -> &str {
    let start = html.find(what).unwrap_or_default();
    html[start..].split('\n').next().unwrap_or_default()
}
