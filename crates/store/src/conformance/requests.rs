//! Requests and their states.

use proptest::{prelude::*, test_runner::TestRunner};
use tokio::runtime::Handle;
use writeback_model::{
    AgentId, Cause, Operation, Outcome, Remark, RequestId, RequestState, TenantId,
};
use writeback_wire::{Begun, Evidence};

use super::{
    Fixture,
    given::{
        agent_id, at, at_once, audit, corp, domain, kept_request, records, request, tenant, uuid,
        with_tenant,
    },
};
use crate::{ClaimAnswer, NewRequest, Request, RequestStore, Store};

fn pending(asked: NewRequest) -> Request {
    Request {
        asked,
        state: RequestState::Pending,
        claimed_by: None,
        claimed_at: None,
        begun: None,
        outcome: None,
        evidence: None,
        ended_at: None,
    }
}

fn changed() -> Outcome {
    Outcome::Changed {
        remarks: vec![Remark::Unlocked],
    }
}

fn evidence() -> Evidence {
    Evidence {
        controller: Some("dc1.corp.test".to_owned()),
        version_before: Some(3),
        version_after: Some(4),
        directory_ms: Some(12),
        would_be_banned: None,
    }
}

async fn finish(store: &impl Store, tenant: TenantId, id: RequestId, second: i64) -> bool {
    let record = audit(tenant, "Request ended");
    store
        .finish_request(tenant, id, &changed(), &evidence(), at(second), &record)
        .await
        .unwrap()
}

async fn expire(store: &impl Store, tenant: TenantId, id: RequestId, second: i64) -> bool {
    let record = audit(tenant, "Request expired");
    store
        .expire_request(tenant, id, at(second), &record)
        .await
        .unwrap()
}

async fn doubt(store: &impl Store, tenant: TenantId, id: RequestId, second: i64) -> bool {
    let record = audit(tenant, "Request in doubt");
    store
        .doubt_request(tenant, id, at(second), &record)
        .await
        .unwrap()
}

async fn get(store: &impl Store, tenant: TenantId, id: RequestId) -> Request {
    store.request(tenant, id).await.unwrap().unwrap()
}

/// A kept request that was claimed by the agent 1 at the second 1.
async fn claimed(store: &impl Store, tenant: TenantId, number: u128) -> RequestId {
    let id = kept_request(store, tenant, number).await.id;
    let answer = store
        .claim_request(tenant, id, agent_id(1), at(1))
        .await
        .unwrap();
    assert_eq!(answer, ClaimAnswer::Granted);
    id
}

pub async fn a_request_comes_back_as_it_was_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let operations = [
        Operation::Reset {
            force_change: false,
        },
        Operation::Reset { force_change: true },
        Operation::Change,
        Operation::Unlock,
    ];
    for (number, operation) in (10..).zip(operations) {
        let asked = NewRequest {
            operation,
            ..request(tenant, number)
        };
        store
            .add_request(&asked, &audit(tenant, "Request made"))
            .await
            .unwrap();
        assert_eq!(get(&store, tenant, asked.id).await, pending(asked));
    }
    let none = RequestId::from_uuid(uuid(99));
    assert_eq!(store.request(tenant, none).await.unwrap(), None);
}

pub async fn a_request_is_claimed_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let asked = kept_request(&store, tenant, 10).await;
    let claim = |agent, second| store.claim_request(tenant, asked.id, agent_id(agent), at(second));
    assert_eq!(claim(1, 5).await.unwrap(), ClaimAnswer::Granted);
    assert_eq!(claim(1, 6).await.unwrap(), ClaimAnswer::AlreadyYours);
    assert_eq!(claim(2, 6).await.unwrap(), ClaimAnswer::Taken);
    assert_eq!(claim(1, 1000).await.unwrap(), ClaimAnswer::AlreadyYours);
    assert_eq!(claim(2, 1000).await.unwrap(), ClaimAnswer::Taken);
    let expected = Request {
        state: RequestState::Claimed,
        claimed_by: Some(agent_id(1)),
        claimed_at: Some(at(5)),
        ..pending(asked.clone())
    };
    assert_eq!(get(&store, tenant, asked.id).await, expected);

    assert!(doubt(&store, tenant, asked.id, 7).await);
    assert_eq!(claim(1, 8).await.unwrap(), ClaimAnswer::AlreadyYours);
    assert_eq!(claim(2, 8).await.unwrap(), ClaimAnswer::Taken);
    assert!(finish(&store, tenant, asked.id, 9).await);
    assert_eq!(claim(1, 10).await.unwrap(), ClaimAnswer::Ended);
    assert_eq!(claim(2, 10).await.unwrap(), ClaimAnswer::Ended);
    let unknown = RequestId::from_uuid(uuid(99));
    let answer = store
        .claim_request(tenant, unknown, agent_id(1), at(1))
        .await
        .unwrap();
    assert_eq!(answer, ClaimAnswer::Unknown);
}

