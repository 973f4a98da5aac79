//! Organisations.

use writeback_model::TenantId;

use super::{
    Fixture,
    given::{at, at_once, audit, records, uuid},
};
use crate::{Tenant, TenantStore};

fn tenant(number: u128, name: &str) -> Tenant {
    Tenant {
        id: TenantId::from_uuid(uuid(number)),
        name: name.to_owned(),
        created_at: at(100 - i64::try_from(number).unwrap()),
    }
}

pub async fn a_tenant_comes_back_as_it_was_kept<F: Fixture>(fixture: &F) {
    let store = fixture.open().await;
    assert_eq!(store.tenants().await.unwrap(), []);
    let (young, old) = (tenant(1, "Über Inc 🙂"), tenant(2, "Tua"));
    for tenant in [&young, &old] {
        assert!(
            store
                .add_tenant(tenant, &audit(tenant.id, "Tenant created"))
                .await
                .unwrap()
        );
    }
    assert_eq!(store.tenant(young.id).await.unwrap().as_ref(), Some(&young));
    assert_eq!(
        store.tenant(TenantId::from_uuid(uuid(3))).await.unwrap(),
        None
    );
    assert_eq!(store.tenants().await.unwrap(), [old, young], "oldest first");
}

pub async fn a_name_belongs_to_one_tenant<F: Fixture>(fixture: &F) {
    let store = fixture.open().await;
    let (first, second) = (tenant(1, "Example"), tenant(2, "Example"));
    assert!(
        store
            .add_tenant(&first, &audit(first.id, "Tenant created"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .add_tenant(&second, &audit(second.id, "Tenant created"))
            .await
            .unwrap()
    );
    assert_eq!(store.tenants().await.unwrap(), [first]);
    assert_eq!(
        records(&store, second.id).await,
        0,
        "what was not done is not recorded"
    );
}

pub async fn of_many_of_one_name_at_once_one_is_kept<F: Fixture>(fixture: &F) {
    let kept = at_once(fixture, 8, |store, turn| async move {
        let tenant = tenant(u128::from(turn) + 1, "Example");
        store
            .add_tenant(&tenant, &audit(tenant.id, "Tenant created"))
            .await
            .unwrap()
    })
    .await;
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 1);
}
