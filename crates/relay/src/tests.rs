//! The hub's own rules, with a real store. The whole way is tested with real processes in `cli`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use uuid::Uuid;
use writeback_model::{
    AgentId, Cause, Clock, HistoryEnforcement, KeyId, Operation, Outcome, RequestId, RequestState,
    SourceAnchor, Target, TenantId, UserId,
};
use writeback_store::{
    Actor, Agent, AuditRecord, NewRequest, RequestStore, Store, Tenant, TenantStore,
};
use writeback_store_sqlite::SqliteStore;
use writeback_wire::{
    Begun, Evidence, ForestHealth, ForestStatus, Hello, PROTOCOL_VERSION, SealedSecret, SealingKey,
    ServedDomain, ToAgent, ToCloud,
};

use crate::{Dispatch, Ended, Hub, Link, Liveness, Waited};

struct Standing;
impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap()
    }
}

struct Setting {
    hub: Arc<Hub>,
    store: SqliteStore,
    ended: mpsc::UnboundedReceiver<Ended>,
    _dir: tempfile::TempDir,
}

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

fn audit() -> AuditRecord {
    AuditRecord {
        tenant: Some(TENANT),
        at: Standing.now(),
        actor: Actor::Cloud,
        activity: "test",
        user: None,
        correlation: None,
        address: None,
        result: "success".into(),
        detail: String::new(),
    }
}

impl Setting {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&dir.path().join("cloud.db"))
            .await
            .unwrap();
        let tenant = Tenant {
            id: TENANT,
            name: "T".into(),
            created_at: Standing.now(),
            disabled_at: None,
        };
        store.add_tenant(&tenant, &audit()).await.unwrap();
        let (sender, ended) = mpsc::unbounded_channel();
        let kept: Arc<dyn Store> = Arc::new(store.clone());
        Self {
            hub: Hub::new(kept, Arc::new(Standing), sender),
            store,
            ended,
            _dir: dir,
        }
    }

    /// Offers a new request that is sealed for the agents of these numbers.
    async fn offer(&self, number: u128, keys: &[u128]) -> crate::Waiting {
        let now = Standing.now();
        let asked = NewRequest {
            id: RequestId::from_uuid(Uuid::from_u128(number)),
            tenant: TENANT,
            user: UserId::from_uuid(Uuid::from_u128(7)),
            operation: Operation::Reset {
                force_change: false,
            },
            target: Target {
                forest: "corp.test".parse().unwrap(),
                domain: "corp.test".parse().unwrap(),
                anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
            },
            created_at: now,
            expires_at: now + SignedDuration::from_secs(20),
        };
        self.store.add_request(&asked, &audit()).await.unwrap();
        let sealed = keys.iter().map(|key| SealedSecret {
            key: KeyId::from_uuid(Uuid::from_u128(*key)),
            encapsulated: String::new(),
            ciphertext: String::new(),
        });
        self.hub.execute(Dispatch {
            asked,
            sealed: sealed.collect(),
        })
    }
}

fn connect(hub: &Arc<Hub>, number: u128, health: ForestHealth) -> Link {
    let agent = Agent {
        id: AgentId::from_uuid(Uuid::from_u128(number)),
        tenant: TENANT,
        public_key: [0; 32],
        host: String::new(),
        version: String::new(),
        enrolled_at: Standing.now(),
        seen_at: None,
        revoked_at: None,
        copied: None,
    };
    let domain = ServedDomain {
        name: "corp.test".parse().unwrap(),
        netbios: None,
        upn_suffixes: vec![],
    };
    let status = ForestStatus {
        forest: "corp.test".parse().unwrap(),
        domains: vec![domain],
        health,
        scope: None,
    };
    let welcome = ToAgent::Welcome {
        agent: agent.id,
        tenant: agent.tenant,
        server_time: Timestamp::UNIX_EPOCH,
        reconnect_within_ms: 0,
    };
    let mut link = hub.connect(
        &agent,
        Hello {
            protocol: PROTOCOL_VERSION,
            version: String::new(),
            host: String::new(),
            sealing_key: SealingKey {
                id: KeyId::from_uuid(Uuid::from_u128(number)),
                public: String::new(),
            },
            forests: vec![status],
            ticket: None,
        },
        welcome,
    );
    // Before all that was waiting for the agent.
    let first = link.outbox.try_recv();
    assert!(matches!(first, Ok(ToAgent::Welcome { .. })), "{first:?}");
    link
}

