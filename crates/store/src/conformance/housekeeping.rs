//! What is over is forgotten, and nothing else.

use writeback_model::{AgentId, Outcome, RequestId, RequestState, TenantId};
use writeback_wire::Evidence;

use super::{
    Fixture,
    given::{agent_id, at, audit, kept_request, open_session, request, session, with_tenant},
};
use crate::{Forgotten, HousekeepingStore, RequestStore, ResetSession, SessionStore, Store};

async fn claimed(store: &impl Store, tenant: TenantId, number: u128) -> RequestId {
    claimed_by(store, tenant, number, agent_id(1)).await
}

async fn claimed_by(
    store: &impl Store,
    tenant: TenantId,
    number: u128,
    agent: AgentId,
) -> RequestId {
    let id = kept_request(store, tenant, number).await.id;
    let claim = store.claim_request(tenant, id, agent, at(1));
    claim.await.unwrap();
    id
}

async fn finish(store: &impl Store, tenant: TenantId, id: RequestId, second: i64) {
    let (outcome, evidence) = (
        Outcome::Changed { remarks: vec![] },
        Evidence {
            controller: None,
            version_before: None,
            version_after: None,
            directory_ms: None,
            would_be_banned: None,
        },
    );
    let record = audit(tenant, "Request ended");
    let finished = store.finish_request(tenant, id, &outcome, &evidence, at(second), &record);
    assert!(finished.await.unwrap());
}

async fn state(store: &impl Store, tenant: TenantId, id: RequestId) -> Option<RequestState> {
    let request = store.request(tenant, id).await.unwrap();
    request.map(|request| request.state)
}

pub async fn requests_that_ended_are_forgotten_and_doubts_never<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let record = audit(tenant, "Request");
    let pending = kept_request(&store, tenant, 1).await.id;
    let under_way = claimed(&store, tenant, 2).await;
    let in_doubt = claimed(&store, tenant, 3).await;
    let doubted = store.doubt_request(tenant, in_doubt, at(2), &record);
    assert!(doubted.await.unwrap());
    let done = claimed(&store, tenant, 4).await;
    finish(&store, tenant, done, 10).await;
    let later = claimed(&store, tenant, 5).await;
    finish(&store, tenant, later, 11).await;
    let expired = kept_request(&store, tenant, 6).await.id;
    let ended = store.expire_request(tenant, expired, at(10), &record);
    assert!(ended.await.unwrap());

    let nothing = store.forget_ended(at(10), at(10)).await.unwrap();
    assert_eq!(nothing, Forgotten::default(), "all are younger");
    let forgotten = store.forget_ended(at(11), at(0)).await.unwrap();
    assert_eq!((forgotten.requests, forgotten.sessions), (2, 0));
    for (id, is) in [
        (done, None),
        (expired, None),
        (later, Some(RequestState::Done)),
    ] {
        assert_eq!(state(&store, tenant, id).await, is);
    }
    // As a restored database has it: nobody may ever tell.
    let nobodys = claimed_by(&store, tenant, 7, AgentId::NOT_KNOWN).await;
    let doubted = store.doubt_request(tenant, nobodys, at(2), &record);
    assert!(doubted.await.unwrap());
    // However long ago they were made.
    store.forget_ended(at(9_999_999), at(0)).await.unwrap();
    for (id, is) in [
        (later, None),
        (pending, Some(RequestState::Pending)),
        (under_way, Some(RequestState::Claimed)),
        (in_doubt, Some(RequestState::Unknown)),
        (nobodys, None),
    ] {
        assert_eq!(state(&store, tenant, id).await, is);
    }
}

pub async fn a_request_stays_as_long_as_its_session<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let open = open_session(&store, tenant, 3).await;
    let asked = request(tenant, 4);
    let record = audit(tenant, "Request made");
    let made = store.add_session_request(open.id, None, &asked, &record);
    assert!(made.await.unwrap());
    let claim = store.claim_request(tenant, asked.id, agent_id(1), at(1));
    claim.await.unwrap();
    finish(&store, tenant, asked.id, 2).await;
    let young = ResetSession {
        expires_at: at(601),
        ..session(tenant, 5)
    };
    store.add_session(&young, &record).await.unwrap();

    let forgotten = store.forget_ended(at(100), at(600)).await.unwrap();
    assert_eq!(forgotten, Forgotten::default());
    assert!(state(&store, tenant, asked.id).await.is_some());
    let forgotten = store.forget_ended(at(100), at(601)).await.unwrap();
    assert_eq!((forgotten.requests, forgotten.sessions), (1, 1));
    let left = store.session_by_cookie(young.cookie, at(1)).await.unwrap();
    assert_eq!(left, Some(young));
}

pub async fn no_more_than_so_many_are_forgotten_at_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let record = audit(tenant, "Request");
    for number in 1..=1001 {
        let id = kept_request(&store, tenant, number).await.id;
        let ended = store.expire_request(tenant, id, at(10), &record);
        assert!(ended.await.unwrap());
    }
    for left in [1000, 1, 0] {
        let forgotten = store.forget_ended(at(11), at(11)).await.unwrap();
        assert_eq!(forgotten.requests, left);
    }
}
