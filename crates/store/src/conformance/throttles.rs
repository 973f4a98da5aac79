//! Counting.

use jiff::SignedDuration;
use proptest::{
    collection::vec,
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use writeback_model::TenantId;

use super::{
    Fixture,
    given::{at, at_once, audit, records, with_tenant},
};
use crate::{Store, ThrottleAnswer, ThrottleRule, ThrottleStore};

/// Three times in 100 seconds; once more, and blocked for 50.
const RULE: ThrottleRule = ThrottleRule {
    name: "attempts",
    limit: 3,
    window: SignedDuration::from_secs(100),
    block: SignedDuration::from_secs(50),
};

const fn blocked_until(second: i64) -> Result<(), i64> {
    Err(second)
}

/// Counts at a second, and gives until which second it is blocked otherwise.
async fn count(
    store: &impl Store,
    tenant: TenantId,
    rule: &ThrottleRule,
    key: &str,
    second: i64,
) -> Result<(), i64> {
    match store
        .count(tenant, rule, key, at(second), &audit(tenant, "Blocked"))
        .await
        .unwrap()
    {
        ThrottleAnswer::Allowed => Ok(()),
        ThrottleAnswer::Blocked { until } => Err(until.duration_since(at(0)).as_secs()),
    }
}

pub async fn no_more_than_the_limit_in_a_window<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for second in [0, 0, 10] {
        assert_eq!(count(&store, tenant, &RULE, "k", second).await, Ok(()));
    }
    assert_eq!(
        count(&store, tenant, &RULE, "k", 20).await,
        blocked_until(70)
    );
    let never = ThrottleRule {
        name: "never",
        limit: 0,
        ..RULE
    };
    assert_eq!(
        count(&store, tenant, &never, "k", 0).await,
        blocked_until(50)
    );
}

pub async fn the_window_slides<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for second in [0, 60, 90] {
        assert_eq!(count(&store, tenant, &RULE, "k", second).await, Ok(()));
    }
    // The first is a window ago; then the three since 60 fill any span up to 160.
    assert_eq!(count(&store, tenant, &RULE, "k", 100).await, Ok(()));
    assert_eq!(
        count(&store, tenant, &RULE, "k", 101).await,
        blocked_until(151)
    );
    assert_eq!(
        count(&store, tenant, &RULE, "k", 151).await,
        blocked_until(201)
    );
    assert_eq!(count(&store, tenant, &RULE, "k", 201).await, Ok(()));
}

pub async fn a_block_holds_and_then_ends<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    // A block that is longer than the window.
    let rule = ThrottleRule {
        block: SignedDuration::from_secs(1000),
        ..RULE
    };
    for _ in 0..3 {
        assert_eq!(count(&store, tenant, &rule, "k", 0).await, Ok(()));
    }
    assert_eq!(
        count(&store, tenant, &rule, "k", 1).await,
        blocked_until(1001)
    );
    for second in [2, 500, 1000] {
        assert_eq!(
            count(&store, tenant, &rule, "k", second).await,
            blocked_until(1001)
        );
    }
    for _ in 0..3 {
        assert_eq!(count(&store, tenant, &rule, "k", 1001).await, Ok(()));
    }
    assert_eq!(
        count(&store, tenant, &rule, "k", 1001).await,
        blocked_until(2001)
    );
}

pub async fn a_blocked_event_is_not_counted<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for _ in 0..3 {
        assert_eq!(count(&store, tenant, &RULE, "k", 0).await, Ok(()));
    }
    for second in [50, 60, 99] {
        assert_eq!(
            count(&store, tenant, &RULE, "k", second).await,
            blocked_until(100)
        );
    }
    for _ in 0..3 {
        assert_eq!(count(&store, tenant, &RULE, "k", 100).await, Ok(()));
    }
}

pub async fn keys_and_rules_are_counted_apart<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for _ in 0..4 {
        let _ = count(&store, tenant, &RULE, "k", 0).await;
    }
    assert_eq!(
        count(&store, tenant, &RULE, "k", 1).await,
        blocked_until(50)
    );
    assert_eq!(count(&store, tenant, &RULE, "K", 1).await, Ok(()));
    assert_eq!(count(&store, tenant, &RULE, "", 1).await, Ok(()));
    let other = ThrottleRule {
        name: "codes",
        ..RULE
    };
    assert_eq!(count(&store, tenant, &other, "k", 1).await, Ok(()));
    // Another rule with a short window forgets nothing of this one.
    let short = ThrottleRule {
        name: "short",
        window: SignedDuration::from_secs(1),
        ..RULE
    };
    assert_eq!(count(&store, tenant, &short, "k", 40).await, Ok(()));
    assert_eq!(
        count(&store, tenant, &RULE, "k", 50).await,
        blocked_until(100)
    );
}

pub async fn what_is_forgiven_is_forgotten<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for key in ["k", "other"] {
        for _ in 0..4 {
            let _ = count(&store, tenant, &RULE, key, 0).await;
        }
    }
    store.forgive(tenant, &RULE, "k").await.unwrap();
    store.forgive(tenant, &RULE, "never counted").await.unwrap();
    for _ in 0..3 {
        assert_eq!(count(&store, tenant, &RULE, "k", 1).await, Ok(()));
    }
    assert_eq!(
        count(&store, tenant, &RULE, "k", 1).await,
        blocked_until(51)
    );
    assert_eq!(
        count(&store, tenant, &RULE, "other", 1).await,
        blocked_until(50)
    );
}

