//! Which passwords a directory takes, and that what it took is what was typed.

use writeback_ad::{HintsUse, Reset, Writing, precheck};
use writeback_model::Cause;

use crate::support::{RESET, secret, site, site_of_any_policy};

#[tokio::test]
async fn every_script_arrives_as_it_was_typed() {
    let site = site("corp.test");
    let user = site.anyone();
    let long = |units: usize| format!("Ab1-{}", "x".repeat(units - 4));
    let passwords = [
        "Pässwörd-é1".to_owned(),
        "Party🎉Pass1👩‍💻".to_owned(),
        "كلمة-المرور-A1".to_owned(),
        // The same letter composed and decomposed are two passwords.
        "Caf\u{e9}-Composed-1".to_owned(),
        "Cafe\u{301}-Combined-1".to_owned(),
        "\"quoted\"-1A".to_owned(),
        "'single'-1A\\".to_owned(),
        " leading and trailing 1A ".to_owned(),
        "密码-Password-1".to_owned(),
        "tab\tand\u{7f}-1A".to_owned(),
        "Ab1-xyz".to_owned(),
        long(127),
        long(256),
    ];
    for password in passwords {
        let (dc, account) = site.read(&user).await;
        let new = secret(&password);
        precheck(&new, &account, Writing::Reset { policy_hints: true }).unwrap();
        let answer = dc.reset_password(&account, &new, RESET).await;
        assert!(answer.is_ok(), "{password:?}: {answer:?}");
        site.opens(&user, &password);
    }
}

#[tokio::test]
async fn composed_and_decomposed_are_not_the_same_password() {
    let site = site("corp.test");
    let user = site.anyone();
    site.reset(&user, "Caf\u{e9}-Composed-1", RESET)
        .await
        .unwrap();
    assert!(!site.binds(&user, "Cafe\u{301}-Composed-1").is_ok());
}

#[tokio::test]
async fn one_character_is_enough_where_the_policy_says_so() {
    let site = site_of_any_policy("fabrikam.test");
    let guard = site.forest.policy_guard().unwrap();
    let none = writeback_lab::PolicyChange {
        min_length: Some(0),
        complexity: Some(false),
        ..Default::default()
    };
    guard.set(&none).unwrap();
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    assert_eq!(account.policy.min_length, 0);
    let writing = Writing::Reset { policy_hints: true };
    precheck(&secret("x"), &account, writing).unwrap();
    dc.reset_password(&account, &secret("x"), RESET)
        .await
        .unwrap();
    site.opens(&user, "x");
    let empty = Cause::PasswordTooShort { minimum: Some(1) };
    assert_eq!(precheck(&secret(""), &account, writing), Err(empty));
}

/// Whatever the pre-check refuses, the domain controller refuses too. (What it lets through
/// may still be refused.)
#[tokio::test]
async fn the_pre_check_refuses_nothing_that_the_directory_would_take() {
    let site = site("corp.test");
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    let writing = Writing::Reset { policy_hints: true };
    let mut refused = 0;
    for password in [
        "abcdefgh",
        "ABCDEFGH",
        "abcdEFGH",
        "12345678",
        "abcd1234",
        "ABCD1234",
        "!!!!1234",
        "abcd efgh",
        "ABCD-EFGH",
        "abcdefé",
        "ABCDEFÉ",
        "пароль-пароль",
        "ПАРОЛЬпароль",
        "密码密码密码密码",
        "密码密码abcd",
        "密码密码1234",
        "ǅǅǅǅǅǅǅǅ",
        "ⅷⅷⅷⅷⅷⅷⅷⅷ",
        "٣٣٣٣٣٣٣٣",
        "🎉🎉🎉🎉🎉",
        "🎉🎉🎉🎉abcd",
        "ªªªªªªªª",
        "ßßßßßßßß1",
        "abc1!",
        "Ab1!",
        "a1!A🎉",
        "ÄÖÜäöüÄÖ",
        "ÄÖÜäöü12",
        "éééé!!!!",
        "٣٣٣٣abcd",
        "a\u{301}a\u{301}a\u{301}a\u{301}",
        "\u{a0}\u{a0}\u{a0}\u{a0}abcd",
        "€€€€€€€€",
        "€€€€abcd",
    ] {
        let new = secret(password);
        let expected = precheck(&new, &account, writing);
        let answer = dc.reset_password(&account, &new, RESET).await;
        println!(
            "{password:?}: pre-check {expected:?}, directory {:?}",
            answer.as_ref().map_err(|e| e.cause())
        );
        if let Err(cause) = expected {
            refused += 1;
            assert_eq!(
                answer.map(drop).map_err(|error| error.cause()),
                Err(cause),
                "{password:?}"
            );
        }
    }
    assert!(refused >= 10);
}

/// Measured, so that the limit is a known one.
#[tokio::test]
async fn longer_than_windows_takes() {
    let site = site("corp.test");
    for units in [257, 300, 512, 2000] {
        let user = site.anyone();
        let (dc, account) = site.read(&user).await;
        let password = format!("Ab1-{}", "x".repeat(units - 4));
        let too_long = Cause::PasswordTooLong { maximum: 256 };
        let writing = Writing::Reset { policy_hints: true };
        assert_eq!(
            precheck(&secret(&password), &account, writing),
            Err(too_long)
        );
        let answer = dc.reset_password(&account, &secret(&password), RESET).await;
        println!(
            "{units} units: {answer:?}, opens: {:?}",
            site.binds(&user, &password)
        );
    }
}

/// Measured: which control characters Samba takes, and what it makes of a zero byte.
#[tokio::test]
async fn control_characters() {
    let site = site("corp.test");
    for special in [
        '\0', '\u{1}', '\n', '\u{1b}', '\u{85}', '\u{fffe}', '\u{feff}',
    ] {
        let user = site.anyone();
        let password = format!("Ab1-{special}-xyz");
        let answer = site
            .reset(
                &user,
                &password,
                Reset {
                    hints: HintsUse::Required,
                    ..RESET
                },
            )
            .await;
        let opens = site.binds(&user, &password.replace('\0', ""));
        println!(
            "{special:?}: {answer:?}; opens: {opens:?}; cut at it: {:?}",
            site.binds(&user, "Ab1-")
        );
    }
}
