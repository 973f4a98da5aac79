//! Organisations.

use writeback_model::TenantId;

use super::{
    Fixture,
    given::{
        agent, agent_id, at, at_once, audit, enrolment, new_agent, records, token, uuid,
        with_tenant,
    },
};
use crate::{AgentStore, EnrolRefused, RenameAnswer, Tenant, TenantStore};

fn tenant(number: u128, name: &str) -> Tenant {
    Tenant {
        id: TenantId::from_uuid(uuid(number)),
        name: name.to_owned(),
        created_at: at(100 - i64::try_from(number).unwrap()),
        disabled_at: None,
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

pub async fn a_tenant_is_disabled_and_enabled<F: Fixture>(fixture: &F) {
    let (store, id) = with_tenant(fixture).await;
    let other = super::given::tenant(&store, 2).await;
    let record = audit(id, "Tenant switched");
    assert!(!store.enable_tenant(id, &record).await.unwrap());
    assert!(store.disable_tenant(id, at(5), &record).await.unwrap());
    assert!(!store.disable_tenant(id, at(6), &record).await.unwrap());
    let state = |tenants: Vec<Tenant>| tenants.into_iter().map(|it| it.disabled_at);
    let states: Vec<_> = state(store.tenants().await.unwrap()).collect();
    assert_eq!(states, [Some(at(5)), None], "the first time counts");
    assert!(store.enable_tenant(id, &record).await.unwrap());
    let tenant = store.tenant(id).await.unwrap().unwrap();
    assert_eq!(tenant.disabled_at, None);
    let nobody = TenantId::from_uuid(uuid(9));
    assert!(!store.disable_tenant(nobody, at(5), &record).await.unwrap());
    assert!(!store.enable_tenant(nobody, &record).await.unwrap());
    assert_eq!(records(&store, id).await, 3, "what was done, and no more");
    assert_eq!(records(&store, other).await, 1);
}

pub async fn a_tenant_is_renamed_to_a_free_name<F: Fixture>(fixture: &F) {
    let (store, id) = with_tenant(fixture).await;
    let other = super::given::tenant(&store, 2).await;
    let record = audit(id, "Tenant renamed");
    let rename = |id, name: &'static str| {
        let (store, record) = (&store, &record);
        async move { store.rename_tenant(id, name, record).await.unwrap() }
    };
    assert_eq!(rename(id, "Tenant 2").await, RenameAnswer::Taken);
    let nobody = TenantId::from_uuid(uuid(9));
    assert_eq!(rename(nobody, "Tenant 9").await, RenameAnswer::Unknown);
    assert_eq!(rename(id, "Tenant 1").await, RenameAnswer::Renamed);
    assert_eq!(rename(id, "Nusantara").await, RenameAnswer::Renamed);
    let names: Vec<_> = store.tenants().await.unwrap();
    let names: Vec<_> = names.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Nusantara", "Tenant 2"]);
    assert_eq!(
        (records(&store, id).await, records(&store, other).await),
        (3, 1)
    );
}

pub async fn nobody_enrols_into_a_disabled_tenant<F: Fixture>(fixture: &F) {
    let (store, id) = with_tenant(fixture).await;
    agent(&store, id, 1).await;
    let record = audit(id, "Something");
    let new = enrolment(id, 2);
    store.add_enrolment(&new, &record).await.unwrap();
    store.disable_tenant(id, at(1), &record).await.unwrap();
    let enrol = || async {
        let agent = new_agent(2);
        let enrolled = store.enrol(new.id, token(2), &agent, at(2), &record).await;
        enrolled.unwrap().map(|agent| agent.id)
    };
    assert_eq!(enrol().await, Err(EnrolRefused::TenantDisabled));
    store.enable_tenant(id, &record).await.unwrap();
    assert_eq!(enrol().await, Ok(agent_id(2)), "the token stayed good");
}
