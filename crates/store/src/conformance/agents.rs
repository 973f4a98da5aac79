//! Agents and the tokens they come with.

use uuid::Uuid;
use writeback_model::EnrolmentId;
use writeback_wire::LinkTicket;

use super::{
    Fixture,
    given::{
        agent, agent_id, at, at_once, audit, enrolment, new_agent, records, tenant, token, uuid,
        with_tenant,
    },
};
use crate::{Agent, AgentStore, AuditRecord, Copied, EnrolRefused, Enrolment, Store};

async fn give(store: &impl Store, enrolment: &Enrolment) {
    let record = audit(enrolment.tenant, "Enrolment token created");
    store.add_enrolment(enrolment, &record).await.unwrap();
}

pub async fn a_token_enrols_one_agent<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let enrolment = enrolment(tenant, 3);
    give(&store, &enrolment).await;
    let new = new_agent(4);
    let record = audit(tenant, "Agent enrolled");
    let enrolled = store
        .enrol(enrolment.id, enrolment.hash, &new, at(5), &record)
        .await
        .unwrap()
        .unwrap();
    let expected = Agent {
        id: new.id,
        tenant,
        public_key: new.public_key,
        host: new.host,
        version: new.version,
        enrolled_at: at(5),
        seen_at: None,
        revoked_at: None,
        copied: None,
    };
    assert_eq!(enrolled, expected);
    assert_eq!(store.agent(new.id).await.unwrap(), Some(expected));
    assert_eq!(store.agent(agent_id(9)).await.unwrap(), None);
}

pub async fn the_audit_record_of_an_enrolment_gets_the_tokens_tenant<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let enrolment = enrolment(mine, 3);
    give(&store, &enrolment).await;
    let before = (records(&store, mine).await, records(&store, other).await);
    let record = AuditRecord {
        tenant: None,
        ..audit(other, "Agent enrolled")
    };
    store
        .enrol(enrolment.id, enrolment.hash, &new_agent(3), at(5), &record)
        .await
        .unwrap()
        .unwrap();
    let after = (records(&store, mine).await, records(&store, other).await);
    assert_eq!(after, (before.0 + 1, before.1));
}

pub async fn unknown_used_and_expired_tokens_enrol_nobody<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let enrolment = enrolment(tenant, 3);
    give(&store, &enrolment).await;
    let before = records(&store, tenant).await;
    let record = audit(tenant, "Agent enrolled");
    let (id, hash) = (enrolment.id, enrolment.hash);
    let new = new_agent(3);
    for (id, hash, now, refused) in [
        (
            EnrolmentId::from_uuid(uuid(77)),
            hash,
            at(1),
            EnrolRefused::Unknown,
        ),
        (id, token(77), at(1), EnrolRefused::Unknown),
        (id, token(77), at(9999), EnrolRefused::Unknown),
        (id, hash, at(3600), EnrolRefused::Expired),
        (id, hash, at(3601), EnrolRefused::Expired),
    ] {
        assert_eq!(
            store.enrol(id, hash, &new, now, &record).await.unwrap(),
            Err(refused)
        );
    }
    assert_eq!(records(&store, tenant).await, before);
    assert_eq!(store.agents(tenant).await.unwrap(), []);

    assert!(
        store
            .enrol(id, hash, &new, at(3599), &record)
            .await
            .unwrap()
            .is_ok()
    );
    for now in [at(3599), at(3601)] {
        let again = store
            .enrol(id, hash, &new_agent(4), now, &record)
            .await
            .unwrap();
        assert_eq!(again, Err(EnrolRefused::Used));
    }
    let wrong = store
        .enrol(id, token(77), &new_agent(4), at(3), &record)
        .await
        .unwrap();
    assert_eq!(
        wrong,
        Err(EnrolRefused::Unknown),
        "who has half a token learns nothing"
    );
    assert_eq!(store.agents(tenant).await.unwrap().len(), 1);
}

