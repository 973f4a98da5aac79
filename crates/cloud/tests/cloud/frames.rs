//! Agents that break the protocol, on purpose or not.

use jiff::SignedDuration;
use uuid::Uuid;
use writeback_model::{Cause, Clock, Operation, RequestId, RequestState, SourceAnchor, Target};
use writeback_store::{NewRequest, RequestStore};
use writeback_wire::{DenyReason, Evidence, FRAME_BYTES_MAX, ToAgent, ToCloud};

use crate::setting::{Chance, Setting, hello, record};

/// A pending request of a tenant, for a user who need not exist.
async fn pending(setting: &Setting, tenant: writeback_model::TenantId, forest: &str) -> RequestId {
    let now = setting.clock.now();
    let request = NewRequest {
        id: RequestId::new(&setting.clock, &Chance),
        tenant,
        user: writeback_model::UserId::from_uuid(Uuid::from_u128(1)),
        operation: Operation::Reset {
            force_change: false,
        },
        target: Target {
            forest: forest.parse().unwrap(),
            domain: forest.parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
        },
        created_at: now,
        expires_at: now + SignedDuration::from_secs(20),
    };
    setting
        .store
        .add_request(&request, &record(tenant, now))
        .await
        .unwrap();
    request.id
}

async fn state(setting: &Setting, id: RequestId) -> RequestState {
    setting
        .store
        .request(setting.tenant.id, id)
        .await
        .unwrap()
        .unwrap()
        .state
}

/// The next frame that is not about imports.
async fn next(link: &mut crate::setting::Link) -> Option<ToAgent> {
    loop {
        match link.next().await {
            Some(ToAgent::Import(_) | ToAgent::Watch { .. }) => {}
            other => return other,
        }
    }
}

#[tokio::test]
async fn what_is_no_frame_ends_the_link_and_nothing_else() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    for text in [
        "not json".to_owned(),
        r#"{"type":"claim"}"#.to_owned(),
        r#"{"type":"claim","request":"x"}"#.to_owned(),
        " ".repeat(FRAME_BYTES_MAX + 1),
        serde_json::to_string(&ToCloud::Hello(hello(&agent))).unwrap(),
    ] {
        let mut link = setting.link(&agent).await;
        link.send_text(text).await;
        assert!(next(&mut link).await.is_none(), "the link is still open");
    }
    // A frame of a newer version is ignored.
    let mut link = setting.link(&agent).await;
    link.send_text(r#"{"type":"from_the_future"}"#.to_owned())
        .await;
    let unknown = RequestId::from_uuid(Uuid::from_u128(9));
    link.send(&ToCloud::Claim { request: unknown }).await;
    let deny = ToAgent::Deny {
        request: unknown,
        why: DenyReason::Unknown,
    };
    assert_eq!(next(&mut link).await, Some(deny));
}

#[tokio::test]
async fn a_link_begins_with_hello_or_not_at_all() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.bare_link(&agent).await;
    link.send(&ToCloud::Claim {
        request: RequestId::from_uuid(Uuid::nil()),
    })
    .await;
    assert!(link.next().await.is_none());
    let mut link = setting.bare_link(&agent).await;
    let mut old = hello(&agent);
    old.protocol = 99;
    link.send(&ToCloud::Hello(old)).await;
    assert!(link.next().await.is_none());
}

#[tokio::test]
async fn a_request_of_another_tenant_or_forest_cannot_be_claimed_or_ended() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let other = setting.other_tenant().await;
    let foreign = pending(&setting, other, "corp.test").await;
    let unserved = pending(&setting, setting.tenant.id, "fabrikam.test").await;
    let mut link = setting.link(&agent).await;
    for request in [foreign, unserved] {
        link.send(&ToCloud::Claim { request }).await;
        let deny = ToAgent::Deny {
            request,
            why: DenyReason::Unknown,
        };
        assert_eq!(next(&mut link).await, Some(deny));
    }
    let outcome = Cause::AccountLocked.into();
    let evidence = Evidence::default();
    link.send(&ToCloud::Outcome {
        request: foreign,
        outcome,
        evidence,
    })
    .await;
    // For this tenant there is no such request: nothing more is to be told about it.
    let recorded = ToAgent::Recorded { request: foreign };
    assert_eq!(next(&mut link).await, Some(recorded));
    let row = setting
        .store
        .request(other, foreign)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state, RequestState::Pending);
}

