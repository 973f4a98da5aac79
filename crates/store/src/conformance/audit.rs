//! The audit trail.

use writeback_audit::{Chain, ChainCheck, Checkpoint, Kept, Place, Purpose, SigningKey, Start};
use writeback_model::{Entropy, TenantId, UserId};

use super::{
    Fixture,
    given::{agent_id, at, at_once, audit, kept_request, records, tenant, uuid, with_tenant},
};
use crate::{
    Actor, AuditFilter, AuditRecord, AuditStore, KeptLine, KnownChain, RequestStore, Store,
};

pub async fn a_line_has_its_fields<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let full = AuditRecord {
        tenant: Some(tenant),
        at: at(5),
        actor: Actor::Person(Some(UserId::from_uuid(uuid(7)))),
        activity: "Reset password (self-service)",
        user: Some(UserId::from_uuid(uuid(7))),
        correlation: Some(uuid(8)),
        address: Some("203.0.113.9".to_owned()),
        result: "password-in-history".to_owned(),
        detail: "said \"no\"\n".to_owned(),
    };
    store.audit(&full).await.unwrap();
    let lines = store.last_audit_lines(tenant, 1).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    let mut names: Vec<&str> = line
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "activity",
            "actor",
            "address",
            "at",
            "correlation",
            "detail",
            "result",
            "seq",
            "tenant",
            "user"
        ]
    );
    assert_eq!(line["at"], at(5).to_string());
    assert_eq!(line["tenant"], tenant.to_string());
    assert_eq!(line["actor"], serde_json::to_value(full.actor).unwrap());
    assert_eq!(line["activity"], full.activity);
    assert_eq!(line["user"], uuid(7).to_string());
    assert_eq!(line["correlation"], uuid(8).to_string());
    assert_eq!(line["address"], "203.0.113.9");
    assert_eq!(line["result"], "password-in-history");
    assert_eq!(line["detail"], "said \"no\"\n");
    assert!(!lines[0].contains('\n'), "one line");
}

pub async fn lines_come_newest_first_and_no_more_than_asked_for<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let actors = [
        Actor::Person(None),
        Actor::Agent(agent_id(1)),
        Actor::Operator,
        Actor::Cloud,
    ];
    for (number, actor) in actors.into_iter().enumerate() {
        let detail = number.to_string();
        // The order is that of keeping, whatever the clocks of the replicas say.
        let at = at(-i64::try_from(number).unwrap());
        let record = AuditRecord {
            actor,
            detail,
            at,
            ..audit(tenant, "Something")
        };
        store.audit(&record).await.unwrap();
    }
    let nobodys = AuditRecord {
        tenant: None,
        ..audit(tenant, "Started")
    };
    store.audit(&nobodys).await.unwrap();

    let lines: Vec<serde_json::Value> = store
        .last_audit_lines(tenant, 3)
        .await
        .unwrap()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let details: Vec<_> = lines
        .iter()
        .map(|line| line["detail"].as_str().unwrap())
        .collect();
    assert_eq!(details, ["3", "2", "1"]);
    let numbers: Vec<_> = lines
        .iter()
        .map(|line| line["seq"].as_i64().unwrap())
        .collect();
    assert!(numbers[0] > numbers[1] && numbers[1] > numbers[2]);
    assert_eq!(store.last_audit_lines(tenant, 0).await.unwrap().len(), 0);
}

pub async fn a_change_that_fails_leaves_no_record<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let request = kept_request(&store, tenant, 10).await;
    let before = records(&store, tenant).await;
    let again = store
        .add_request(&request, &audit(tenant, "Request made"))
        .await;
    assert!(again.is_err(), "an identifier is given once");
    assert_eq!(records(&store, tenant).await, before);
}

/// A chain's records, in pages of three.
async fn chain(store: &impl Store, chain: Chain) -> Vec<Kept<'static>> {
    let (mut kept, mut after) = (Vec::new(), 0);
    loop {
        let page = store.audit_lines(chain, after, 3).await.unwrap();
        let Some(last) = page.last() else {
            return kept;
        };
        after = last.seq();
        for line in page {
            match line {
                KeptLine::Record(record) => kept.push(*record),
                KeptLine::Unreadable { column, .. } => panic!("{column}"),
            }
        }
    }
}

/// Reads a whole chain, which must be whole, and gives its last place.
async fn whole(store: &impl Store, of: Chain, start: Start) -> Place {
    let mut check = ChainCheck::new(of, start);
    for kept in chain(store, of).await {
        check.line(&kept).unwrap();
    }
    let last = check.end().unwrap().last;
    assert_eq!(store.audit_head(of).await.unwrap(), Some(last));
    last
}

fn nobodys(detail: &str) -> AuditRecord {
    AuditRecord {
        tenant: None,
        detail: detail.to_owned(),
        ..audit(TenantId::from_uuid(uuid(1)), "Started")
    }
}

pub async fn every_record_has_the_next_place_in_its_chain<F: Fixture>(fixture: &F) {
    let store = fixture.open().await;
    assert_eq!(store.audit_chains().await.unwrap(), []);
    assert_eq!(store.audit_head(None).await.unwrap(), None);
    let (one, two) = (tenant(&store, 1).await, tenant(&store, 2).await);
    for number in 0_u8..5 {
        let text = number.to_string();
        store.audit(&nobodys(&text)).await.unwrap();
        store.audit(&audit(one, "Something")).await.unwrap();
    }
    let chains = [None, Some(one), Some(two)];
    let known = store.audit_chains().await.unwrap();
    assert_eq!(known, chains.map(KnownChain::Of));
    // Each tenant's first record is that of its making.
    for (of, records) in chains.into_iter().zip([5, 6, 1]) {
        assert_eq!(whole(&store, of, Start::Beginning).await.number, records);
    }
    let (last, given) = store.audit_extent().await.unwrap();
    assert_eq!((last, given), (12, 12));
}

