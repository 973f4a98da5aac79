//! Two machines with one agent's keys, and an agent that is revoked.

use std::time::{Duration, Instant};

use uuid::Uuid;
use writeback_model::{Clock, RequestId};
use writeback_store::AgentStore;
use writeback_wire::{Hello, LinkTicket, ToAgent, ToCloud};

use crate::setting::{Agent, Link, Setting, hello, record};

fn ticket(number: u64, held: u128, next: u128) -> Option<LinkTicket> {
    Some(LinkTicket {
        number,
        held: Uuid::from_u128(held),
        next: Uuid::from_u128(next),
    })
}

fn shows(agent: &Agent, ticket: Option<LinkTicket>) -> Hello {
    Hello {
        host: "elsewhere".into(),
        ticket,
        ..hello(agent)
    }
}

async fn call(setting: &Setting, agent: &Agent, ticket: Option<LinkTicket>) -> Link {
    let mut link = setting.bare_link(agent).await;
    link.send(&ToCloud::Hello(shows(agent, ticket))).await;
    link
}

/// Answers pings until that frame comes.
async fn is_told(link: &mut Link) -> String {
    loop {
        match link.next().await {
            Some(ToAgent::Copied { host }) => return host,
            Some(_) => {}
            None => panic!("the standing link was closed"),
        }
    }
}

#[tokio::test]
async fn while_an_agent_answers_a_second_one_is_sent_away_and_both_are_told() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut standing = call(&setting, &agent, ticket(0, 1, 2)).await;
    assert!(matches!(
        standing.next().await,
        Some(ToAgent::Welcome { .. })
    ));
    // The copy was made since: it shows what the standing one would show next.
    let mut copy = call(&setting, &agent, ticket(1, 2, 30)).await;
    let (host, why) = tokio::join!(is_told(&mut standing), copy.closing_reason());
    assert_eq!(host, "elsewhere");
    assert!(why.contains("copied"), "{why}");
    let known = setting.store.agent(agent.id).await.unwrap().unwrap();
    assert_eq!(known.copied.unwrap().host, "elsewhere");

    // The standing one draws a new ticket; now the copy has lost for good, whoever is there.
    let renewed = ticket(1, 2, 3).unwrap();
    standing.send(&ToCloud::Ticket(renewed)).await;
    let marker = RequestId::from_uuid(Uuid::from_u128(9));
    standing.send(&ToCloud::Claim { request: marker }).await;
    while !matches!(standing.next().await, Some(ToAgent::Deny { .. })) {}
    drop(standing);
    let mut copy = call(&setting, &agent, ticket(1, 2, 30)).await;
    assert!(copy.closing_reason().await.contains("copied"));
    // The agent itself comes back, and is told again.
    let mut back = call(&setting, &agent, ticket(1, 2, 3)).await;
    assert!(matches!(back.next().await, Some(ToAgent::Welcome { .. })));
    assert_eq!(is_told(&mut back).await, "elsewhere");
}

#[tokio::test]
async fn a_half_open_link_keeps_nobody_out() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    // Nobody reads this one: no ping is answered.
    let mut dead = call(&setting, &agent, ticket(0, 1, 2)).await;
    assert!(matches!(dead.next().await, Some(ToAgent::Welcome { .. })));
    let mut back = call(&setting, &agent, ticket(1, 2, 3)).await;
    assert!(matches!(back.next().await, Some(ToAgent::Welcome { .. })));
    let known = setting.store.agent(agent.id).await.unwrap().unwrap();
    assert_eq!(known.copied, None);
}

#[tokio::test]
async fn a_state_that_was_restored_gets_no_link() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    for number in 0..3_u64 {
        let held = u128::from(number) + 1;
        let mut link = call(&setting, &agent, ticket(number, held, held + 1)).await;
        assert!(matches!(link.next().await, Some(ToAgent::Welcome { .. })));
    }
    let mut old = call(&setting, &agent, ticket(1, 2, 40)).await;
    assert!(old.closing_reason().await.contains("restored"));
}

#[tokio::test]
async fn a_revoked_agents_link_is_closed_within_a_second() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let mut link = setting.link(&agent).await;
    let now = setting.clock.now();
    let record = record(agent.tenant, now);
    setting
        .store
        .revoke_agent(agent.tenant, agent.id, now, &record)
        .await
        .unwrap();
    let revoked = Instant::now();
    // Also one that is never silent: every answer would put the next look off.
    let busy = async {
        loop {
            let request = RequestId::from_uuid(Uuid::from_u128(9));
            link.send(&ToCloud::Claim { request }).await;
            if link.next().await.is_none() {
                return revoked.elapsed();
            }
        }
    };
    let closed_after = busy.await;
    assert!(closed_after < Duration::from_secs(1), "{closed_after:?}");
    assert!(
        setting
            .buy_token(&setting.assertion(&agent, |_| {}))
            .await
            .is_err()
    );
}