pub async fn of_many_claims_at_once_one_is_granted<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for round in 0..5 {
        let id = kept_request(&store, tenant, 10 + round).await.id;
        let answers = at_once(fixture, 32, move |store, turn| async move {
            let agent = agent_id(100 + u128::from(turn));
            (
                agent,
                store.claim_request(tenant, id, agent, at(1)).await.unwrap(),
            )
        })
        .await;
        let granted: Vec<AgentId> = answers
            .iter()
            .filter(|(_, answer)| *answer == ClaimAnswer::Granted)
            .map(|(agent, _)| *agent)
            .collect();
        assert_eq!(granted.len(), 1);
        assert!(
            answers
                .iter()
                .all(|(agent, answer)| { *agent == granted[0] || *answer == ClaimAnswer::Taken })
        );
        assert_eq!(get(&store, tenant, id).await.claimed_by, Some(granted[0]));
    }
    // The same agent over many links is granted it once, too.
    let id = kept_request(&store, tenant, 30).await.id;
    let answers = at_once(fixture, 32, move |store, _| async move {
        store
            .claim_request(tenant, id, agent_id(1), at(1))
            .await
            .unwrap()
    })
    .await;
    assert_eq!(
        answers
            .iter()
            .filter(|answer| **answer == ClaimAnswer::Granted)
            .count(),
        1
    );
}

pub async fn a_late_claim_is_granted_to_nobody<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let asked = kept_request(&store, tenant, 10).await;
    for second in [100, 101] {
        let answer = store
            .claim_request(tenant, asked.id, agent_id(1), at(second))
            .await
            .unwrap();
        assert_eq!(answer, ClaimAnswer::Ended);
    }
    assert_eq!(get(&store, tenant, asked.id).await, pending(asked.clone()));
    // Ending it is still to be done, and by whoever keeps the record of it.
    assert_eq!(
        store.overdue_requests(at(101)).await.unwrap(),
        [pending(asked.clone())]
    );
    assert!(expire(&store, tenant, asked.id, 102).await);
    let answer = store
        .claim_request(tenant, asked.id, agent_id(1), at(1))
        .await
        .unwrap();
    assert_eq!(
        answer,
        ClaimAnswer::Ended,
        "not even for an agent whose cloud's clock is late"
    );

    let asked = kept_request(&store, tenant, 11).await;
    let answer = store
        .claim_request(tenant, asked.id, agent_id(1), at(99))
        .await
        .unwrap();
    assert_eq!(answer, ClaimAnswer::Granted);
}

pub async fn an_outcome_is_kept_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = claimed(&store, tenant, 10).await;
    assert!(finish(&store, tenant, id, 5).await);
    let before = (get(&store, tenant, id).await, records(&store, tenant).await);
    assert_eq!(before.0.state, RequestState::Done);
    assert_eq!(before.0.outcome, Some(changed()));
    assert_eq!(before.0.evidence, Some(evidence()));
    assert_eq!(before.0.ended_at, Some(at(5)));
    assert_eq!(before.0.claimed_by, Some(agent_id(1)));

    let other = Outcome::from(Cause::AccountDisabled);
    let record = audit(tenant, "Request ended");
    let none = Evidence::default();
    assert!(
        !store
            .finish_request(tenant, id, &other, &none, at(6), &record)
            .await
            .unwrap()
    );
    assert_eq!(
        (get(&store, tenant, id).await, records(&store, tenant).await),
        before
    );

    let pending = kept_request(&store, tenant, 11).await.id;
    assert!(
        !finish(&store, tenant, pending, 5).await,
        "nobody claimed it"
    );
    assert!(expire(&store, tenant, pending, 200).await);
    assert!(!finish(&store, tenant, pending, 201).await, "it never ran");
    assert!(!finish(&store, tenant, RequestId::from_uuid(uuid(99)), 5).await);

    let doubted = claimed(&store, tenant, 12).await;
    assert!(doubt(&store, tenant, doubted, 5).await);
    assert!(finish(&store, tenant, doubted, 6).await, "a doubt can end");
}

