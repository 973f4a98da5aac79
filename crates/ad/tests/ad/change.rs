//! A change with the old password, sent on the agent's connection.

use writeback_lab::UserSpec;
use writeback_model::Cause;

use crate::support::{code, refusal, site};

#[tokio::test]
async fn the_right_old_password_changes_it() {
    let site = site("corp.test");
    let user = site.anyone();
    site.change(&user, &user.password, "Neu-4711-geheim")
        .await
        .unwrap();
    site.opens(&user, "Neu-4711-geheim");
}

#[tokio::test]
async fn the_wrong_old_password_does_not() {
    let site = site("corp.test");
    let user = site.anyone();
    let wrong = site
        .change(&user, "Falsch-4711-wort", "Neu-4711-geheim")
        .await;
    assert_eq!(refusal(wrong), Cause::WrongCurrentPassword);
    site.opens(&user, &user.password);
}

#[tokio::test]
async fn rules_hold_for_a_change() {
    let site = site("corp.test");
    let user = site.anyone();
    let own = user.password.as_str();
    let short = Cause::PasswordTooShort { minimum: Some(7) };
    assert_eq!(refusal(site.change(&user, own, "Ab1!").await), short);
    assert_eq!(
        refusal(site.change(&user, own, "abcdefghij").await),
        Cause::PasswordNotComplex
    );
    assert_eq!(
        refusal(site.change(&user, own, own).await),
        Cause::PasswordIsCurrent
    );
    site.change(&user, own, "Neu-4711-geheim").await.unwrap();
    let back = site.change(&user, "Neu-4711-geheim", own).await;
    assert_eq!(
        refusal(back),
        Cause::PasswordInHistory {
            remembered: Some(24)
        }
    );
}

#[tokio::test]
async fn whoever_must_change_can() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        must_change: true,
        ..UserSpec::default()
    });
    assert_eq!(site.binds(&user, &user.password), code("773"));
    site.change(&user, &user.password, "Neu-4711-geheim")
        .await
        .unwrap();
    site.opens(&user, "Neu-4711-geheim");
}

#[tokio::test]
async fn whoever_may_not_change_cannot() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        cannot_change: true,
        ..UserSpec::default()
    });
    let denied = Cause::CannotChangePassword;
    assert_eq!(
        refusal(site.change(&user, &user.password, "Neu-4711-geheim").await),
        denied
    );
    site.opens(&user, &user.password);
}

#[tokio::test]
async fn a_locked_account_is_not_changed() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        locked: true,
        ..UserSpec::default()
    });
    let answer = site.change(&user, &user.password, "Neu-4711-geheim").await;
    assert_eq!(refusal(answer), Cause::AccountLocked);
    let (_, account) = site.read(&user).await;
    assert!(account.locked);
}

/// A wrong old password counts towards a lockout, as a wrong sign-in does.
#[tokio::test]
async fn wrong_old_passwords_lock_the_account() {
    let site = site("corp.test");
    let user = site.anyone();
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(refusal(
            site.change(&user, "Falsch-4711-wort", "Neu-4711-geheim")
                .await,
        ));
    }
    let (_, account) = site.read(&user).await;
    assert!(account.locked);
    assert_eq!(answers.first(), Some(&Cause::WrongCurrentPassword));
    assert_eq!(answers.last(), Some(&Cause::AccountLocked));
}
