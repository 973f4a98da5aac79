use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// What Active Directory does.
#[derive(Default)]
struct Directory {
    bad: u32,
    last: Option<Timestamp>,
    locked: bool,
}

impl Directory {
    fn bind(&mut self, right: bool, policy: DirectoryLockout, now: Timestamp) {
        if right {
            *self = Self::default();
            return;
        }
        if self
            .last
            .is_some_and(|last| now.duration_since(last) > policy.window)
        {
            self.bad = 0;
        }
        self.bad += 1;
        self.last = Some(now);
        self.locked |= policy.threshold > 0 && self.bad >= policy.threshold;
    }
}

fn go(tries: Tries, now: Timestamp) -> Tries {
    match tries.one_more(now) {
        Verdict::Go(tries) => tries,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_cloud_locks_after_ten_and_then_twice_as_long_each_time() {
    let (mut tries, mut now) = (Tries::default(), at(0));
    for _ in 0..9 {
        tries = go(tries, now).answered(Tried::Wrong, None, now);
        assert_eq!(tries.locked_until, None);
    }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        tries = go(tries, now).answered(Tried::Wrong, None, now);
        let until = now + SignedDuration::from_mins(minutes);
        assert_eq!(tries.one_more(now), Verdict::Locked { until });
        now = until;
    }
    let right = go(tries, now).answered(Tried::Right, None, now);
    assert_eq!(right, Tries::default());
}

#[test]
fn one_try_at_a_time() {
    let tries = go(Tries::default(), at(0));
    assert_eq!(tries.one_more(at(44)), Verdict::UnderWay);
    let again = go(tries, at(45));
    assert_eq!(again.wrong, 2, "the one that was lost counts");
}

#[test]
fn what_the_directory_did_not_count_is_not_counted() {
    let tries = go(Tries::default(), at(0)).answered(Tried::NotCounted, None, at(1));
    assert_eq!((tries.wrong, tries.wrong_in_directory), (0, 0));
    assert!(matches!(tries.one_more(at(1)), Verdict::Go(_)));
}

#[test]
fn a_threshold_leaves_one_fewer() {
    let directory = Some(DirectoryLockout {
        threshold: 3,
        window: SignedDuration::from_mins(30),
    });
    let mut tries = Tries::default();
    for second in [0, 1] {
        tries = go(tries, at(second)).answered(Tried::Wrong, directory, at(second));
    }
    let until = at(1) + SignedDuration::from_mins(35);
    assert_eq!(tries.one_more(at(2)), Verdict::Locked { until });
    assert_eq!(go(tries, until).wrong_in_directory, 1);
}

#[test]
fn a_threshold_of_one_lets_nobody_in() {
    let directory = Some(DirectoryLockout {
        threshold: 1,
        window: SignedDuration::from_mins(30),
    });
    let tries = Tries {
        directory,
        ..Tries::default()
    };
    assert!(matches!(tries.one_more(at(0)), Verdict::Locked { .. }));
}

proptest! {
    /// Whatever is tried and whenever, also where answers are lost on the way back.
    #[test]
    fn guessing_never_locks_the_account(
        threshold in 2_u32..12,
        minutes in 1_i64..120,
        steps in prop::collection::vec((0_i64..7200, 0_u8..10), 1..200),
    ) {
        let policy = DirectoryLockout { threshold, window: SignedDuration::from_mins(minutes) };
        let mut tries = Tries { directory: Some(policy), ..Tries::default() };
        let mut directory = Directory::default();
        let mut now = at(0);
        for (pause, what) in steps {
            now += SignedDuration::from_secs(pause);
            let Verdict::Go(begun) = tries.one_more(now) else { continue };
            directory.bind(what == 0, policy, now);
            tries = match what {
                0 => begun.answered(Tried::Right, Some(policy), now),
                // The answer was lost.
                1 => begun,
                _ => begun.answered(Tried::Wrong, Some(policy), now),
            };
            prop_assert!(!directory.locked);
        }
    }
}