#[tokio::test]
async fn a_replayed_claim_is_granted_once_and_a_replayed_outcome_recorded_once() {
    let setting = Setting::new().await;
    let (first, second) = (setting.agent().await, setting.agent().await);
    let (mut one, mut two) = (setting.link(&first).await, setting.link(&second).await);
    let request = pending(&setting, setting.tenant.id, "corp.test").await;
    one.send(&ToCloud::Claim { request }).await;
    assert!(matches!(next(&mut one).await, Some(ToAgent::Grant { .. })));
    two.send(&ToCloud::Claim { request }).await;
    let taken = ToAgent::Deny {
        request,
        why: DenyReason::Taken,
    };
    assert_eq!(next(&mut two).await, Some(taken.clone()));

    // Who has not claimed it cannot end it.
    let outcome = || ToCloud::Outcome {
        request,
        outcome: Cause::AccountLocked.into(),
        evidence: Evidence::default(),
    };
    two.send(&outcome()).await;
    two.send(&ToCloud::Claim { request }).await;
    assert_eq!(next(&mut two).await, Some(taken));
    assert_eq!(state(&setting, request).await, RequestState::Claimed);

    // The claim sent twice gets no second grant; the outcome sent twice is recorded twice over.
    one.send(&ToCloud::Claim { request }).await;
    for _ in 0..2 {
        one.send(&outcome()).await;
        assert_eq!(next(&mut one).await, Some(ToAgent::Recorded { request }));
    }
    assert_eq!(state(&setting, request).await, RequestState::Done);
    one.send(&ToCloud::Claim { request }).await;
    let ended = ToAgent::Deny {
        request,
        why: DenyReason::Ended,
    };
    assert_eq!(next(&mut one).await, Some(ended));
}

#[tokio::test]
async fn a_half_open_link_is_closed_before_anybody_waits_for_long() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.link(&agent).await;
    // Its connection stands, and nothing is read or answered on it.
    tokio::time::sleep(std::time::Duration::from_secs(15)).await;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(1), next(&mut link)).await;
    assert_eq!(ended, Ok(None), "the link still stands");
}

#[tokio::test]
async fn a_lost_agent_leaves_a_doubt_that_is_asked_about_when_it_is_back() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let request = pending(&setting, setting.tenant.id, "corp.test").await;
    let mut link = setting.link(&agent).await;
    link.send(&ToCloud::Claim { request }).await;
    assert!(matches!(next(&mut link).await, Some(ToAgent::Grant { .. })));
    drop(link);
    // The claim is old enough to be in doubt.
    setting.clock.advance(SignedDuration::from_secs(31));
    for _ in 0..100 {
        if state(&setting, request).await == RequestState::Unknown {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(state(&setting, request).await, RequestState::Unknown);
    let mut link = setting.link(&agent).await;
    match next(&mut link).await {
        Some(ToAgent::Resolve(resolve)) => assert_eq!(resolve.request, request),
        other => panic!("not asked, but {other:?}"),
    }
}

#[tokio::test]
async fn a_request_that_nobody_claims_expires_and_is_then_nobodys() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let request = pending(&setting, setting.tenant.id, "corp.test").await;
    setting.clock.advance(SignedDuration::from_secs(21));
    for _ in 0..100 {
        if state(&setting, request).await == RequestState::Expired {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(state(&setting, request).await, RequestState::Expired);
    let mut link = setting.link(&agent).await;
    link.send(&ToCloud::Claim { request }).await;
    let ended = ToAgent::Deny {
        request,
        why: DenyReason::Ended,
    };
    assert_eq!(next(&mut link).await, Some(ended));
}
