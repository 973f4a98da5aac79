//! What the directory's receipt says about a write whose answer was lost.
//!
//! The receipt is the attribute's replication metadata: a version that each originating write
//! raises by one, who wrote last, and when. All times here are the domain controller's own.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::journal::Intent;

/// How long after the first look at the receipt a write that is not there can still come.
///
/// At the first look the old connection is closed on this side. What was on its way then is
/// delivered within a network's lifetime of a packet (about 30 s is the usual assumption), and a
/// domain controller finishes what it began within seconds; the rest is for its being busy.
pub(crate) const QUIET: SignedDuration = SignedDuration::from_secs(45);

/// How long after its intent another agent's write can still come.
///
/// That agent may be suspended between its intent and the write, with the connection open, and go
/// on at any time. Domain controllers end a connection on which nothing came for 15 minutes
/// (`MaxConnIdleTime`, 900 s, on Windows and in Samba); the rest is for what is on its way then.
pub(crate) const ABANDONED: SignedDuration = SignedDuration::from_secs(900 + 90 + 45);

/// How long after the intent the write can have happened in the ordinary course: it is begun at
/// once, the directory is waited for up to 30 s, and a retransmission takes about as long again.
/// A write seen later may be somebody else's.
pub(crate) const WRITE_LATEST: SignedDuration = SignedDuration::from_secs(90);

/// Originating times are whole seconds, and `currentTime` may be read a moment later than it was
/// made.
const GRAIN: SignedDuration = SignedDuration::from_secs(1);

/// The receipt as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Who was asked.
    pub(crate) invocation: Option<Uuid>,
    /// The clock of who was asked.
    pub(crate) directory_time: Timestamp,
    /// The last write; absent when there was none ever.
    pub(crate) receipt: Option<LastWrite>,
}

/// The last write of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastWrite {
    pub(crate) version: u32,
    /// The invocation id of the domain controller that wrote.
    pub(crate) by: Uuid,
    pub(crate) at: Timestamp,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The write happened.
    Changed,
    /// It did not, and cannot any more.
    NotChanged,
    /// Ask again.
    NotYet(Why),
}

/// Why the receipt does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The write is not there, but could still come.
    TooEarly,
    /// Another domain controller than the one written to was asked.
    OtherController,
    /// Others wrote too: whether this write was among them the receipt does not say.
    OthersWrote,
    /// The receipt could not be read before the write, or contradicts what was read then.
    NoComparison,
}

/// From when on this agent's own write can come no more: `first_look` is the directory's clock
/// when the receipt was first asked for after the old connection was closed.
pub(crate) fn own_ends(first_look: Timestamp) -> Timestamp {
    first_look.saturating_add(QUIET).unwrap_or(Timestamp::MAX)
}

/// From when on the write of an agent that was lost can come no more.
pub(crate) fn of_another_ends(intent: &Intent) -> Timestamp {
    let before = intent.begun.directory_time;
    before.saturating_add(ABANDONED).unwrap_or(Timestamp::MAX)
}