pub async fn of_many_outcomes_at_once_one_is_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = claimed(&store, tenant, 10).await;
    let before = records(&store, tenant).await;
    let answers = at_once(fixture, 16, move |store, _| async move {
        finish(&*store, tenant, id, 5).await
    })
    .await;
    assert_eq!(answers.iter().filter(|kept| **kept).count(), 1);
    assert_eq!(records(&store, tenant).await, before + 1);
}

pub async fn what_was_begun_is_kept_of_its_claimant_alone<F: Fixture>(fixture: &F) {
    let (store, tenant_id) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let begun = |version| Begun {
        controller: "dc1.corp.test".to_owned(),
        invocation: Some(uuid(8)),
        version_before: Some(version),
        directory_time: at(2),
        remarks: vec![Remark::Unlocked],
    };
    let pending = kept_request(&store, tenant_id, 1).await.id;
    let id = claimed(&store, tenant_id, 2).await;
    let begin = |tenant, id, agent, version| {
        let (store, begun) = (&store, begun(version));
        async move {
            let begun = store.begin_request(tenant, id, agent_id(agent), &begun);
            begun.await.unwrap()
        }
    };
    assert!(!begin(tenant_id, pending, 1, 3).await, "nobody claimed it");
    assert!(!begin(tenant_id, id, 2, 3).await, "another agent's");
    assert!(!begin(other, id, 1, 3).await, "another tenant's");
    assert_eq!(get(&store, tenant_id, id).await.begun, None);
    assert!(begin(tenant_id, id, 1, 3).await);
    assert_eq!(get(&store, tenant_id, id).await.begun, Some(begun(3)));
    // Said late, it is as good; said after the end, it is nothing.
    assert!(doubt(&store, tenant_id, id, 3).await);
    assert!(begin(tenant_id, id, 1, 4).await);
    assert!(finish(&store, tenant_id, id, 4).await);
    assert!(!begin(tenant_id, id, 1, 5).await);
    assert_eq!(get(&store, tenant_id, id).await.begun, Some(begun(4)));
}

pub async fn only_a_pending_request_expires<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let asked = kept_request(&store, tenant, 10).await;
    assert!(expire(&store, tenant, asked.id, 150).await);
    let expected = Request {
        state: RequestState::Expired,
        ended_at: Some(at(150)),
        ..pending(asked.clone())
    };
    assert_eq!(get(&store, tenant, asked.id).await, expected);
    assert!(!expire(&store, tenant, asked.id, 151).await);
    assert_eq!(get(&store, tenant, asked.id).await, expected);

    let id = claimed(&store, tenant, 11).await;
    assert!(!expire(&store, tenant, id, 150).await);
    assert!(doubt(&store, tenant, id, 150).await);
    assert!(!expire(&store, tenant, id, 150).await);
    assert!(finish(&store, tenant, id, 151).await);
    assert!(!expire(&store, tenant, id, 152).await);
    assert!(!expire(&store, tenant, RequestId::from_uuid(uuid(99)), 150).await);
}

pub async fn a_claim_and_an_expiry_exclude_each_other<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for round in 0..10 {
        let id = kept_request(&store, tenant, 10 + round).await.id;
        let answers = at_once(fixture, 16, move |store, turn| async move {
            // Two replicas whose clocks differ: to one it is still time, to the other not.
            if turn % 2 == 0 {
                expire(&*store, tenant, id, 100).await
            } else {
                let agent = agent_id(u128::from(turn));
                let answer = store
                    .claim_request(tenant, id, agent, at(99))
                    .await
                    .unwrap();
                answer == ClaimAnswer::Granted
            }
        })
        .await;
        assert_eq!(answers.iter().filter(|won| **won).count(), 1);
    }
}

pub async fn only_a_claimed_request_comes_into_doubt<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = kept_request(&store, tenant, 10).await.id;
    assert!(!doubt(&store, tenant, id, 5).await, "nobody claimed it");
    assert!(expire(&store, tenant, id, 150).await);
    assert!(!doubt(&store, tenant, id, 151).await);

    let id = claimed(&store, tenant, 11).await;
    assert!(doubt(&store, tenant, id, 5).await);
    assert!(!doubt(&store, tenant, id, 6).await);
    let doubted = get(&store, tenant, id).await;
    assert_eq!(doubted.state, RequestState::Unknown);
    assert_eq!(
        (doubted.claimed_by, doubted.claimed_at),
        (Some(agent_id(1)), Some(at(1)))
    );
    assert_eq!((doubted.outcome, doubted.ended_at), (None, None));
    assert!(finish(&store, tenant, id, 7).await);
    assert!(!doubt(&store, tenant, id, 8).await);
    assert!(!doubt(&store, tenant, RequestId::from_uuid(uuid(99)), 8).await);
}