pub async fn of_two_that_enrol_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let enrolment = enrolment(tenant, 3);
    give(&store, &enrolment).await;
    let (id, hash) = (enrolment.id, enrolment.hash);
    let answers = at_once(fixture, 16, move |store, turn| async move {
        let new = new_agent(u8::try_from(turn).unwrap());
        store
            .enrol(id, hash, &new, at(1), &audit(tenant, "Agent enrolled"))
            .await
            .unwrap()
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers
            .iter()
            .flat_map(|answer| answer.as_ref().err())
            .all(|refused| { *refused == EnrolRefused::Used })
    );
    assert_eq!(store.agents(tenant).await.unwrap().len(), 1);
}

pub async fn agents_are_listed_oldest_first<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for (number, second) in [(5, 20), (6, 10), (7, 30)] {
        let enrolment = enrolment(tenant, number);
        give(&store, &enrolment).await;
        let record = audit(tenant, "Agent enrolled");
        store
            .enrol(
                enrolment.id,
                enrolment.hash,
                &new_agent(number),
                at(second),
                &record,
            )
            .await
            .unwrap()
            .unwrap();
    }
    let agents = store.agents(tenant).await.unwrap();
    let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
    assert_eq!(ids, [agent_id(6), agent_id(5), agent_id(7)]);
}

pub async fn an_agent_is_seen_with_its_version<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = agent(&store, tenant, 3).await;
    store.agent_seen(id, "0.2.0", at(50)).await.unwrap();
    let seen = store.agent(id).await.unwrap().unwrap();
    assert_eq!(
        (seen.seen_at, seen.version.as_str()),
        (Some(at(50)), "0.2.0")
    );
    store
        .agent_seen(agent_id(99), "0.2.0", at(50))
        .await
        .unwrap();
    assert_eq!(store.agents(tenant).await.unwrap(), [seen]);
}

pub async fn a_revoked_agent_has_no_access<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (revoked, other) = (
        agent(&store, tenant, 3).await,
        agent(&store, tenant, 4).await,
    );
    for (id, hash) in [
        (revoked, token(30)),
        (revoked, token(31)),
        (other, token(40)),
    ] {
        store
            .add_access_token(id, hash, at(900), at(0))
            .await
            .unwrap();
        assert_eq!(
            store
                .agent_by_access_token(hash, at(1))
                .await
                .unwrap()
                .unwrap()
                .id,
            id
        );
    }
    let record = audit(tenant, "Agent revoked");
    assert!(
        !store
            .revoke_agent(tenant, agent_id(99), at(2), &record)
            .await
            .unwrap()
    );
    assert!(
        store
            .revoke_agent(tenant, revoked, at(2), &record)
            .await
            .unwrap()
    );
    for hash in [token(30), token(31)] {
        assert_eq!(
            store.agent_by_access_token(hash, at(3)).await.unwrap(),
            None
        );
    }
    assert!(
        store
            .agent_by_access_token(token(40), at(3))
            .await
            .unwrap()
            .is_some()
    );
    // A token that was being made while the agent was revoked gives no access either.
    store
        .add_access_token(revoked, token(32), at(900), at(3))
        .await
        .unwrap();
    assert_eq!(
        store.agent_by_access_token(token(32), at(3)).await.unwrap(),
        None
    );
    assert_eq!(
        store.agent(revoked).await.unwrap().unwrap().revoked_at,
        Some(at(2))
    );
}

pub async fn revoking_twice_changes_nothing_more<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = agent(&store, tenant, 3).await;
    let record = audit(tenant, "Agent revoked");
    assert!(
        store
            .revoke_agent(tenant, id, at(2), &record)
            .await
            .unwrap()
    );
    let before = records(&store, tenant).await;
    assert!(
        store
            .revoke_agent(tenant, id, at(5), &record)
            .await
            .unwrap()
    );
    assert_eq!(
        store.agent(id).await.unwrap().unwrap().revoked_at,
        Some(at(2))
    );
    assert_eq!(records(&store, tenant).await, before);
}

pub async fn an_assertion_is_spent_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (first, second) = (
        agent(&store, tenant, 3).await,
        agent(&store, tenant, 4).await,
    );
    assert!(
        store
            .spend_assertion(first, token(1), at(60), at(0))
            .await
            .unwrap()
    );
    assert!(
        !store
            .spend_assertion(first, token(1), at(60), at(1))
            .await
            .unwrap()
    );
    assert!(
        !store
            .spend_assertion(first, token(1), at(999), at(60))
            .await
            .unwrap()
    );
    assert!(
        store
            .spend_assertion(first, token(2), at(60), at(1))
            .await
            .unwrap()
    );
    assert!(
        store
            .spend_assertion(second, token(1), at(60), at(1))
            .await
            .unwrap()
    );
    // What expired is forgotten: nobody would take it any more.
    assert!(
        store
            .spend_assertion(first, token(1), at(200), at(61))
            .await
            .unwrap()
    );
}