/// Decides. `ends` is when the write can come no more, on the directory's clock.
pub(crate) fn decide(intent: &Intent, ends: Timestamp, look: &Look) -> Verdict {
    let (Some(before), Some(written_to)) = (intent.begun.version_before, intent.begun.invocation)
    else {
        return Verdict::NotYet(Why::NoComparison);
    };
    let now = look.receipt.map_or(0, |last| last.version);
    if now < before {
        return Verdict::NotYet(Why::NoComparison);
    }
    if now == before {
        // What another domain controller has not heard of may be true all the same.
        return if look.invocation != Some(written_to) {
            Verdict::NotYet(Why::OtherController)
        } else if look.directory_time < ends {
            Verdict::NotYet(Why::TooEarly)
        } else {
            Verdict::NotChanged
        };
    }
    let Some(last) = look.receipt else {
        return Verdict::NotYet(Why::NoComparison);
    };
    let since_intent = last.at.duration_since(intent.begun.directory_time);
    let only_write = now == before.saturating_add(1) && last.by == written_to;
    if only_write && since_intent >= -GRAIN && since_intent <= WRITE_LATEST {
        return Verdict::Changed;
    }
    // One write in all, through the same domain controller, after ours could still have come:
    // it is not ours, and ours is not there.
    if only_write && last.at.duration_since(ends) > GRAIN {
        return Verdict::NotChanged;
    }
    Verdict::NotYet(Why::OthersWrote)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use writeback_model::{Operation, RequestId, SourceAnchor, Target};
    use writeback_wire::Begun;

    use super::*;

    fn own(intent: &Intent, first_look: Timestamp, look: &Look) -> Verdict {
        decide(intent, own_ends(first_look), look)
    }

    const PDC: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn intent(version_before: Option<u32>) -> Intent {
        Intent {
            request: RequestId::from_uuid(Uuid::from_u128(7)),
            operation: Operation::Change,
            target: Target {
                forest: "corp.test".parse().unwrap(),
                domain: "corp.test".parse().unwrap(),
                anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
            },
            begun: Begun {
                controller: "dc1.corp.test".into(),
                invocation: Some(PDC),
                version_before,
                directory_time: at(0),
                remarks: Vec::new(),
            },
        }
    }

    fn look(version: u32, by: Uuid, written: i64, asked: i64) -> Look {
        Look {
            invocation: Some(PDC),
            directory_time: at(asked),
            receipt: Some(LastWrite {
                version,
                by,
                at: at(written),
            }),
        }
    }

    #[test]
    fn a_raised_version_by_the_same_controller_is_a_change() {
        for written in [-1, 0, 1, 90] {
            let look = look(4, PDC, written, 100);
            assert_eq!(own(&intent(Some(3)), at(20), &look), Verdict::Changed);
        }
        // Even another domain controller may tell it.
        let mut elsewhere = look(4, PDC, 1, 100);
        elsewhere.invocation = Some(OTHER);
        assert_eq!(own(&intent(Some(3)), at(20), &elsewhere), Verdict::Changed);
    }

    #[test]
    fn an_attribute_that_was_never_written_counts_from_nothing() {
        let never = Look {
            receipt: None,
            ..look(0, PDC, 0, 100)
        };
        assert_eq!(own(&intent(Some(0)), at(20), &never), Verdict::NotChanged);
        let once = look(1, PDC, 2, 20);
        assert_eq!(own(&intent(Some(0)), at(20), &once), Verdict::Changed);
    }

    #[test]
    fn an_unchanged_version_counts_only_after_the_quiet_time() {
        let decide = |asked| own(&intent(Some(3)), at(20), &look(3, PDC, -500, asked));
        assert_eq!(decide(20), Verdict::NotYet(Why::TooEarly));
        assert_eq!(decide(20 + 44), Verdict::NotYet(Why::TooEarly));
        assert_eq!(decide(20 + 45), Verdict::NotChanged);
    }

    #[test]
    fn another_agents_write_may_come_until_its_connection_has_ended() {
        let intent = intent(Some(3));
        let ends = of_another_ends(&intent);
        let unchanged = |asked| decide(&intent, ends, &look(3, PDC, -500, asked));
        assert_eq!(unchanged(900 + 134), Verdict::NotYet(Why::TooEarly));
        assert_eq!(unchanged(900 + 135), Verdict::NotChanged);
        // That it took place may be said at once.
        assert_eq!(decide(&intent, ends, &look(4, PDC, 1, 1)), Verdict::Changed);
        // Suspended for long, and then written: or it was somebody else.
        assert_eq!(
            decide(&intent, ends, &look(4, PDC, 300, 2000)),
            Verdict::NotYet(Why::OthersWrote)
        );
    }

    #[test]
    fn no_clock_of_a_directory_overflows() {
        let mut intent = intent(Some(3));
        intent.begun.directory_time = Timestamp::MAX;
        assert_eq!(of_another_ends(&intent), Timestamp::MAX);
        assert_eq!(own_ends(Timestamp::MAX), Timestamp::MAX);
    }

    #[test]
    fn another_controller_cannot_say_that_nothing_happened() {
        let mut look = look(3, PDC, -500, 10_000);
        look.invocation = Some(OTHER);
        assert_eq!(
            own(&intent(Some(3)), at(20), &look),
            Verdict::NotYet(Why::OtherController)
        );
    }

    #[test]
    fn other_peoples_writes_leave_it_open() {
        for look in [
            look(5, PDC, 1, 100),
            look(4, OTHER, 1, 100),
            look(4, PDC, -2, 100),
            look(4, PDC, 91, 200),
        ] {
            assert_eq!(
                own(&intent(Some(3)), at(90), &look),
                Verdict::NotYet(Why::OthersWrote),
                "{look:?}"
            );
        }
        // Long after: somebody else's, and the only one.
        let late = look(4, PDC, 90 + 47, 300);
        assert_eq!(own(&intent(Some(3)), at(90), &late), Verdict::NotChanged);
    }

    #[test]
    fn without_a_comparison_nothing_is_concluded() {
        for (before, version) in [(None, 4), (Some(3), 2)] {
            assert_eq!(
                own(&intent(before), at(20), &look(version, PDC, 1, 10_000)),
                Verdict::NotYet(Why::NoComparison)
            );
        }
    }

    proptest! {
        /// The two wrong answers: "not changed" while our write is the last one and in time,
        /// and "changed" while nothing was written since.
        #[test]
        fn neither_wrong_answer_is_given(
            before in 0_u32..1000, more in 0_u32..3, by_us: bool,
            written in -200_i64..400, first in 0_i64..200, later in 0_i64..400,
        ) {
            let by = if by_us { PDC } else { OTHER };
            let look = look(before + more, by, written, first + later);
            let verdict = own(&intent(Some(before)), at(first), &look);
            if more == 0 {
                prop_assert_ne!(verdict, Verdict::Changed);
            }
            if more == 1 && by_us && (0..=90).contains(&written) {
                prop_assert_eq!(verdict, Verdict::Changed);
            }
            if more > 1 || (more == 1 && !by_us) {
                prop_assert_eq!(verdict, Verdict::NotYet(Why::OthersWrote));
            }
        }
    }
}
