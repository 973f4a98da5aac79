use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;
use crate::fixtures::account;

const RESET: Writing = Writing::Reset { policy_hints: true };

fn check(password: &str) -> Result<(), Cause> {
    precheck(&Secret::new(password.into()), &account(), RESET)
}

#[test]
fn length_counts_utf16_units() {
    assert_eq!(
        check("Ab1🙂🙂"),
        Ok(()),
        "three characters and two pairs are seven units"
    );
    assert_eq!(
        check("Ab1é🙂"),
        Err(Cause::PasswordTooShort { minimum: Some(7) })
    );
    assert_eq!(check(""), Err(Cause::PasswordTooShort { minimum: Some(7) }));
    assert_eq!(check(&format!("Ab1{}", "x".repeat(253))), Ok(()));
    assert_eq!(
        check(&format!("Ab1{}", "x".repeat(254))),
        Err(Cause::PasswordTooLong { maximum: 256 })
    );
    assert_eq!(check("Abcdef1\0"), Err(Cause::PasswordUnusable));
}

#[test]
fn three_classes_of_five() {
    for simple in ["abcdefgh", "abcdEFGH", "12345678", "abcd1234", "!!!!1234"] {
        assert_eq!(check(simple), Err(Cause::PasswordNotComplex), "{simple}");
    }
    for complex in [
        "Abcdefg1",
        "abcdef1!",
        "ABCDEF1!",
        "密码密码abC",
        "пароль-Пароль",
        "abcdef1 ",
    ] {
        assert_eq!(check(complex), Ok(()), "{complex}");
    }
}

#[test]
fn names_are_looked_for_where_windows_does() {
    let mut account = account();
    account.display_name = Some("Al van-der Berg".into());
    let with = |password: &str, account: &AccountSnapshot| {
        precheck(&Secret::new(password.into()), account, RESET)
    };
    assert_eq!(
        with("xxBERG1!xx", &account),
        Ok(()),
        "Samba does not look for names"
    );
    account.vendor = Vendor::Windows;
    assert_eq!(
        with("xxBERG1!xx", &account),
        Err(Cause::PasswordContainsName)
    );
    assert_eq!(
        with("xALICEx1!", &account),
        Err(Cause::PasswordContainsName)
    );
    assert_eq!(
        with("xxAl1!xxxx", &account),
        Ok(()),
        "two letters are no name"
    );
    account.policy.complexity = false;
    assert_eq!(with("xxBERG1!xx", &account), Ok(()));
}

#[test]
fn age_counts_only_where_the_directory_counts_it() {
    let mut account = account();
    account.policy.min_age_seconds = 86_400;
    account.password_last_set = Some(account.dc_now - 1.hour());
    let possible_after = Some(account.dc_now + 23.hours());
    let password = Secret::new("Abcdefg1".into());
    let young = Err(Cause::PasswordTooYoung { possible_after });
    assert_eq!(precheck(&password, &account, RESET), young);
    assert_eq!(precheck(&password, &account, Writing::Change), young);
    assert_eq!(
        precheck(
            &password,
            &account,
            Writing::Reset {
                policy_hints: false
            }
        ),
        Ok(())
    );
    account.password_last_set = None;
    assert_eq!(
        precheck(&password, &account, RESET),
        Ok(()),
        "it must be changed: it may be"
    );
    account.password_last_set = Some(account.dc_now);
    account.policy.min_age_seconds = u64::MAX;
    assert!(precheck(&password, &account, RESET).is_err());
}

proptest! {
    #[test]
    fn no_password_ends_the_program(password in ".*", name in ".*", windows: bool) {
        let mut account = account();
        account.display_name = Some(name);
        if windows {
            account.vendor = Vendor::Windows;
        }
        let _ = precheck(&Secret::new(password), &account, RESET);
    }
}