pub async fn every_change_of_state_keeps_its_record<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let before = records(&store, tenant).await;
    let id = claimed(&store, tenant, 10).await;
    let late = kept_request(&store, tenant, 11).await.id;
    assert_eq!(records(&store, tenant).await, before + 2);
    for _ in 0..2 {
        expire(&store, tenant, late, 150).await;
        doubt(&store, tenant, id, 5).await;
    }
    assert_eq!(
        records(&store, tenant).await,
        before + 4,
        "no record of what did not happen"
    );
    for _ in 0..2 {
        finish(&store, tenant, id, 5).await;
    }
    assert_eq!(records(&store, tenant).await, before + 5);
}

/// The identifiers of requests.
fn ids(requests: &[Request]) -> Vec<u128> {
    requests
        .iter()
        .map(|request| request.asked.id.uuid().as_u128())
        .collect()
}

pub async fn overdue_requests_are_the_pending_ones_whose_time_is_over<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let other = super::given::tenant(&store, 2).await;
    for (tenant, number, second) in [(tenant, 10, 100), (other, 11, 50), (tenant, 12, 101)] {
        let asked = NewRequest {
            expires_at: at(second),
            ..request(tenant, number)
        };
        store
            .add_request(&asked, &audit(tenant, "Request made"))
            .await
            .unwrap();
    }
    claimed(&store, tenant, 13).await;
    let overdue = async |second| {
        let mut found = ids(&store.overdue_requests(at(second)).await.unwrap());
        found.sort_unstable();
        found
    };
    assert!(overdue(49).await.is_empty());
    assert_eq!(overdue(50).await, [11]);
    assert_eq!(overdue(100).await, [10, 11]);
    assert!(expire(&store, tenant, RequestId::from_uuid(uuid(10)), 100).await);
    assert_eq!(overdue(1000).await, [11, 12]);
}

pub async fn stale_claims_are_the_old_ones_without_an_outcome<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    kept_request(&store, tenant, 9).await;
    for number in 10..14 {
        claimed(&store, tenant, number).await;
    }
    let late = kept_request(&store, tenant, 20).await.id;
    store
        .claim_request(tenant, late, agent_id(1), at(2))
        .await
        .unwrap();
    assert!(doubt(&store, tenant, RequestId::from_uuid(uuid(11)), 5).await);
    assert!(finish(&store, tenant, RequestId::from_uuid(uuid(12)), 5).await);
    let stale = async |second| {
        let mut found = ids(&store.stale_claims(at(second)).await.unwrap());
        found.sort_unstable();
        found
    };
    assert!(stale(1).await.is_empty());
    assert_eq!(stale(2).await, [10, 13]);
    assert_eq!(stale(3).await, [10, 13, 20]);
}

pub async fn unknown_requests_are_the_forests_oldest_first<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for (number, second, forest) in [
        (10, 3, "corp.test"),
        (11, 2, "corp.test"),
        (12, 1, "lake.test"),
        (13, 4, "corp.test"),
    ] {
        let mut asked = NewRequest {
            created_at: at(second),
            ..request(tenant, number)
        };
        asked.target.forest = domain(forest);
        store
            .add_request(&asked, &audit(tenant, "Request made"))
            .await
            .unwrap();
        store
            .claim_request(tenant, asked.id, agent_id(1), at(5))
            .await
            .unwrap();
        assert!(number == 13 || doubt(&store, tenant, asked.id, 6).await);
    }
    let unknown = store.unknown_requests(tenant, &corp()).await.unwrap();
    assert_eq!(ids(&unknown), [11, 10]);
    assert!(finish(&store, tenant, RequestId::from_uuid(uuid(11)), 7).await);
    let unknown = store.unknown_requests(tenant, &corp()).await.unwrap();
    assert_eq!(ids(&unknown), [10]);
    assert!(
        store
            .unknown_requests(tenant, &domain("air.test"))
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn every_outcome_comes_back<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let not_changed = Cause::one_of_each().into_iter().map(Outcome::from);
    for (number, outcome) in (10..).zip(not_changed.chain([changed()])) {
        let id = claimed(&store, tenant, number).await;
        let (none, record) = (Evidence::default(), audit(tenant, "Request ended"));
        assert!(
            store
                .finish_request(tenant, id, &outcome, &none, at(5), &record)
                .await
                .unwrap()
        );
        let ended = get(&store, tenant, id).await;
        assert_eq!((ended.outcome, ended.evidence), (Some(outcome), Some(none)));
    }
}

