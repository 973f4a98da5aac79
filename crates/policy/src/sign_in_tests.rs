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

#[test]
fn a_clock_that_was_set_back_locks_nobody_for_longer() {
    let day = 86_400;
    let back = at(-day);
    // Of the cloud's own locks, the longest.
    let locked = Tries {
        wrong: 11,
        last_at: Some(at(0)),
        locked_until: Some(at(120)),
        ..Tries::default()
    };
    let until = back + LONGEST_LOCK;
    assert_eq!(locked.one_more(back), Verdict::Locked { until });
    let tries = go(locked.by_clock(back), until);
    assert_eq!(tries.wrong, 12, "and all that was wrong still counts");

    // Of a directory's, one that begins now.
    let directory = Some(DirectoryLockout {
        threshold: 3,
        window: SignedDuration::from_mins(90),
    });
    let mut spared = Tries::default();
    for _ in 0..2 {
        spared = go(spared, at(0)).answered(Tried::Wrong, directory, at(0));
    }
    let until = back + SignedDuration::from_mins(95);
    assert_eq!(spared.one_more(back), Verdict::Locked { until });
    let tries = go(spared.by_clock(back), until);
    assert_eq!(tries.wrong_in_directory, 1);

    // One that was lost is over after as long as ever.
    let lost = go(Tries::default(), at(0)).by_clock(back);
    assert_eq!(lost.one_more(at(44 - day)), Verdict::UnderWay);
    assert_eq!(go(lost, at(45 - day)).wrong, 2);

    // A clock that stands or goes on changes nothing.
    for tries in [locked, spared] {
        assert_eq!(tries.by_clock(at(0)), tries);
        assert_eq!(tries.by_clock(at(60)), tries);
    }
}

proptest! {
    /// Whatever is tried and whenever, also where answers are lost on the way back, and where the
    /// cloud's clock is set back and the directory's is not.
    #[test]
    fn guessing_never_locks_the_account(
        threshold in 2_u32..12,
        minutes in 1_i64..120,
        steps in prop::collection::vec(
            (0_i64..7200, 0_u8..10, prop_oneof![9 => Just(0), 1 => 0_i64..200_000]),
            1..200,
        ),
    ) {
        let policy = DirectoryLockout { threshold, window: SignedDuration::from_mins(minutes) };
        let mut tries = Tries { directory: Some(policy), ..Tries::default() };
        let mut directory = Directory::default();
        let mut there = at(0);
        let mut behind = SignedDuration::ZERO;
        for (pause, what, set_back) in steps {
            there += SignedDuration::from_secs(pause);
            behind += SignedDuration::from_secs(set_back);
            let now = there - behind;
            tries = tries.by_clock(now);
            let Verdict::Go(begun) = tries.one_more(now) else { continue };
            directory.bind(what == 0, policy, there);
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
