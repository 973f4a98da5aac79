//! Accounts that tests may reset.

use super::{
    Fixture,
    cloud_groups::cloud_user,
    directory::user_id,
    given::{at, audit, records, tenant, with_tenant},
};
use crate::{DesignateAnswer, TestAccountStore};

pub async fn a_test_account_is_designated_once_and_released<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = cloud_user(&store, tenant, 1).await;
    let other = cloud_user(&store, tenant, 2).await;
    let record = audit(tenant, "Test account designated");
    let before = records(&store, tenant).await;
    for (user, answer) in [
        (user, DesignateAnswer::Designated),
        (user, DesignateAnswer::AsBefore),
        (user_id(9), DesignateAnswer::NoUser),
    ] {
        let designated = store.designate_test_account(tenant, user, at(2), &record);
        assert_eq!(designated.await.unwrap(), answer);
    }
    assert_eq!(records(&store, tenant).await, before + 1);
    let since = |user| store.test_account_since(tenant, user);
    assert_eq!(since(user).await.unwrap(), Some(at(2)));
    assert_eq!(since(other).await.unwrap(), None);
    let record = audit(tenant, "Test account released");
    for (user, is_first) in [(user, true), (user, false), (other, false)] {
        let released = store.release_test_account(tenant, user, &record);
        assert_eq!(released.await.unwrap(), is_first);
    }
    assert_eq!(since(user).await.unwrap(), None);
    assert_eq!(records(&store, tenant).await, before + 2);
}

pub async fn a_test_account_is_its_own_tenants_alone<F: Fixture>(fixture: &F) {
    let (store, first) = with_tenant(fixture).await;
    let second = tenant(&store, 2).await;
    let user = cloud_user(&store, first, 1).await;
    let record = audit(second, "Test account designated");
    let designated = store.designate_test_account(second, user, at(2), &record);
    assert_eq!(designated.await.unwrap(), DesignateAnswer::NoUser);
    let record = audit(first, "Test account designated");
    let designated = store.designate_test_account(first, user, at(2), &record);
    assert_eq!(designated.await.unwrap(), DesignateAnswer::Designated);
    let since = store.test_account_since(second, user);
    assert_eq!(since.await.unwrap(), None);
    let record = audit(second, "Test account released");
    let released = store.release_test_account(second, user, &record);
    assert!(!released.await.unwrap());
    let since = store.test_account_since(first, user);
    assert_eq!(since.await.unwrap(), Some(at(2)));
}
