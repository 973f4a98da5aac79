//! News that people are owed.

use writeback_model::{Cause, Outcome, RequestId, TenantId};
use writeback_wire::Evidence;

use super::{
    Fixture,
    given::{agent_id, at, at_once, audit, kept_request, tenant, with_tenant},
};
use crate::{NewsStore, OwedNews, RequestStore, Store, TokenHash};

fn changed() -> Outcome {
    Outcome::Changed { remarks: vec![] }
}

async fn claimed(store: &impl Store, tenant: TenantId, number: u128) -> RequestId {
    let id = kept_request(store, tenant, number).await.id;
    let claim = store.claim_request(tenant, id, agent_id(1), at(1));
    claim.await.unwrap();
    id
}

async fn doubted(store: &impl Store, tenant: TenantId, number: u128) -> RequestId {
    let id = claimed(store, tenant, number).await;
    let record = audit(tenant, "Request in doubt");
    let doubted = store.doubt_request(tenant, id, at(2), &record);
    assert!(doubted.await.unwrap());
    id
}

async fn finish(
    store: &impl Store,
    tenant: TenantId,
    id: RequestId,
    outcome: &Outcome,
    second: i64,
) -> bool {
    let evidence = Evidence {
        controller: None,
        version_before: None,
        version_after: None,
        directory_ms: None,
        would_be_banned: None,
    };
    let record = audit(tenant, "Request ended");
    store
        .finish_request(tenant, id, outcome, &evidence, at(second), &record)
        .await
        .unwrap()
}

/// What is due at a second, taken up for 100 seconds.
async fn due(store: &impl Store, second: i64) -> Vec<OwedNews> {
    store
        .take_due_news(at(second), at(second + 100), 100)
        .await
        .unwrap()
}

/// Which requests these are about.
fn of(news: &[OwedNews]) -> Vec<RequestId> {
    news.iter().map(|it| it.request).collect()
}

pub async fn what_changed_or_was_in_doubt_is_owed<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let not_changed = Outcome::from(Cause::NotStartedInTime);
    let told = claimed(&store, tenant, 1).await;
    assert!(finish(&store, tenant, told, &changed(), 10).await);
    assert!(!finish(&store, tenant, told, &changed(), 11).await);
    let looks_at_the_page = claimed(&store, tenant, 2).await;
    assert!(finish(&store, tenant, looks_at_the_page, &not_changed, 12).await);
    let waited = doubted(&store, tenant, 3).await;
    assert!(finish(&store, tenant, waited, &not_changed, 13).await);
    let expired = kept_request(&store, tenant, 4).await.id;
    let record = audit(tenant, "Request expired");
    let ended = store.expire_request(tenant, expired, at(14), &record);
    assert!(ended.await.unwrap());

    let owed = |request, was_in_doubt, second| OwedNews {
        tenant,
        request,
        was_in_doubt,
        owed_since: at(second),
        tries: 1,
        taken: vec![],
    };
    let all = [owed(told, false, 10), owed(waited, true, 13)];
    assert_eq!(due(&store, 13).await, all);
}

pub async fn news_that_is_taken_up_is_due_again_later<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let mut all = Vec::new();
    for number in 1..=3 {
        let id = claimed(&store, tenant, number).await;
        assert!(finish(&store, tenant, id, &changed(), 10).await);
        all.push(id);
    }
    assert!(due(&store, 9).await.is_empty());
    let some = store.take_due_news(at(10), at(50), 2).await.unwrap();
    assert_eq!(of(&some), all[..2]);
    let rest = due(&store, 11).await;
    assert_eq!(of(&rest), all[2..]);
    assert!(due(&store, 49).await.is_empty());
    let again = due(&fixture.open().await, 50).await;
    assert_eq!(of(&again), all[..2], "whoever took it up was gone");
    assert!(again.iter().all(|it| it.tries == 2));
}

pub async fn of_many_that_take_up_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = claimed(&store, tenant, 1).await;
    assert!(finish(&store, tenant, id, &changed(), 10).await);
    let took = at_once(fixture, 8, async move |store, _| {
        due(&*store, 10).await.len()
    })
    .await;
    assert_eq!(took.iter().sum::<usize>(), 1);
}

pub async fn letters_that_were_taken_stay_so<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = claimed(&store, tenant, 1).await;
    assert!(finish(&store, tenant, id, &changed(), 10).await);
    let (one, two) = (TokenHash([1; 32]), TokenHash([2; 32]));
    for letter in [two, one, two] {
        let noted = store.note_letter_taken(tenant, id, letter);
        noted.await.unwrap();
    }
    let news = due(&fixture.open().await, 10).await;
    assert_eq!(news[0].taken, [one, two]);
}

pub async fn news_is_put_off_and_settled<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = claimed(&store, tenant, 1).await;
    assert!(finish(&store, tenant, id, &changed(), 10).await);
    assert_eq!(due(&store, 10).await.len(), 1);
    assert!(store.put_off_news(tenant, id, at(20)).await.unwrap());
    assert!(due(&store, 19).await.is_empty());
    assert_eq!(due(&store, 20).await.len(), 1);
    let noted = store.note_letter_taken(tenant, id, TokenHash([1; 32]));
    noted.await.unwrap();
    assert!(store.settle_news(tenant, id).await.unwrap());
    assert!(!store.settle_news(tenant, id).await.unwrap());
    assert!(!store.put_off_news(tenant, id, at(30)).await.unwrap());
    let noted = store.note_letter_taken(tenant, id, TokenHash([2; 32]));
    noted.await.unwrap();
    assert!(due(&store, 9_999).await.is_empty());
}

pub async fn another_tenant_changes_nothing_of_owed_news<F: Fixture>(fixture: &F) {
    let (store, home) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let id = claimed(&store, home, 1).await;
    assert!(finish(&store, home, id, &changed(), 10).await);
    assert!(!store.put_off_news(other, id, at(9_999)).await.unwrap());
    assert!(!store.settle_news(other, id).await.unwrap());
    let noted = store.note_letter_taken(other, id, TokenHash([1; 32]));
    noted.await.unwrap();
    let news = due(&store, 10).await;
    assert_eq!((news.len(), news[0].tenant), (1, home));
    assert!(news[0].taken.is_empty());
}
