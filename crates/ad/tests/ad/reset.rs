//! Every answer that a domain controller gives to a reset.

use writeback_ad::{AdError, Directory, HintsUse, Reset, WriteError, protected};
use writeback_lab::UserSpec;
use writeback_model::{Cause, HistoryEnforcement, ProtectedBy, Right, SourceAnchor};

use crate::support::{RESET, anchor, code, config, refusal, secret, site};

#[tokio::test]
async fn a_reset_password_opens_the_account_and_the_old_one_does_not() {
    let site = site("corp.test");
    let user = site.anyone();
    let done = site.reset(&user, "Neu-4711-geheim", RESET).await.unwrap();
    assert_eq!(done.history, HistoryEnforcement::Enforced);
    assert!(done.force_change_failed.is_none());
    site.opens(&user, "Neu-4711-geheim");
    // The lab's Samba forgets the previous password at once. Elsewhere it opens the account
    // for an hour ("old password allowed period").
    assert_eq!(site.binds(&user, &user.password), code("52e"));
}

#[tokio::test]
async fn history_and_the_current_password_are_refused() {
    let site = site("corp.test");
    let user = site.anyone();
    assert_eq!(
        site.refused(&user, &user.password).await,
        Cause::PasswordIsCurrent
    );
    site.reset(&user, "Erstes-4711-wort", RESET).await.unwrap();
    site.reset(&user, "Zweites-4711-wort", RESET).await.unwrap();
    let in_history = Cause::PasswordInHistory {
        remembered: Some(24),
    };
    assert_eq!(site.refused(&user, &user.password).await, in_history);
    assert_eq!(
        site.refused(&user, "Zweites-4711-wort").await,
        Cause::PasswordIsCurrent
    );
    site.opens(&user, "Zweites-4711-wort");
}

#[tokio::test]
async fn short_and_simple_passwords_are_refused() {
    let site = site("corp.test");
    let user = site.anyone();
    let short = Cause::PasswordTooShort { minimum: Some(7) };
    assert_eq!(site.refused(&user, "Ab1!").await, short);
    assert_eq!(
        site.refused(&user, "abcdefghij").await,
        Cause::PasswordNotComplex
    );
    site.opens(&user, &user.password);
}

#[tokio::test]
async fn missing_rights_are_named() {
    let mut site = site("corp.test");
    let user = site.anyone();
    // Someone who may read everything and write nothing.
    let powerless = site.anyone();
    let mut config = config(&site.forest);
    config.credentials.user = powerless.upn.clone();
    config.credentials.password = secret(&powerless.password);
    site.directory = Directory::new(config).unwrap();
    let denied = |right| Cause::AccessDenied { right };
    assert_eq!(
        site.refused(&user, "Neu-4711-geheim").await,
        denied(Right::ResetPassword)
    );
    let (dc, account) = site.read(&user).await;
    assert_eq!(
        refusal(dc.unlock(&account).await),
        denied(Right::WriteLockoutTime)
    );
    assert_eq!(
        refusal(dc.force_change(&account).await),
        denied(Right::WritePwdLastSet)
    );
    site.opens(&user, &user.password);
}

#[tokio::test]
async fn who_cannot_be_shown_to_be_enabled_is_not_read_for_a_write() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        no_inheritance: true,
        ..UserSpec::default()
    });
    let error = site
        .directory
        .read_for_write(&anchor(&user))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            AdError::Missing {
                what: "userAccountControl",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(error.cause(), Cause::AccessDenied { right: Right::Read });
    // But what is known to be an administrator's account is said to be one.
    let spec = UserSpec {
        no_inheritance: true,
        admin_count: true,
        ..UserSpec::default()
    };
    let admin = site.user(spec);
    let answer = site.directory.read_for_write(&anchor(&admin)).await;
    println!("an administrator whose rights are hidden: {answer:?}");
    match answer {
        Ok((_, account)) => {
            let by = protected(&account.unwrap(), &site.forest.agent_upn);
            assert_eq!(by, Some(ProtectedBy::AdminCount));
        }
        Err(error) => assert!(matches!(error, AdError::Missing { .. })),
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_there() {
    let site = site("corp.test");
    let user = site.anyone();
    let nobody = SourceAnchor::try_from_bytes(&[9; 16]).unwrap();
    let (_, account) = site.directory.read_for_write(&nobody).await.unwrap();
    assert!(account.is_none());
    let (dc, account) = site.read(&user).await;
    site.forest.delete_user(&user).unwrap();
    let gone = dc
        .reset_password(&account, &secret("Neu-4711-geheim"), RESET)
        .await;
    assert_eq!(refusal(gone), Cause::ObjectNotFound);
    let (_, account) = site.directory.read_for_write(&anchor(&user)).await.unwrap();
    assert!(account.is_none(), "a deleted object is no account");
}

#[tokio::test]
async fn a_domain_controller_resets_a_disabled_account_without_a_word() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        disabled: true,
        ..UserSpec::default()
    });
    let (dc, account) = site.read(&user).await;
    assert!(account.control.disabled(), "the agent must look at this");
    dc.reset_password(&account, &secret("Neu-4711-geheim"), RESET)
        .await
        .unwrap();
    assert_eq!(site.binds(&user, "Neu-4711-geheim"), code("533"));
}

#[tokio::test]
async fn a_reset_unlocks_and_forces_a_change() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        locked: true,
        ..UserSpec::default()
    });
    let (_, before) = site.read(&user).await;
    assert!(before.locked && before.lockout_time.is_some());
    let all = Reset {
        unlock: true,
        force_change: true,
        ..RESET
    };
    let done = site.reset(&user, "Neu-4711-geheim", all).await.unwrap();
    assert!(done.force_change_failed.is_none());
    let (_, after) = site.read(&user).await;
    assert!(!after.locked && after.lockout_time.is_none() && after.must_change_password());
    assert_eq!(site.binds(&user, "Neu-4711-geheim"), code("773"));
}

#[tokio::test]
async fn one_modify_is_all_or_nothing() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        locked: true,
        ..UserSpec::default()
    });
    let (_, before) = site.read(&user).await;
    let all = Reset {
        unlock: true,
        force_change: true,
        ..RESET
    };
    let short = Cause::PasswordTooShort { minimum: Some(7) };
    assert_eq!(refusal(site.reset(&user, "Ab1!", all).await), short);
    let (_, after) = site.read(&user).await;
    assert_eq!(
        (after.locked, after.lockout_time, after.password_last_set),
        (true, before.lockout_time, before.password_last_set)
    );
}

#[tokio::test]
async fn a_reset_alone_does_not_unlock() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        locked: true,
        ..UserSpec::default()
    });
    site.reset(&user, "Neu-4711-geheim", RESET).await.unwrap();
    assert_eq!(site.binds(&user, "Neu-4711-geheim"), code("775"));
}

#[tokio::test]
async fn without_policy_hints_a_reset_is_refused_or_bypasses_history() {
    let site = site("legacy.test");
    let user = site.anyone();
    match site.reset(&user, &user.password, RESET).await {
        Err(error @ WriteError::Refused { refusal: None, .. }) => {
            assert_eq!(error.cause(), Cause::PolicyHintsUnsupported);
        }
        other => panic!("{other:?}"),
    }
    let allowed = Reset {
        hints: HintsUse::WhereOffered,
        ..RESET
    };
    let done = site
        .reset(&user, "Erstes-4711-wort", allowed)
        .await
        .unwrap();
    assert_eq!(done.history, HistoryEnforcement::NotEnforced);
    site.reset(&user, &user.password, allowed).await.unwrap();
    site.opens(&user, &user.password);
}
