use jiff::{Timestamp, tz::TimeZone};
use writeback_model::Remark;

use super::*;

const RESET: Operation = Operation::Reset {
    force_change: false,
};

fn at() -> Zoned {
    let at: Timestamp = "2026-11-23T06:05:00Z".parse().unwrap();
    at.to_zoned(TimeZone::get("Asia/Jakarta").unwrap())
}

fn all_mails(language: Language, tenant: &str, name: &str) -> Vec<(String, MailText)> {
    let mut mails = vec![
        (
            "code".to_owned(),
            code_mail(language, tenant, name, "012345", 10),
        ),
        (
            "sign-in-code".to_owned(),
            sign_in_code_mail(language, tenant, name, "012345", 10),
        ),
        ("changed".to_owned(), changed_mail(language, tenant, &at())),
        (
            "administrator-changed".to_owned(),
            administrator_changed_mail(language, tenant, name, &at()),
        ),
    ];
    let changed = Outcome::Changed {
        remarks: vec![Remark::LearntFromReceipt, Remark::Unlocked],
    };
    for (name, remarks) in [("unlocked", &[Remark::Unlocked][..]), ("not-locked", &[])] {
        let mail = unlocked_mail(language, tenant, remarks, &at());
        mails.push((name.to_owned(), mail));
    }
    for operation in [RESET, Operation::Unlock] {
        let what = operation.name();
        let of = |outcome: &Outcome| outcome_mail(language, tenant, operation, outcome, &at());
        mails.push((format!("{what}-outcome-changed"), of(&changed)));
        for cause in Cause::one_of_each() {
            let name = format!("{what}-outcome-{}", cause.info().id);
            let outcome = Outcome::NotChanged { cause };
            mails.push((name, of(&outcome)));
        }
    }
    mails
}

#[test]
fn every_mail_has_all_its_words() {
    for language in Language::ALL {
        for (name, mail) in all_mails(language, "Example Inc", "alice") {
            for text in [&mail.subject, &mail.text, &mail.html] {
                assert!(
                    !text.is_empty() && !text.contains('⟦'),
                    "{language:?} {name}: {text}"
                );
            }
            assert!(mail.text.contains("Example Inc"), "{name}");
            assert!(
                mail.html.contains(&format!("lang=\"{}\"", language.tag())),
                "{name}"
            );
        }
    }
}

#[test]
fn the_code_is_in_groups_and_not_in_the_subject() {
    let mail = code_mail(Language::English, "Example Inc", "alice", "012345", 10);
    assert!(mail.text.contains("\n    012 345\n"));
    assert!(mail.html.contains(">012 345</p>"));
    assert!(!mail.subject.contains("012"));
    assert!(mail.text.contains("10 minutes"));
    assert!(mail.text.contains("the password of alice at Example Inc"));
}

#[test]
fn what_was_typed_is_neither_markup_nor_a_line_of_its_own() {
    let name = "x<script>alert(1)</script>\r\n\r\nYour code is 999 999";
    for language in Language::ALL {
        let mail = code_mail(language, "A<b>&Co\nInc", name, "012345", 10);
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<b>"));
        assert!(
            !mail
                .text
                .lines()
                .any(|line| line.starts_with("Your code is"))
        );
        assert!(mail.text.contains("A<b>&Co Inc"));
    }
}

#[test]
fn times_are_told_where_the_organisation_is() {
    let english = changed_mail(Language::English, "Example Inc", &at());
    assert!(
        english
            .text
            .contains("was changed on 23 November 2026, 13:05 (WIB).")
    );
    let indonesian = changed_mail(Language::Indonesian, "Example Inc", &at());
    assert!(
        indonesian
            .text
            .contains("diubah pada 23 November 2026 pukul 13.05 (WIB).")
    );
}

/// Writes every mail into `target/pages`, to be looked at.
#[test]
fn every_mail_can_be_looked_at() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/pages");
    std::fs::create_dir_all(folder).unwrap();
    for language in Language::ALL {
        for (name, mail) in all_mails(language, "Example Inc", "alice@corp.test") {
            let path = format!("{folder}/{}-mail-{name}", language.tag());
            std::fs::write(format!("{path}.html"), mail.html).unwrap();
            std::fs::write(format!("{path}.txt"), mail.text).unwrap();
        }
    }
}