pub async fn of_two_that_spend_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = agent(&store, tenant, 3).await;
    let answers = at_once(fixture, 16, move |store, _| async move {
        store
            .spend_assertion(id, token(1), at(60), at(0))
            .await
            .unwrap()
    })
    .await;
    assert_eq!(answers.iter().filter(|spent| **spent).count(), 1);
}

pub async fn an_expired_access_token_is_nobodys<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = agent(&store, tenant, 3).await;
    store
        .add_access_token(id, token(30), at(900), at(0))
        .await
        .unwrap();
    assert!(
        store
            .agent_by_access_token(token(30), at(899))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        store
            .agent_by_access_token(token(30), at(900))
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store.agent_by_access_token(token(31), at(1)).await.unwrap(),
        None
    );
    // Another token sweeps the expired one away, and only that.
    store
        .add_access_token(id, token(31), at(2000), at(1000))
        .await
        .unwrap();
    assert_eq!(
        store.agent_by_access_token(token(30), at(1)).await.unwrap(),
        None
    );
    assert!(
        store
            .agent_by_access_token(token(31), at(1001))
            .await
            .unwrap()
            .is_some()
    );
}

fn ticket(number: u64, held: u128, next: u128) -> LinkTicket {
    LinkTicket {
        number,
        held: Uuid::from_u128(held),
        next: Uuid::from_u128(next),
    }
}

pub async fn of_an_agent_and_its_copy_one_gets_a_link<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let (id, stranger) = (agent(&store, mine, 3).await, agent(&store, mine, 4).await);
    let spend = async |id, ticket: Option<LinkTicket>| {
        store
            .spend_link_ticket(mine, id, ticket.as_ref())
            .await
            .unwrap()
    };
    assert!(spend(id, None).await, "it knows of no tickets yet");
    assert!(spend(id, Some(ticket(0, 1, 2))).await);
    assert!(!spend(id, None).await);
    assert!(
        spend(id, Some(ticket(0, 1, 2))).await,
        "the answer was lost"
    );
    assert!(!spend(id, Some(ticket(0, 1, 9))).await);
    assert!(
        spend(id, Some(ticket(1, 2, 3))).await,
        "a refusal changes nothing"
    );
    assert!(spend(stranger, Some(ticket(0, 1, 9))).await);
    let next = ticket(2, 3, 4);
    let elsewhere = store.spend_link_ticket(other, id, Some(&next)).await;
    assert!(!elsewhere.unwrap());
    // Both at once with what they hold in common.
    let answers = at_once(fixture, 16, move |store, turn| async move {
        let own = ticket(2, 3, 100 + u128::from(turn));
        store.spend_link_ticket(mine, id, Some(&own)).await.unwrap()
    })
    .await;
    assert_eq!(answers.iter().filter(|admitted| **admitted).count(), 1);
}

pub async fn a_copy_is_noted_and_revoked_agents_are_known<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let id = agent(&store, mine, 3).await;
    let before = records(&store, mine).await;
    let copied = Copied {
        at: at(7),
        host: "agent2".into(),
    };
    let record = audit(mine, "Agent copied");
    store
        .note_copied(other, id, &copied, &record)
        .await
        .unwrap();
    assert_eq!(store.agent(id).await.unwrap().unwrap().copied, None);
    store.note_copied(mine, id, &copied, &record).await.unwrap();
    assert_eq!(store.agent(id).await.unwrap().unwrap().copied, Some(copied));
    assert_eq!(records(&store, mine).await, before + 1);

    assert_eq!(store.revoked_agents().await.unwrap(), []);
    let record = audit(mine, "Agent revoked");
    store.revoke_agent(mine, id, at(8), &record).await.unwrap();
    assert_eq!(store.revoked_agents().await.unwrap(), [id]);
}