/// What may be tried with a request.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// By which agent, and at which second.
    Claim(u128, i64),
    Finish,
    Expire,
    Doubt,
}

/// What a request should be after some steps.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Should {
    Pending,
    Claimed(u128),
    Unknown(u128),
    Done(u128),
    Expired,
}

impl Should {
    /// The answer to a claim, and what the request should be afterwards.
    fn claim(self, agent: u128, second: i64) -> (ClaimAnswer, Self) {
        match self {
            Self::Pending if second < 100 => (ClaimAnswer::Granted, Self::Claimed(agent)),
            Self::Pending | Self::Done(_) | Self::Expired => (ClaimAnswer::Ended, self),
            Self::Claimed(by) | Self::Unknown(by) if by == agent => {
                (ClaimAnswer::AlreadyYours, self)
            }
            Self::Claimed(_) | Self::Unknown(_) => (ClaimAnswer::Taken, self),
        }
    }

    /// Whether another step changes something, and what the request should be afterwards.
    fn step(self, step: Step) -> (bool, Self) {
        match (step, self) {
            (Step::Finish, Self::Claimed(by) | Self::Unknown(by)) => (true, Self::Done(by)),
            (Step::Expire, Self::Pending) => (true, Self::Expired),
            (Step::Doubt, Self::Claimed(by)) => (true, Self::Unknown(by)),
            _ => (false, self),
        }
    }

    fn state_and_agent(self) -> (RequestState, Option<u128>) {
        match self {
            Self::Pending => (RequestState::Pending, None),
            Self::Claimed(by) => (RequestState::Claimed, Some(by)),
            Self::Unknown(by) => (RequestState::Unknown, Some(by)),
            Self::Done(by) => (RequestState::Done, Some(by)),
            Self::Expired => (RequestState::Expired, None),
        }
    }
}

async fn walk(store: &impl Store, tenant: TenantId, id: RequestId, steps: &[Step]) {
    let mut should = Should::Pending;
    let mut grants = 0;
    for step in steps {
        let changes = match *step {
            Step::Claim(agent, second) => {
                let (answer, after) = should.claim(agent, second);
                let claim = store.claim_request(tenant, id, agent_id(agent), at(second));
                assert_eq!(claim.await.unwrap(), answer, "{step:?} of {should:?}");
                grants += u32::from(answer == ClaimAnswer::Granted);
                should = after;
                None
            }
            Step::Finish => Some(finish(store, tenant, id, 200).await),
            Step::Expire => Some(expire(store, tenant, id, 200).await),
            Step::Doubt => Some(doubt(store, tenant, id, 200).await),
        };
        if let Some(changes) = changes {
            let (expected, after) = should.step(*step);
            assert_eq!(changes, expected, "{step:?} of {should:?}");
            should = after;
        }
        let is = get(store, tenant, id).await;
        let (state, agent) = should.state_and_agent();
        assert_eq!(
            (is.state, is.claimed_by),
            (state, agent.map(agent_id)),
            "after {step:?}"
        );
        assert_eq!(is.outcome.is_some(), state == RequestState::Done);
        assert_eq!(
            is.ended_at.is_some(),
            matches!(state, RequestState::Done | RequestState::Expired)
        );
    }
    assert!(grants <= 1);
}

pub async fn states_only_move_forward<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let step = prop_oneof![
        3 => (1..4_u128, prop_oneof![Just(99), Just(100)])
            .prop_map(|(agent, second)| Step::Claim(agent, second)),
        1 => Just(Step::Finish),
        1 => Just(Step::Expire),
        1 => Just(Step::Doubt),
    ];
    let number = std::sync::atomic::AtomicU64::new(10);
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..Default::default()
    };
    let walked = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&prop::collection::vec(step, 1..10), |steps| {
            let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Handle::current().block_on(async {
                let id = kept_request(&store, tenant, number.into()).await.id;
                walk(&store, tenant, id, &steps).await;
            });
            Ok(())
        })
    });
    if let Err(error) = walked {
        panic!("{error}");
    }
}