pub async fn a_clock_that_is_set_back_frees_nobody_and_jails_nobody<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for _ in 0..3 {
        assert_eq!(count(&store, tenant, &RULE, "k", 5_000).await, Ok(()));
        assert_eq!(count(&store, tenant, &RULE, "free", 5_000).await, Ok(()));
    }
    let blocked = count(&store, tenant, &RULE, "k", 5_001).await;
    assert_eq!(blocked, blocked_until(5_051));

    // An hour and more back: blocked as if it began now, and counted as of now.
    for key in ["k", "free"] {
        let blocked = count(&store, tenant, &RULE, key, 100).await;
        assert_eq!(blocked, blocked_until(150), "{key}");
    }
    for key in ["k", "free"] {
        assert_eq!(count(&store, tenant, &RULE, key, 200).await, Ok(()));
    }
}

/// What the documentation says, counted with a list.
#[derive(Default)]
struct Model {
    events: Vec<i64>,
    until: i64,
}

impl Model {
    fn count(&mut self, rule: &ThrottleRule, now: i64) -> Result<(), i64> {
        if now < self.until {
            return Err(self.until);
        }
        self.events.retain(|at| *at > now - rule.window.as_secs());
        if self.events.len() < rule.limit as usize {
            self.events.push(now);
            return Ok(());
        }
        self.until = now + rule.block.as_secs();
        Err(self.until)
    }
}

pub async fn any_run_of_counts_is_as_a_simple_model_says<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let mut runner = TestRunner::deterministic();
    let runs = vec((0..60_i64, 0..2_usize), 0..60);
    for number in 0..20 {
        let run = runs.new_tree(&mut runner).unwrap().current();
        let mut models = [Model::default(), Model::default()];
        let mut now = 0;
        for (pause, key) in run {
            now += pause;
            let counted = count(&store, tenant, &RULE, &format!("{number} {key}"), now).await;
            assert_eq!(
                counted,
                models[key].count(&RULE, now),
                "run {number} at {now}"
            );
        }
        // The next run's clock begins anew, and its rule forgets nothing by that.
        for key in ["0", "1"] {
            let key = format!("{number} {key}");
            store.forgive(tenant, &RULE, &key).await.unwrap();
        }
    }
}

pub async fn many_at_once_are_no_more_than_the_limit<F: Fixture>(fixture: &F) {
    let (_store, tenant) = with_tenant(fixture).await;
    let rule = ThrottleRule { limit: 17, ..RULE };
    let answers = at_once(fixture, 200, move |store, turn| async move {
        count(&*store, tenant, &rule, "k", i64::from(turn % 10)).await
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 17);
}

pub async fn a_count_outlives_its_program<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    for _ in 0..2 {
        assert_eq!(count(&store, tenant, &RULE, "k", 0).await, Ok(()));
    }
    drop(store);
    let store = fixture.open().await;
    assert_eq!(count(&store, tenant, &RULE, "k", 1).await, Ok(()));
    assert_eq!(
        count(&store, tenant, &RULE, "k", 2).await,
        blocked_until(52)
    );
    drop(store);
    let store = fixture.open().await;
    assert_eq!(
        count(&store, tenant, &RULE, "k", 51).await,
        blocked_until(52)
    );
    drop(store);
    // And many more over the opened handles of two replicas.
    let answers = at_once(fixture, 200, move |store, _| async move {
        count(&*store, tenant, &RULE, "k", 99).await
    })
    .await;
    assert!(answers.iter().all(Result::is_err));
}

/// Any limit, asked by 200 tasks at once, then by 200 more after all handles were closed and
/// opened anew, and again when the block is over.
pub async fn many_at_once_are_no_more_than_the_limit_over_a_restart<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    drop(store);
    let mut runner = TestRunner::deterministic();
    for number in 0..6 {
        let (limit, first) = (1..=250_u32, 1..=200_u32)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let rule = ThrottleRule { limit, ..RULE };
        let try_at = async |times, second| {
            let answers = at_once(fixture, times, move |store, _| async move {
                count(&*store, tenant, &rule, &number.to_string(), second).await
            })
            .await;
            u32::try_from(answers.iter().filter(|answer| answer.is_ok()).count()).unwrap()
        };
        let before = try_at(first, 0).await;
        assert_eq!(
            before,
            first.min(limit),
            "{first} tries at a limit of {limit}"
        );
        let left = limit - before;
        let after = try_at(200, 1).await;
        assert_eq!(after, left.min(200), "after {before} at a limit of {limit}");
        // Past the window and any block.
        assert_eq!(try_at(200, 200).await, limit.min(200));
        let forgetting = fixture.open().await;
        let key = number.to_string();
        forgetting.forgive(tenant, &rule, &key).await.unwrap();
    }
}

pub async fn the_beginning_of_a_block_is_recorded_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let before = records(&store, tenant).await;
    for second in [0, 0, 0, 0, 1, 2] {
        let _ = count(&store, tenant, &RULE, "k", second).await;
    }
    assert_eq!(records(&store, tenant).await, before + 1);
    // Over, and once more.
    for second in [200, 200, 200, 200, 201] {
        let _ = count(&store, tenant, &RULE, "k", second).await;
    }
    assert_eq!(records(&store, tenant).await, before + 2);
}