const READY: ForestHealth = ForestHealth::Ready {
    history: HistoryEnforcement::Enforced,
};

fn request(number: u128) -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(number))
}

async fn is_offered(link: &mut Link) -> RequestId {
    match link.outbox.recv().await {
        Some(ToAgent::Execute(execute)) => execute.request,
        other => panic!("not offered, but {other:?}"),
    }
}

fn changed(number: u128) -> ToCloud {
    ToCloud::Outcome {
        request: request(number),
        outcome: Outcome::Changed { remarks: vec![] },
        evidence: Evidence::default(),
    }
}

#[tokio::test]
async fn a_request_is_claimed_granted_and_ended() {
    let mut setting = Setting::new().await;
    let mut link = connect(&setting.hub, 10, READY);
    let waiting = setting.offer(100, &[10]).await;
    assert_eq!(is_offered(&mut link).await, request(100));
    link.take(ToCloud::Claim {
        request: request(100),
    })
    .await
    .unwrap();
    assert!(matches!(
        link.outbox.recv().await,
        Some(ToAgent::Grant { .. })
    ));
    link.take(changed(100)).await.unwrap();
    assert_eq!(
        link.outbox.recv().await,
        Some(ToAgent::Recorded {
            request: request(100)
        })
    );
    let outcome = Outcome::Changed { remarks: vec![] };
    assert_eq!(
        waiting.outcome(std::time::Duration::from_secs(5)).await,
        Waited::Ended(outcome.clone())
    );
    assert_eq!(setting.ended.recv().await.unwrap().outcome, outcome);
}

#[tokio::test]
async fn an_unclaimed_request_moves_on_at_once_when_its_agent_is_lost() {
    let setting = Setting::new().await;
    let mut first = connect(&setting.hub, 10, READY);
    let mut second = connect(&setting.hub, 11, READY);
    let _waiting = setting.offer(100, &[10, 11]).await;
    assert_eq!(is_offered(&mut first).await, request(100));
    let before = tokio::time::Instant::now();
    drop(first);
    assert_eq!(is_offered(&mut second).await, request(100));
    assert!(
        before.elapsed() < crate::OFFER_PATIENCE,
        "it waited for the offer to run out"
    );
}

#[tokio::test]
async fn a_claimed_request_is_never_offered_again_but_is_in_doubt() {
    let setting = Setting::new().await;
    let mut first = connect(&setting.hub, 10, READY);
    let mut second = connect(&setting.hub, 11, READY);
    let waiting = setting.offer(100, &[10, 11]).await;
    is_offered(&mut first).await;
    first
        .take(ToCloud::Claim {
            request: request(100),
        })
        .await
        .unwrap();
    let begun = Begun {
        controller: "dc1.corp.test".to_owned(),
        invocation: None,
        version_before: Some(3),
        directory_time: jiff::Timestamp::UNIX_EPOCH,
        remarks: Vec::new(),
    };
    let said = |version_before| ToCloud::Begun {
        request: request(100),
        begun: Begun {
            version_before,
            ..begun.clone()
        },
    };
    first.take(said(Some(3))).await.unwrap();
    // Of somebody else's request nothing is believed, and the link goes on.
    second.take(said(Some(7))).await.unwrap();
    drop(first);
    // The other one is asked what the directory says, by what the first one said of it, and
    // nothing else.
    match second.outbox.recv().await {
        Some(ToAgent::Resolve(resolve)) => {
            assert_eq!(resolve.request, request(100));
            assert_eq!(resolve.begun.as_deref(), Some(&begun));
        }
        other => panic!("{other:?}"),
    }
    // What it says then counts.
    let answer = ToCloud::Outcome {
        request: request(100),
        outcome: Cause::NotStartedInTime.into(),
        evidence: Evidence::default(),
    };
    second.take(answer).await.unwrap();
    assert_eq!(
        waiting.outcome(std::time::Duration::from_secs(5)).await,
        Waited::Ended(Cause::NotStartedInTime.into())
    );
}

