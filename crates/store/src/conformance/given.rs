//! What the cases begin with. Everything has a number, so that it can be told apart.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{
    AgentId, DomainName, EnrolmentId, Operation, RequestId, SourceAnchor, Target, TenantId, UserId,
};

use crate::{
    Actor, AuditRecord, Enrolment, NewAgent, NewRequest, ResetSession, Store, Tenant, TokenHash,
    conformance::Fixture,
};

/// So many seconds after the moment at which every case begins.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(super) fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn token(number: u8) -> TokenHash {
    TokenHash([number; 32])
}

pub(super) fn domain(name: &str) -> DomainName {
    name.parse().unwrap()
}

pub(super) fn corp() -> DomainName {
    domain("corp.test")
}

pub(super) fn lake() -> DomainName {
    domain("lake.test")
}

pub(super) fn audit(tenant: TenantId, activity: &'static str) -> AuditRecord {
    AuditRecord {
        tenant: Some(tenant),
        at: at(0),
        actor: Actor::Operator,
        activity,
        user: None,
        correlation: None,
        address: None,
        result: "success".to_owned(),
        detail: String::new(),
    }
}

/// How many records the tenant has.
pub(super) async fn records(store: &impl Store, tenant: TenantId) -> usize {
    store
        .last_audit_lines(tenant, u32::MAX)
        .await
        .unwrap()
        .len()
}

/// A new tenant.
pub(super) async fn tenant(store: &impl Store, number: u128) -> TenantId {
    let tenant = Tenant {
        id: TenantId::from_uuid(uuid(number)),
        name: format!("Tenant {number}"),
        created_at: at(0),
        disabled_at: None,
    };
    assert!(
        store
            .add_tenant(&tenant, &audit(tenant.id, "Tenant created"))
            .await
            .unwrap()
    );
    tenant.id
}

/// A handle and a tenant.
pub(super) async fn with_tenant<F: Fixture>(fixture: &F) -> (F::Store, TenantId) {
    let store = fixture.open().await;
    let tenant = tenant(&store, 1).await;
    (store, tenant)
}

pub(super) fn agent_id(number: u128) -> AgentId {
    AgentId::from_uuid(uuid(number))
}

pub(super) fn enrolment(tenant: TenantId, number: u8) -> Enrolment {
    Enrolment {
        id: EnrolmentId::from_uuid(uuid(number.into())),
        tenant,
        hash: token(number),
        created_at: at(0),
        expires_at: at(3600),
    }
}

pub(super) fn new_agent(number: u8) -> NewAgent {
    NewAgent {
        id: agent_id(number.into()),
        public_key: [number; 32],
        host: format!("host{number}.corp.test"),
        version: "0.1.0".to_owned(),
    }
}

/// A new agent, enrolled with a token of the same number.
pub(super) async fn agent(store: &impl Store, tenant: TenantId, number: u8) -> AgentId {
    let enrolment = enrolment(tenant, number);
    store
        .add_enrolment(&enrolment, &audit(tenant, "Enrolment token created"))
        .await
        .unwrap();
    let record = audit(tenant, "Agent enrolled");
    store
        .enrol(
            enrolment.id,
            enrolment.hash,
            &new_agent(number),
            at(0),
            &record,
        )
        .await
        .unwrap()
        .unwrap()
        .id
}

/// A request of the forest `corp.test` that expires after 100 seconds.
pub(super) fn request(tenant: TenantId, number: u128) -> NewRequest {
    NewRequest {
        id: RequestId::from_uuid(uuid(number)),
        tenant,
        user: UserId::from_uuid(uuid(500)),
        operation: Operation::Reset {
            force_change: false,
        },
        target: Target {
            forest: corp(),
            domain: domain("sub.corp.test"),
            anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
        },
        created_at: at(0),
        expires_at: at(100),
    }
}

/// A kept request.
pub(super) async fn kept_request(store: &impl Store, tenant: TenantId, number: u128) -> NewRequest {
    let request = request(tenant, number);
    store
        .add_request(&request, &audit(tenant, "Request made"))
        .await
        .unwrap();
    request
}

/// A session of 600 seconds, with a code of 300 seconds and five tries.
pub(super) fn session(tenant: TenantId, number: u8) -> ResetSession {
    ResetSession {
        id: uuid(number.into()),
        tenant,
        cookie: token(number),
        user: Some(UserId::from_uuid(uuid(500))),
        typed_name: "Siti@corp.test".to_owned(),
        created_at: at(0),
        expires_at: at(600),
        code: Some(token(99)),
        code_expires_at: at(300),
        tries_left: 5,
        verified_at: None,
        request: None,
    }
}

pub(super) async fn kept_session(store: &impl Store, tenant: TenantId, number: u8) -> ResetSession {
    let session = session(tenant, number);
    store
        .add_session(&session, &audit(tenant, "Session began"))
        .await
        .unwrap();
    session
}

/// A kept session whose gate is open.
pub(super) async fn open_session(store: &impl Store, tenant: TenantId, number: u8) -> ResetSession {
    let session = ResetSession {
        verified_at: Some(at(1)),
        ..session(tenant, number)
    };
    store
        .add_session(&session, &audit(tenant, "Session began"))
        .await
        .unwrap();
    session
}

/// Does the same thing so many times at once, in turn on two handles, and gives all answers.
pub(super) async fn at_once<F, T, D, A>(fixture: &F, times: u32, what: D) -> Vec<T>
where
    F: Fixture,
    T: Send + 'static,
    D: Fn(Arc<F::Store>, u32) -> A,
    A: Future<Output = T> + Send + 'static,
{
    let handles = [
        Arc::new(fixture.open().await),
        Arc::new(fixture.open().await),
    ];
    let tasks: Vec<_> = (0..times)
        .map(|turn| {
            let handle = Arc::clone(&handles[usize::from(turn % 2 == 1)]);
            tokio::spawn(what(handle, turn))
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}
