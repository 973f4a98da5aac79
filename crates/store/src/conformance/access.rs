//! Reset policies, writeback's switches and rolled keys.

use writeback_model::KeyId;
use writeback_policy::access::{GroupEntry, ResetPolicy, Scope};

use super::{
    Fixture,
    given::{agent, agent_id, at, at_once, audit, corp, lake, records, uuid, with_tenant},
};
use crate::{
    AgentStore, KeyRoll, ResetPolicyStore, Switch, ThrottleRule, ThrottleStore, Writeback,
    WritebackStore,
};

pub async fn a_policy_is_the_default_until_it_is_set<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(
        store.reset_policy(tenant).await.unwrap(),
        ResetPolicy::default()
    );
    let before = records(&store, tenant).await;
    let mut policy = ResetPolicy {
        scope: Scope::Selected,
        groups: vec![GroupEntry {
            group: "Büro 🙂".to_owned(),
            gates: Some(2),
            ..GroupEntry::default()
        }],
        ..ResetPolicy::default()
    };
    for note in [None, Some("Ask Ann.".to_owned())] {
        policy.default_entry.note = note;
        let record = audit(tenant, "Reset policy set");
        store
            .set_reset_policy(tenant, &policy, &record)
            .await
            .unwrap();
        // By any handle: another process's is in force at once.
        let other = fixture.open().await;
        assert_eq!(other.reset_policy(tenant).await.unwrap(), policy);
    }
    assert_eq!(records(&store, tenant).await, before + 2);
}

pub async fn writeback_is_on_until_it_is_switched<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let writeback = store.writeback(tenant).await.unwrap();
    assert_eq!(writeback, Writeback::default());
    assert!(writeback.is_on(&corp()));
    let record = audit(tenant, "Writeback switched");
    let before = records(&store, tenant).await;

    // As it is: nothing happens.
    for forest in [None, Some(&corp())] {
        let switched = store
            .switch_writeback(tenant, forest, true, at(1), &record)
            .await;
        assert!(!switched.unwrap());
    }
    assert_eq!(records(&store, tenant).await, before);

    let (none, corp, lake) = (None, corp(), lake());
    let off = store
        .switch_writeback(tenant, Some(&corp), false, at(2), &record)
        .await;
    assert!(off.unwrap());
    let off = store
        .switch_writeback(tenant, Some(&corp), false, at(3), &record)
        .await;
    assert!(!off.unwrap());
    let writeback = fixture.open().await.writeback(tenant).await.unwrap();
    let switch = Switch {
        is_on: false,
        changed_at: Some(at(2)),
    };
    assert_eq!(writeback.forest(&corp), switch);
    assert!(!writeback.is_on(&corp) && writeback.is_on(&lake));

    let off = store
        .switch_writeback(tenant, none, false, at(4), &record)
        .await;
    assert!(off.unwrap());
    let on = store
        .switch_writeback(tenant, Some(&corp), true, at(5), &record)
        .await;
    assert!(on.unwrap());
    let writeback = store.writeback(tenant).await.unwrap();
    assert!(writeback.forest(&corp).is_on && !writeback.is_on(&corp) && !writeback.is_on(&lake));
    let on = store
        .switch_writeback(tenant, none, true, at(6), &record)
        .await;
    assert!(on.unwrap());
    assert!(store.writeback(tenant).await.unwrap().is_on(&corp));
    assert_eq!(records(&store, tenant).await, before + 4);
}

pub async fn of_many_that_switch_at_once_one_does<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let before = records(&store, tenant).await;
    let switched = at_once(fixture, 8, move |store, _| async move {
        let record = audit(tenant, "Writeback switched");
        store
            .switch_writeback(tenant, None, false, at(1), &record)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(switched.into_iter().filter(|it| *it).count(), 1);
    assert_eq!(records(&store, tenant).await, before + 1);
}

pub async fn switching_on_wants_every_key_rolled<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for number in [1, 2, 3] {
        agent(&store, tenant, number).await;
    }
    let record = audit(tenant, "Something");
    store
        .revoke_agent(tenant, agent_id(3), at(0), &record)
        .await
        .unwrap();
    let key = KeyId::from_uuid(uuid(70));
    let early = store
        .key_rolled(tenant, agent_id(1), key, at(1), &record)
        .await;
    assert!(!early.unwrap(), "none was wanted");

    store
        .switch_writeback(tenant, Some(&corp()), false, at(1), &record)
        .await
        .unwrap();
    assert_eq!(store.key_rolls(tenant).await.unwrap(), []);
    store
        .switch_writeback(tenant, Some(&corp()), true, at(2), &record)
        .await
        .unwrap();
    let wanted = |number, second| KeyRoll {
        agent: agent_id(number),
        wanted_at: at(second),
        rolled: None,
    };
    assert_eq!(
        store.key_rolls(tenant).await.unwrap(),
        [wanted(1, 2), wanted(2, 2)],
        "not of a revoked agent"
    );

    let before = records(&store, tenant).await;
    for (is_first, key) in [(true, key), (false, KeyId::from_uuid(uuid(71)))] {
        let noted = store
            .key_rolled(tenant, agent_id(1), key, at(3), &record)
            .await;
        assert_eq!(noted.unwrap(), is_first);
    }
    assert_eq!(records(&store, tenant).await, before + 1);
    let rolled = KeyRoll {
        rolled: Some((key, at(3))),
        ..wanted(1, 2)
    };
    assert_eq!(
        store.key_rolls(tenant).await.unwrap(),
        [rolled, wanted(2, 2)]
    );

    // Once more: wanted again of both.
    for (is_on, second) in [(false, 4), (true, 5)] {
        store
            .switch_writeback(tenant, None, is_on, at(second), &record)
            .await
            .unwrap();
    }
    assert_eq!(
        store.key_rolls(tenant).await.unwrap(),
        [wanted(1, 5), wanted(2, 5)]
    );
}

pub async fn whether_a_key_is_blocked_can_be_asked_without_counting<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let rule = ThrottleRule {
        name: "attempts",
        limit: 1,
        window: jiff::SignedDuration::from_secs(100),
        block: jiff::SignedDuration::from_secs(50),
    };
    let asked = |second| store.blocked_until(tenant, rule.name, "k", at(second));
    for _ in 0..3 {
        assert_eq!(asked(0).await.unwrap(), None);
    }
    store
        .count(tenant, &rule, "k", at(0), &audit(tenant, "Blocked"))
        .await
        .unwrap();
    assert_eq!(asked(0).await.unwrap(), None, "used up, and not passed");
    store
        .count(tenant, &rule, "k", at(0), &audit(tenant, "Blocked"))
        .await
        .unwrap();
    assert_eq!(asked(1).await.unwrap(), Some(at(50)));
    let other = store.blocked_until(tenant, rule.name, "other", at(1)).await;
    assert_eq!(other.unwrap(), None);
    assert_eq!(asked(50).await.unwrap(), None, "over");
}