#[tokio::test]
async fn an_outcome_that_does_not_count_ends_no_link() {
    let setting = Setting::new().await;
    let mut first = connect(&setting.hub, 10, READY);
    let mut second = connect(&setting.hub, 11, READY);
    let _waiting = setting.offer(100, &[10]).await;
    is_offered(&mut first).await;
    let claim = ToCloud::Claim {
        request: request(100),
    };
    first.take(claim).await.unwrap();
    // Another agent's: neither believed nor confirmed.
    second.take(changed(100)).await.unwrap();
    let row = setting.store.request(TENANT, request(100)).await;
    assert_eq!(row.unwrap().unwrap().state, RequestState::Claimed);
    assert!(second.outbox.try_recv().is_err());
    // One that is not kept, and one that is over, are confirmed: they are not told again.
    first.take(changed(100)).await.unwrap();
    for number in [101, 100] {
        second.take(changed(number)).await.unwrap();
        let recorded = ToAgent::Recorded {
            request: request(number),
        };
        assert_eq!(second.outbox.recv().await, Some(recorded));
    }
}

#[tokio::test]
async fn the_least_busy_agent_whose_key_fits_is_chosen_and_a_ready_one_first() {
    let setting = Setting::new().await;
    let not_ready = ForestHealth::NotReady {
        cause: Cause::PdcEmulatorUnreachable,
    };
    let _unready = connect(&setting.hub, 9, not_ready);
    let mut busy = connect(&setting.hub, 10, READY);
    let mut free = connect(&setting.hub, 11, READY);
    let _one = setting.offer(100, &[9, 10]).await;
    is_offered(&mut busy).await;
    busy.take(ToCloud::Claim {
        request: request(100),
    })
    .await
    .unwrap();
    let _two = setting.offer(101, &[9, 10, 11]).await;
    assert_eq!(is_offered(&mut free).await, request(101));
}

#[tokio::test]
async fn liveness_is_the_weakest_promise_of_the_agents_that_could_be_chosen() {
    let setting = Setting::new().await;
    let forest = "corp.test".parse().unwrap();
    let liveness = || setting.hub.liveness(TENANT, &forest);
    assert_eq!(liveness(), Liveness::NoAgent);
    let cause = Cause::PdcEmulatorUnreachable;
    let _down = connect(
        &setting.hub,
        9,
        ForestHealth::NotReady {
            cause: cause.clone(),
        },
    );
    assert_eq!(liveness(), Liveness::NotReady { cause });
    let link = connect(&setting.hub, 10, READY);
    assert_eq!(
        liveness(),
        Liveness::Ready {
            history: HistoryEnforcement::Enforced
        }
    );
    let weak = ForestHealth::Ready {
        history: HistoryEnforcement::NotEnforced,
    };
    let _weak = connect(&setting.hub, 11, weak);
    assert_eq!(
        liveness(),
        Liveness::Ready {
            history: HistoryEnforcement::NotEnforced
        }
    );
    drop(link);
    let stranger = TenantId::from_uuid(Uuid::from_u128(2));
    assert_eq!(setting.hub.liveness(stranger, &forest), Liveness::NoAgent);
}

#[tokio::test]
async fn a_new_link_of_the_same_agent_replaces_the_old_one() {
    let setting = Setting::new().await;
    let old = connect(&setting.hub, 10, READY);
    let _new = connect(&setting.hub, 10, READY);
    assert!(old.closed.is_cancelled());
    drop(old);
    assert_eq!(
        setting.hub.agents().len(),
        1,
        "the old link took the new one with it"
    );
}

