//! Tenants know nothing of each other.

use jiff::SignedDuration;
use writeback_model::{Cause, Outcome, TenantId, UserId};
use writeback_wire::Evidence;

use super::{
    Fixture,
    given::{
        agent, agent_id, at, audit, corp, import, imported, kept_request, open_session, person,
        records, request, tenant, user_ids, uuid, with_tenant,
    },
};
use crate::{
    AgentStore, ClaimAnswer, ForestStore, RequestStore, SessionStore, Store, ThrottleAnswer,
    ThrottleRule, ThrottleStore, UserStore,
};

const RULE: ThrottleRule = ThrottleRule {
    name: "attempts",
    limit: 1,
    window: SignedDuration::from_secs(100),
    block: SignedDuration::from_secs(50),
};

/// Fills a tenant: a user, a running import, an agent, a pending, a claimed and a doubted
/// request, and something counted. Numbers begin at `from`.
async fn fill(store: &impl Store, tenant: TenantId, from: u8) {
    let number = u128::from(from);
    imported(store, tenant, number, &[person(1)]).await;
    import(store, tenant, &corp(), number + 1).await;
    agent(store, tenant, from).await;
    for offset in 0..3 {
        let id = kept_request(store, tenant, number + offset).await.id;
        if offset > 0 {
            store
                .claim_request(tenant, id, agent_id(number), at(1))
                .await
                .unwrap();
        }
        if offset > 1 {
            let record = audit(tenant, "Request in doubt");
            assert!(
                store
                    .doubt_request(tenant, id, at(2), &record)
                    .await
                    .unwrap()
            );
        }
    }
    let allowed = store.count(tenant, &RULE, "k", at(0)).await.unwrap();
    assert_eq!(allowed, ThrottleAnswer::Allowed, "counted apart");
}

/// All that a tenant has, as text.
async fn all_of(store: &impl Store, tenant: TenantId, from: u8) -> String {
    let number = u128::from(from);
    let mut requests = Vec::new();
    for offset in 0..3 {
        let id = request(tenant, number + offset).id;
        requests.push(store.request(tenant, id).await.unwrap().unwrap());
    }
    let user = UserId::from_uuid(uuid(number * 10));
    format!(
        "{:?}",
        (
            store.user(tenant, user).await.unwrap().unwrap(),
            store
                .users_by_name(tenant, &"user1".parse().unwrap())
                .await
                .unwrap(),
            store.count_users(tenant).await.unwrap(),
            store.forests(tenant).await.unwrap(),
            store
                .running_import(tenant, super::given::import_id(number + 1))
                .await
                .unwrap(),
            store.agents(tenant).await.unwrap(),
            requests,
            store.unknown_requests(tenant, &corp()).await.unwrap(),
            store.last_audit_lines(tenant, 1000).await.unwrap(),
        )
    )
}

pub async fn a_tenant_sees_nothing_of_another<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    fill(&store, mine, 10).await;

    let user = UserId::from_uuid(uuid(100));
    assert!(store.user(mine, user).await.unwrap().is_some());
    assert_eq!(store.user(other, user).await.unwrap(), None);
    for name in [
        "user1",
        "corp\\user1",
        "user1@corp.test",
        "mail1@example.test",
    ] {
        let name = name.parse().unwrap();
        assert_eq!(store.users_by_name(mine, &name).await.unwrap().len(), 1);
        assert_eq!(store.users_by_name(other, &name).await.unwrap(), []);
    }
    assert_eq!(store.count_users(other).await.unwrap(), 0);
    assert_eq!(store.forests(other).await.unwrap(), []);
    assert_eq!(store.agents(other).await.unwrap(), []);
    let running = super::given::import_id(11);
    assert!(store.running_import(mine, running).await.unwrap().is_some());
    assert_eq!(store.running_import(other, running).await.unwrap(), None);
    for offset in 0..3 {
        let id = request(mine, 10 + offset).id;
        assert_eq!(store.request(other, id).await.unwrap(), None);
    }
    assert_eq!(store.unknown_requests(other, &corp()).await.unwrap(), []);
    assert_eq!(records(&store, other).await, 1, "its own making");

    // And with the same names in both, each sees its own.
    fill(&store, other, 20).await;
    let found = store
        .users_by_name(other, &"user1".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, UserId::from_uuid(uuid(200)));
    assert_eq!(
        store.unknown_requests(other, &corp()).await.unwrap().len(),
        1
    );
}

pub async fn a_tenant_changes_nothing_of_another<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    fill(&store, mine, 10).await;
    fill(&store, other, 20).await;
    let session = open_session(&store, mine, 10).await;
    let before = all_of(&store, mine, 10).await;
    let record = audit(other, "Something");

    let not_changed = Outcome::from(Cause::AccountDisabled);
    for offset in 0..3 {
        let id = request(mine, 10 + offset).id;
        for agent in [10, 20] {
            let answer = store
                .claim_request(other, id, agent_id(agent), at(1))
                .await
                .unwrap();
            assert_eq!(answer, ClaimAnswer::Unknown);
        }
        let none = Evidence::default();
        let finished = store
            .finish_request(other, id, &not_changed, &none, at(3), &record)
            .await;
        assert!(!finished.unwrap());
        assert!(
            !store
                .expire_request(other, id, at(200), &record)
                .await
                .unwrap()
        );
        assert!(
            !store
                .doubt_request(other, id, at(200), &record)
                .await
                .unwrap()
        );
    }
    let asked = request(other, 40);
    assert!(
        !store
            .add_session_request(session.id, None, &asked, &record)
            .await
            .unwrap()
    );

    let running = super::given::import_id(11);
    let ids = user_ids(900, 1);
    assert!(
        !store
            .import_users(other, running, 0, &[person(2)], &ids, at(3))
            .await
            .unwrap()
    );
    let completed = store
        .complete_import(other, running, 0, 0, at(3), &record)
        .await
        .unwrap();
    assert_eq!(completed, None);
    store.abandon_import(other, running).await.unwrap();
    assert!(
        !store
            .revoke_agent(other, agent_id(10), at(3), &record)
            .await
            .unwrap()
    );
    store.forgive(other, &RULE, "k").await.unwrap();

    // What it does to its own forest of the same name stays with it.
    store.report_forest(other, &corp(), &[]).await.unwrap();
    assert!(store.want_import(other, &corp(), at(3)).await.unwrap());
    assert_eq!(imported(&store, other, 30, &[]).await, 1);

    assert_eq!(all_of(&store, mine, 10).await, before);
    let answer = store.count(mine, &RULE, "k", at(1)).await.unwrap();
    assert!(
        matches!(answer, ThrottleAnswer::Blocked { .. }),
        "still counted"
    );
}
