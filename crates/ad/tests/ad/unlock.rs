//! Unlock and forced change by themselves.

use writeback_ad::Writing;
use writeback_lab::UserSpec;

use crate::support::{code, secret, site};

#[tokio::test]
async fn an_unlock_leaves_the_password_as_it_is() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        locked: true,
        ..UserSpec::default()
    });
    assert_eq!(site.binds(&user, &user.password), code("775"));
    let (dc, account) = site.read(&user).await;
    dc.unlock(&account).await.unwrap();
    site.opens(&user, &user.password);
    let (_, after) = site.read(&user).await;
    assert_eq!(after.receipt.password, account.receipt.password);
    assert_eq!(after.password_last_set, account.password_last_set);
}

#[tokio::test]
async fn a_forced_change_is_asked_for_at_the_next_sign_in() {
    let site = site("corp.test");
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    dc.force_change(&account).await.unwrap();
    assert_eq!(site.binds(&user, &user.password), code("773"));
    let (_, after) = site.read(&user).await;
    assert!(after.must_change_password());
    let reset = Writing::Reset { policy_hints: true };
    assert!(writeback_ad::precheck(&secret("Neu-4711-geheim"), &after, reset).is_ok());
}