/// Of two machines that call themselves one agent, what the first one says after the second took
/// its place counts for nothing, and what it asked for is answered to nobody.
#[tokio::test]
async fn a_link_that_was_replaced_claims_and_ends_nothing() {
    let setting = Setting::new().await;
    let mut old = connect(&setting.hub, 10, READY);
    let _waiting = setting.offer(100, &[10]).await;
    assert_eq!(is_offered(&mut old).await, request(100));
    let mut new = connect(&setting.hub, 10, READY);
    let claim = ToCloud::Claim {
        request: request(100),
    };
    for frame in [claim, changed(100)] {
        let refused = old.take(frame).await.unwrap_err();
        assert!(matches!(refused, crate::LinkError::Replaced));
    }
    let row = setting.store.request(TENANT, request(100)).await;
    assert_eq!(row.unwrap().unwrap().state, RequestState::Pending);
    // The new one is offered it and nothing else.
    assert_eq!(is_offered(&mut new).await, request(100));
    assert!(new.outbox.try_recv().is_err());
}

/// The clock stands still: had anybody waited until the first agent's time was over, it would have moved.
#[tokio::test]
async fn an_agent_that_leaves_is_offered_nothing_and_what_it_had_moves_on_at_once() {
    let setting = Setting::new().await;
    let mut first = connect(&setting.hub, 10, READY);
    let mut second = connect(&setting.hub, 11, READY);
    let _one = setting.offer(100, &[10, 11]).await;
    assert_eq!(is_offered(&mut first).await, request(100));
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    first.take(ToCloud::Leaving).await.unwrap();
    assert_eq!(is_offered(&mut second).await, request(100));
    assert_eq!(before.elapsed(), std::time::Duration::ZERO);
    tokio::time::resume();
    let _two = setting.offer(101, &[10, 11]).await;
    assert_eq!(is_offered(&mut second).await, request(101));
    assert!(first.outbox.try_recv().is_err());
    // It comes back: what nobody claimed is offered to it at once.
    drop(second);
    drop(first);
    let mut back = connect(&setting.hub, 10, READY);
    let mut offered = [is_offered(&mut back).await, is_offered(&mut back).await];
    offered.sort_unstable();
    assert_eq!(offered, [request(100), request(101)]);
}

#[tokio::test]
async fn what_is_sealed_to_a_replaced_key_still_comes_to_its_agent() {
    let setting = Setting::new().await;
    let mut link = connect(&setting.hub, 10, READY);
    let key = |number: u128| SealingKey {
        id: KeyId::from_uuid(Uuid::from_u128(number)),
        public: String::new(),
    };
    // Rolled before the request is offered: it was sealed a moment earlier.
    link.take(ToCloud::Key(key(11))).await.unwrap();
    let _waiting = setting.offer(1, &[10]).await;
    let offered = |frame: Option<ToAgent>| match frame {
        Some(ToAgent::Execute(execute)) => execute.sealed.map(|sealed| sealed.key),
        other => panic!("{other:?}"),
    };
    assert_eq!(offered(link.outbox.recv().await), Some(key(10).id));
    // Sealed to both, the new one is taken; and a new link changes nothing.
    drop(link);
    let mut link = connect(&setting.hub, 10, READY);
    link.take(ToCloud::Key(key(11))).await.unwrap();
    let _waiting = setting.offer(2, &[10, 11]).await;
    loop {
        let Some(ToAgent::Execute(execute)) = link.outbox.recv().await else {
            panic!("the link ended")
        };
        let sealed = execute.sealed.unwrap().key;
        if execute.request == request(2) {
            assert_eq!(sealed, key(11).id);
            break;
        }
        assert_eq!(sealed, key(10).id, "the first one is offered again");
    }
    assert_eq!(
        setting
            .hub
            .sealing_keys(TENANT, &"corp.test".parse().unwrap()),
        [key(11)]
    );
}
