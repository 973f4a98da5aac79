//! The promises hold in every state within bounds that take some seconds, and every rule of the
//! protocol is needed for them. `examples/exhaustive.rs` has the larger bounds.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};
use writeback_protocol_model::{Bounds, Broken, P1, P2, P3, Protocol};

/// One fault of some kind, together with another of each kind that it may meet.
const ROUNDS: [(&str, Bounds); 5] = [
    (
        "a frame lost, a link cut",
        Bounds {
            losses: 1,
            cuts: 1,
            ..NONE
        },
    ),
    (
        "an agent killed, a frame doubled",
        Bounds {
            agent_crashes: 1,
            doubles: 1,
            ..NONE
        },
    ),
    (
        "a link cut, an agent killed",
        Bounds {
            cuts: 1,
            agent_crashes: 1,
            ..NONE
        },
    ),
    (
        "the cloud killed, a link cut",
        Bounds {
            cloud_crashes: 1,
            cuts: 1,
            ..NONE
        },
    ),
    (
        "the domain controller and an agent killed",
        Bounds {
            directory_crashes: 1,
            agent_crashes: 1,
            ..NONE
        },
    ),
];

const NONE: Bounds = Bounds {
    losses: 0,
    doubles: 0,
    cuts: 0,
    agent_crashes: 0,
    cloud_crashes: 0,
    directory_crashes: 0,
    others: 0,
};

#[test]
fn every_promise_holds_in_every_state() {
    for (name, bounds) in ROUNDS {
        let model = Protocol {
            bounds,
            broken: None,
        };
        let checker = model
            .checker()
            .finish_when(HasDiscoveries::AnyFailures)
            .threads(2)
            .spawn_bfs()
            .join();
        println!(
            "{name}: {} states, depth {}",
            checker.unique_state_count(),
            checker.max_depth()
        );
        assert!(checker.is_done());
        checker.assert_properties();
    }
}

/// A way to a broken promise when a rule is left out. Within the same bounds the whole protocol
/// has none: [`ROUNDS`] are at least as wide.
fn found(broken: Broken, promise: &'static str, bounds: Bounds) {
    let model = Protocol {
        bounds,
        broken: Some(broken),
    };
    let checker = model
        .checker()
        .finish_when(HasDiscoveries::AllOf(BTreeSet::from([promise])))
        .spawn_bfs()
        .join();
    let path = checker.discovery(promise);
    assert!(path.is_some(), "nobody misses {broken:?}");
    let steps = path.map(|path| path.into_actions()).unwrap_or_default();
    println!("{broken:?} breaks \"{promise}\": {steps:?}");
}

#[test]
fn without_claims_two_agents_execute() {
    found(Broken::SkipClaim, P3, NONE);
    found(Broken::SkipClaim, P2, NONE);
}

#[test]
fn an_intent_noted_after_the_write_is_missing_after_a_crash() {
    found(
        Broken::JournalAfterWrite,
        P2,
        Bounds {
            agent_crashes: 1,
            ..NONE
        },
    );
}

#[test]
fn an_intent_that_is_not_synced_is_missing_after_a_crash() {
    found(
        Broken::JournalNotSynced,
        P2,
        Bounds {
            agent_crashes: 1,
            ..NONE
        },
    );
}

#[test]
fn by_the_agents_clock_a_write_comes_after_it_was_said_not_to() {
    found(Broken::AgentsClock, P2, NONE);
}

#[test]
fn a_retry_on_another_agent_after_a_claim_executes_twice() {
    found(Broken::RetryAfterClaim, P3, NONE);
}

#[test]
fn an_agent_that_begins_again_is_caught_by_a_doubled_frame() {
    found(Broken::BeginAgain, P3, Bounds { doubles: 1, ..NONE });
}

#[test]
fn another_agent_has_to_wait_until_the_claimant_cannot_write() {
    found(Broken::SettleTooEarly, P2, NONE);
}

#[test]
fn an_outcome_forgotten_before_it_is_recorded_turns_into_the_opposite() {
    found(Broken::PruneUnrecorded, P2, Bounds { cuts: 1, ..NONE });
}

/// What the directory's receipt cannot tell: one write by somebody else, on the same domain
/// controller and within the same seconds, looks like the one that never arrived.
#[test]
fn somebody_elses_write_at_the_same_time_is_beyond_the_receipt() {
    let model = Protocol {
        bounds: Bounds { others: 1, ..NONE },
        broken: None,
    };
    let checker = model.checker().threads(2).spawn_bfs().join();
    assert!(checker.discovery(P1).is_some());
    assert!(checker.discovery(P3).is_none());
}
