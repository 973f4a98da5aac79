use writeback_sync::Counts;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn id(number: u128) -> RunId {
    RunId::from_uuid(uuid::Uuid::from_u128(number))
}

fn cycle() -> Follow {
    Follow::new(WantedCycle {
        cycle: id(1),
        forest: "corp.test".parse().unwrap(),
        profiles: vec![Profile::DeltaImport, Profile::DeltaSync],
        by: "operator root".to_owned(),
        at: at(0),
    })
}

fn run(number: u128, profile: Profile, result: RunResult) -> Run {
    Run {
        id: id(number),
        cycle: id(1),
        forest: "corp.test".parse().unwrap(),
        profile,
        started_by: "operator root".to_owned(),
        agent: None,
        controllers: vec![],
        began_at: at(0),
        progress_at: at(0),
        ended_at: (result != RunResult::Running).then(|| at(1)),
        result,
        counts: Counts::default(),
        expected: None,
        detail: String::new(),
    }
}

fn seen(runs: &[Run]) -> Seen {
    Seen {
        wish_waits: false,
        runs: runs.to_vec(),
        running: runs
            .iter()
            .filter(|run| run.result == RunResult::Running)
            .cloned()
            .collect(),
    }
}

fn outcome(runs: &[Run]) -> Option<Outcome> {
    cycle().look(&seen(runs), at(1)).1
}

#[test]
fn each_run_is_said_once_when_it_begins_and_once_when_it_ends() {
    let mut cycle = cycle();
    let going = run(2, Profile::DeltaImport, RunResult::Running);
    let done = run(2, Profile::DeltaImport, RunResult::Success);
    let (words, _) = cycle.look(&seen(std::slice::from_ref(&going)), at(0));
    assert_eq!(
        words,
        [Word::Begins(going.clone()), Word::Goes(going.clone())]
    );
    let (words, _) = cycle.look(&seen(std::slice::from_ref(&going)), at(0));
    assert_eq!(words, [Word::Goes(going)]);
    let (words, _) = cycle.look(&seen(std::slice::from_ref(&done)), at(1));
    assert_eq!(words, [Word::Ended(done.clone())]);
    let (words, outcome) = cycle.look(&seen(&[done]), at(1));
    assert_eq!((words, outcome), (vec![], None));
}

#[test]
fn a_cycle_ends_with_its_last_profile_or_with_a_failure() {
    let import = run(2, Profile::DeltaImport, RunResult::CompletedWithProblems);
    let sync = run(3, Profile::DeltaSync, RunResult::Success);
    assert_eq!(outcome(std::slice::from_ref(&import)), None);
    assert_eq!(outcome(&[import, sync]), Some(Outcome::WithProblems));
    let failed = run(2, Profile::DeltaImport, RunResult::Failed);
    assert_eq!(outcome(&[failed]), Some(Outcome::Failed));
}

#[test]
fn an_interrupted_run_is_done_anew_by_another_agent() {
    let lost = run(2, Profile::DeltaImport, RunResult::Interrupted);
    let anew = run(3, Profile::DeltaImport, RunResult::Success);
    let sync = run(4, Profile::DeltaSync, RunResult::Success);
    assert_eq!(outcome(&[lost.clone(), anew.clone()]), None);
    assert_eq!(outcome(&[lost, anew, sync]), Some(Outcome::Success));
}

#[test]
fn the_guard_counts_for_more_than_problems() {
    let import = run(2, Profile::DeltaImport, RunResult::CompletedWithProblems);
    let sync = run(
        3,
        Profile::DeltaSync,
        RunResult::StoppedDeletionThresholdExceeded,
    );
    let ended = outcome(&[import, sync]).unwrap();
    assert_eq!((ended, ended.exit_code()), (Outcome::GuardStopped, 3));
}

#[test]
fn a_wish_that_nobody_takes_is_given_up_and_one_that_has_to_wait_is_not() {
    let waits = Seen {
        wish_waits: true,
        ..Seen::default()
    };
    let mut alone = cycle();
    assert_eq!(alone.look(&waits, at(0)).1, None);
    assert_eq!(alone.look(&waits, at(9)).1, None);
    assert_eq!(alone.look(&waits, at(10)).1, Some(Outcome::NotTaken));

    let other = run(9, Profile::FullImport, RunResult::Running);
    let behind = Seen {
        wish_waits: true,
        running: vec![other.clone()],
        ..Seen::default()
    };
    let mut waiting = cycle();
    assert_eq!(
        waiting.look(&behind, at(0)),
        (vec![Word::Waits(other)], None)
    );
    assert_eq!(waiting.look(&behind, at(60)), (vec![], None));
    // Its cloud was killed: nothing moves any more.
    assert_eq!(waiting.look(&behind, at(200)).1, None);
    assert_eq!(waiting.look(&behind, at(210)).1, Some(Outcome::NotTaken));
}

#[test]
fn a_cycle_that_nobody_goes_on_with_is_given_up() {
    let mut cycle = cycle();
    let lost = seen(&[run(2, Profile::DeltaImport, RunResult::Interrupted)]);
    assert_eq!(cycle.look(&lost, at(2)).1, None);
    assert_eq!(cycle.look(&lost, at(12)).1, Some(Outcome::GivenUp));
}