pub async fn records_that_many_keep_at_once_are_one_chain<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    at_once(fixture, 40, |store, turn| async move {
        let record = AuditRecord {
            detail: turn.to_string(),
            ..audit(tenant, "Something")
        };
        store.audit(&record).await.unwrap();
    })
    .await;
    let last = whole(&store, Some(tenant), Start::Beginning).await;
    assert_eq!(last.number, 41);
}

pub async fn records_are_found_by_what_is_known_of_them<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let user = UserId::from_uuid(uuid(7));
    let by_them = AuditRecord {
        actor: Actor::User(user),
        at: at(2),
        ..audit(tenant, "Second")
    };
    let about_them = AuditRecord {
        user: Some(user),
        at: at(3),
        ..audit(tenant, "Third")
    };
    store.audit(&by_them).await.unwrap();
    store.audit(&about_them).await.unwrap();
    store.audit(&nobodys("")).await.unwrap();
    let find = async |filter: AuditFilter, limit| {
        let found = store.find_audit(Some(tenant), &filter, limit).await;
        found
            .unwrap()
            .into_iter()
            .map(|line| match line {
                KeptLine::Record(kept) => kept.record.activity.into_owned(),
                KeptLine::Unreadable { column, .. } => panic!("{column}"),
            })
            .collect::<Vec<_>>()
    };
    let all = AuditFilter::default();
    assert_eq!(
        find(all.clone(), 9).await,
        ["Third", "Second", "Tenant created"]
    );
    assert_eq!(find(all.clone(), 1).await, ["Third"]);
    let of_user = AuditFilter {
        user: Some(user),
        ..all.clone()
    };
    assert_eq!(find(of_user, 9).await, ["Third", "Second"]);
    let of_activity = AuditFilter {
        activity: Some("Second".to_owned()),
        ..all.clone()
    };
    assert_eq!(find(of_activity, 9).await, ["Second"]);
    let between = AuditFilter {
        since: Some(at(2)),
        until: Some(at(3)),
        ..all.clone()
    };
    assert_eq!(find(between, 9).await, ["Second"]);
    let seq = chain(&store, Some(tenant)).await[2].record.seq;
    let before = AuditFilter {
        before: Some(seq),
        ..all
    };
    assert_eq!(find(before, 9).await, ["Second", "Tenant created"]);
}

/// The same bytes every time: a test's key is no secret.
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

async fn signed(store: &impl Store, of: Chain, purpose: Purpose, second: i64) -> Checkpoint {
    let key = SigningKey::draw(&Sevens).unwrap();
    let place = store.audit_head(of).await.unwrap().unwrap();
    Checkpoint::sign(purpose, of, place, at(second), &key)
}

pub async fn checkpoints_come_back_as_they_were_signed<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    store.audit(&nobodys("")).await.unwrap();
    for of in [None, Some(tenant)] {
        assert_eq!(store.audit_checkpoints(of).await.unwrap(), []);
        let checkpoint = signed(&store, of, Purpose::Checkpoint, 4).await;
        store.add_audit_checkpoint(&checkpoint).await.unwrap();
        let kept = store.audit_checkpoints(of).await.unwrap();
        assert_eq!(kept, std::slice::from_ref(&checkpoint));
        assert!(kept[0].check(&[checkpoint.key]).is_ok());
    }
}

pub async fn old_records_go_with_a_signed_mark<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let of = Some(tenant);
    let first = signed(&store, of, Purpose::Checkpoint, 0).await;
    store.add_audit_checkpoint(&first).await.unwrap();
    // The clock was set back after the fourth record: the fifth one stays with the fourth.
    for second in [10, 20, 30, 5, 40] {
        let record = AuditRecord {
            at: at(second),
            ..audit(tenant, "Something")
        };
        store.audit(&record).await.unwrap();
    }
    store.audit(&nobodys("")).await.unwrap();
    assert_eq!(store.audit_older_than(of, at(0)).await.unwrap(), None);
    let all = chain(&store, of).await;
    let place = store.audit_older_than(of, at(30)).await.unwrap().unwrap();
    assert_eq!((place.number, place.seq), (3, all[2].record.seq));
    assert_eq!(Some(place.hash), all[2].hash);
    let youngest = store.audit_older_than(of, at(99)).await.unwrap();
    assert_eq!(youngest, store.audit_head(of).await.unwrap());

    let key = SigningKey::draw(&Sevens).unwrap();
    let mark = Checkpoint::sign(Purpose::Pruned, of, place, at(50), &key);
    let record = audit(tenant, "Audit trail pruned");
    assert_eq!(store.prune_audit(&mark, &record).await.unwrap(), 3);
    let last = whole(&store, of, Start::After(place)).await;
    assert_eq!(last.number, 7, "the record of it follows the last one");
    let kept = store.audit_checkpoints(of).await.unwrap();
    assert_eq!(kept, std::slice::from_ref(&mark));
    assert_eq!(chain(&store, None).await.len(), 1, "nobody else's went");

    // All of them, and numbers go on.
    let place = store.audit_head(of).await.unwrap().unwrap();
    let mark = Checkpoint::sign(Purpose::Pruned, of, place, at(60), &key);
    assert_eq!(store.prune_audit(&mark, &record).await.unwrap(), 4);
    let last = whole(&store, of, Start::After(place)).await;
    assert_eq!(last.number, 8);
}
